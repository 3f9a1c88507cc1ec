//! A sample of every operation, built for a server.

use std::{collections::BTreeMap, time::Duration};

use customerio_core::{
    App, Device, DeviceAttributes, Endpoint, IdType, Item, Moment, Operation, Packer, PersonId, Pipelines, Platform,
    Raw, Region, Track,
    app::{
        Attachment, Filter, IdsAudience, PushTarget, SendEmail, SendInApp, SendInboxMessage, SendPush, SendSms,
        SendWhatsApp, TriggerBroadcast,
    },
    build,
    bytes::Bytes,
    http::Request,
    pipelines::{self, Context},
    track::{
        AddDevice, AddToSegment, AnonymousEvent, AnonymousId, Delete, DeleteDevice, EmailMetric, Event, GetRegion,
        Identify, Merge, Metric, ObjectId, PushMetric, Relationship, RemoveFromSegment, ReportPushMetric, SmsMetric,
        SubmitForm, Suppress, Unsubscribe, Unsuppress,
        v2::{delivery, object, person},
    },
};

pub(crate) struct Sample {
    pub(crate) operation: &'static str,
    pub(crate) request: Request<Bytes>,
}

struct Samples {
    track: Endpoint<Track>,
    app: Endpoint<App>,
    pipelines: Endpoint<Pipelines>,
    built: Vec<Sample>,
}

impl Samples {
    fn track<O: Operation<Surface = Track>>(&mut self, operation: &O) {
        self.built.push(Sample { operation: O::NAME, request: build(&self.track, operation).unwrap() });
    }

    fn pipelines<O: Operation<Surface = Pipelines>>(&mut self, operation: &O) {
        self.built.push(Sample { operation: O::NAME, request: build(&self.pipelines, operation).unwrap() });
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
        pipelines: Endpoint::pipelines(Region::Us, "key").unwrap().with_base_url(url).unwrap(),
        built: Vec::new(),
    };
    track(&mut samples);
    track_v2(&mut samples);
    pipelines(&mut samples);
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

fn track_v2(samples: &mut Samples) {
    let data = BTreeMap::from([("city", "Zürich")]);
    let (acme, phone) = (ObjectId::new("1", "acme"), PersonId::Phone("+14155552671"));
    let (objects, people) = ([Relationship::new(acme)], [Relationship::new(PersonId::Id("42"))]);
    let anonymous = [Relationship::new(AnonymousId::new("cookie"))];
    samples.track(&person::Identify::new(phone).with_attributes(&data).with_relationships(&objects));
    samples.track(&person::Event::new(phone, "purchase").with_attributes(&data));
    samples.track(&person::Screen::new("42", "home"));
    samples.track(&person::Page::new("42", "/pricing").with_keywords(&["socks"]));
    samples.track(&person::AddRelationships::new("42", &objects));
    samples.track(&person::DeleteRelationships::new("42", &objects));
    samples.track(&person::AddDevice::new("42", Device::new("token", Platform::Ios)));
    samples.track(&person::DeleteDevice::new("42", "token"));
    samples.track(&person::Merge::new("42", PersonId::Email("ada@example.com")));
    samples.track(&person::Suppress::new("44"));
    samples.track(&person::Unsuppress::new("44"));
    samples.track(&person::Delete::new("44"));
    samples.track(&object::Identify::new(acme).with_attributes(&data).with_relationships(&people));
    samples.track(&object::IdentifyAnonymous::new(acme, &anonymous));
    samples.track(&object::AddRelationships::new(acme, &people));
    samples.track(&object::DeleteRelationships::new(acme, &people));
    samples.track(&object::Delete::new(acme));
    samples.track(&delivery::Event::new("RPIL", PushMetric::Opened, "token"));
    let mut packer = Packer::new();
    for id in ["45", "46"] {
        let item = Item::new(&person::Identify::new(id), &Moment::new(Duration::ZERO, Duration::ZERO, 1)).unwrap();
        packer.push(item, ()).unwrap();
    }
    samples.track(&packer.finish().unwrap());
}

fn pipelines(samples: &mut Samples) {
    let data = BTreeMap::from([("city", "Zürich")]);
    let context = || Context::new().with_ip("203.0.113.7");
    samples.pipelines(&pipelines::Identify::new("42").with_email("ada@example.com").with_traits(&data));
    samples.pipelines(&pipelines::Track::new("42", "purchase").with_properties(&data).with_context(context()));
    let phone = pipelines::context::Device::push("token", Platform::Ios);
    let opened = pipelines::DeliveryReport::new("RPIL", pipelines::DeliveryMetric::Opened);
    let viewed = pipelines::ContentReport::new(pipelines::ContentAction::ViewedContent);
    for semantic in [
        pipelines::Track::device_created_or_updated("42", phone),
        pipelines::Track::device_deleted("42", phone),
        pipelines::Track::user_suppressed("47"),
        pipelines::Track::user_unsuppressed("47"),
        pipelines::Track::user_deleted("47"),
        pipelines::Track::relationship_deleted("42", "acme"),
        pipelines::Track::object_deleted("cookie", "acme"),
        pipelines::Track::report_delivery_event(opened),
        pipelines::Track::report_content_event(viewed),
    ] {
        samples.pipelines(&semantic);
    }
    samples.pipelines(&pipelines::Page::new("42").with_name("home"));
    samples.pipelines(&pipelines::Screen::new("42").with_name("home").with_message_id("a message"));
    samples.pipelines(&pipelines::Group::new("42", "acme").with_object_type_id(1).with_traits(&data));
    samples.pipelines(&pipelines::Alias::new("cookie", "42"));
    let mut packer = Packer::new();
    for name in ["one", "two"] {
        let track = pipelines::Track::new("42", name).with_context(context());
        let now = Moment::new(Duration::ZERO, Duration::from_secs(1_700_000_000), name.len() as u128);
        packer.push(Item::new(&track, &now).unwrap(), ()).unwrap();
    }
    samples.pipelines(&packer.finish().unwrap());
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
