//! A sample of every operation, built for a server.

use std::collections::BTreeMap;

use customerio_core::{
    App, Device, DeviceAttributes, Endpoint, IdType, Operation, PersonId, Platform, Raw, Region, Track,
    app::{
        Attachment, Filter, IdsAudience, PushTarget, SendEmail, SendInApp, SendInboxMessage, SendPush, SendSms,
        SendWhatsApp, TriggerBroadcast,
    },
    build,
    bytes::Bytes,
    http::Request,
    track::{
        AddDevice, AddToSegment, AnonymousEvent, Delete, DeleteDevice, EmailMetric, Event, GetRegion, Identify, Merge,
        Metric, PushMetric, RemoveFromSegment, ReportPushMetric, SmsMetric, SubmitForm, Suppress, Unsubscribe,
        Unsuppress,
    },
};

pub(crate) struct Sample {
    pub(crate) operation: &'static str,
    pub(crate) request: Request<Bytes>,
}

struct Samples {
    track: Endpoint<Track>,
    app: Endpoint<App>,
    built: Vec<Sample>,
}

impl Samples {
    fn track<O: Operation<Surface = Track>>(&mut self, operation: &O) {
        self.built.push(Sample { operation: O::NAME, request: build(&self.track, operation).unwrap() });
    }

    fn app<O: Operation<Surface = App>>(&mut self, operation: &O) {
        self.built.push(Sample { operation: O::NAME, request: build(&self.app, operation).unwrap() });
    }
}

/// One request of each operation at least, for the server at `url`.
pub(crate) fn samples(url: &str) -> Vec<Sample> {
    let mut samples = Samples {
        track: Endpoint::track(Region::Us, "site", "key").unwrap().with_base_url(url).unwrap(),
        app: Endpoint::app(Region::Us, "key").unwrap().with_base_url(url).unwrap(),
        built: Vec::new(),
    };
    track(&mut samples);
    app(&mut samples);
    samples.built
}

fn track(samples: &mut Samples) {
    let data = BTreeMap::from([("city", "Zürich"), ("quote", "\"\\\u{1}")]);
    let odd = PersonId::Id("a/b?c#d%2F+é ..");
    samples.track(&Identify::new(odd).with_email("ada+1@example.com").with_attributes(&data));
    samples.track(&Delete::new(PersonId::CioId("03000001")));
    samples.track(&Event::new(PersonId::Email("ada+1@example.com"), "purchase").with_data(&data));
    samples.track(&AnonymousEvent::new("cookie", "viewed").with_data(&data));
    samples.track(&AnonymousEvent::invite("friend@example.com", "invited"));
    let attributes = DeviceAttributes::new().with_push_enabled(true).with_custom(&data);
    samples.track(&AddDevice::new("42", Device::new("token", Platform::Ios).with_attributes(attributes)));
    samples.track(&DeleteDevice::new("42", "a:b/c"));
    samples.track(&Suppress::new("42"));
    samples.track(&Unsuppress::new("42"));
    samples.track(&Merge::new("1", PersonId::Email("ada@example.com")));
    samples.track(&AddToSegment::new(7, &["ada@example.com"]).with_id_type(IdType::Email));
    samples.track(&RemoveFromSegment::new(7, &["1", "2"]));
    samples.track(&SubmitForm::new("a form", "42").with_fields(&data));
    samples.track(&Metric::email("RPIL", EmailMetric::Clicked).with_href("https://example.com"));
    samples.track(&Metric::sms("RPIL", SmsMetric::Delivered).with_recipient(15_551_234_567));
    samples.track(&ReportPushMetric::new("RPIL", PushMetric::Opened, "token"));
    samples.track(&Unsubscribe::new("RPIL=="));
    samples.track(&GetRegion);
    let ids = BTreeMap::from([("ids", ["ada+1@example.com"])]);
    let raw = Raw::<Track>::post(&["api", "v1", "segments", "7", "add_customers"], &ids).unwrap();
    samples.track(&raw.with_query(&[("id_type", "email")]));
}

fn app(samples: &mut Samples) {
    let data = BTreeMap::from([("order", 17)]);
    let invoice = Attachment::from_bytes("invoice.csv", &[0xff; 1000]);
    let email = SendEmail::from_template("order", "ada@example.com").with_identifiers("42").with_message_data(&data);
    samples.app(&email.with_header("X-Order", "17").with_attachment(&invoice));
    let device = Device::new("token", Platform::Android);
    samples.app(&SendPush::new(44, "42").with_to(PushTarget::LastUsed).with_custom_device(device));
    samples.app(&SendSms::new(44, "42", "+15551234567").with_message_data(&data));
    samples.app(&SendWhatsApp::new(44, "42", "+15551234567"));
    samples.app(&SendInApp::new(44, "42"));
    samples.app(&SendInboxMessage::new(44, PersonId::CioId("03000001")));
    samples.app(&TriggerBroadcast::new(12, IdsAudience::new(&["1", "2"]).with_id_ignore_missing(true)));
    samples.app(&TriggerBroadcast::new(12, Filter::segment(4)).with_data(&data));
}
