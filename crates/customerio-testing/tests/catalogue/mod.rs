//! A sample of every operation, built for a server.

use std::{collections::BTreeMap, fmt::Debug, time::Duration};

use customerio_core::{
    Api, App, BatchBuilder, BatchResponse, Device, DeviceAttributes, Endpoint, IdType, Item, Limits, Moment, Operation,
    PersonId, Pipelines, Platform, Prepared, Region, Track, app, build,
    bytes::Bytes,
    http::Request,
    pipelines::{self, Context},
    track::{
        self, AddDevice, AddToSegment, AnonymousEvent, AnonymousId, Delete, DeleteDevice, EmailMetric, Event,
        GetRegion, Identify, InAppMetric, Merge, Metric, ObjectId, PushMetric, Relationship, RemoveFromSegment,
        ReportPushMetric, SlackMetric, SmsMetric, SubmitForm, Suppress, Unsubscribe, Unsuppress, WebhookMetric,
        v2::{delivery, object, person},
    },
};

/// Every value of the samples that could be a secret or a person's begins with `LEAK-`, so that a test can find it where
/// it must not be; a phone number and an IP address cannot.
pub(crate) const SITE_ID: &str = "LEAK-site";
pub(crate) const KEY: &str = "LEAK-key";

/// What is done with each sample.
pub(crate) trait Visit {
    fn operation<O: Operation + Debug>(&mut self, endpoint: &Endpoint<O::Api>, operation: O);

    /// A batch is no operation, but a request that is prepared.
    fn batch<A: Api>(&mut self, endpoint: &Endpoint<A>, batch: Prepared<BatchResponse>);
}

struct Samples<'a, V> {
    track: Endpoint<Track>,
    app: Endpoint<App>,
    pipelines: Endpoint<Pipelines>,
    visitor: &'a mut V,
}

impl<V: Visit> Samples<'_, V> {
    fn track<O: Operation<Api = Track> + Debug>(&mut self, operation: O) {
        self.visitor.operation(&self.track, operation);
    }

    fn pipelines<O: Operation<Api = Pipelines> + Debug>(&mut self, operation: O) {
        self.visitor.operation(&self.pipelines, operation);
    }

    fn app<O: Operation<Api = App> + Debug>(&mut self, operation: O) {
        self.visitor.operation(&self.app, operation);
    }
}

impl<V: Visit> customerio_core::VisitSample for Samples<'_, V> {
    fn visit<O: customerio_core::Sample<Api = App>>(&mut self, operation: O) {
        self.app(operation);
    }
}

/// Shows `visitor` one sample of each operation at least, for the server at `url`.
pub(crate) fn visit(url: &str, visitor: &mut impl Visit) {
    let mut samples = Samples {
        track: Endpoint::track(Region::Us, SITE_ID, KEY).unwrap().with_base_url(url).unwrap(),
        app: Endpoint::app(Region::Us, KEY).unwrap().with_base_url(url).unwrap(),
        pipelines: Endpoint::pipelines(Region::Us, KEY).unwrap().with_base_url(url).unwrap(),
        visitor,
    };
    // The operations of the App API have theirs beside them.
    customerio_core::visit_samples(&mut samples);
    track(&mut samples);
    track_v2(&mut samples);
    pipelines(&mut samples);
    app(&mut samples);
}

pub(crate) struct Sample {
    pub(crate) operation: &'static str,
    pub(crate) request: Request<Bytes>,
}

impl Visit for Vec<Sample> {
    fn operation<O: Operation + Debug>(&mut self, endpoint: &Endpoint<O::Api>, operation: O) {
        self.push(Sample { operation: O::NAME, request: build(endpoint, operation).unwrap() });
    }

    fn batch<A: Api>(&mut self, endpoint: &Endpoint<A>, batch: Prepared<BatchResponse>) {
        self.push(Sample { operation: batch.name(), request: endpoint.request(batch).unwrap() });
    }
}

/// The requests of all samples, for the server at `url`.
pub(crate) fn samples(url: &str) -> Vec<Sample> {
    let mut samples = Vec::new();
    visit(url, &mut samples);
    samples
}

fn track(samples: &mut Samples<'_, impl Visit>) {
    let data = BTreeMap::from([("LEAK-city", "LEAK-Zürich"), ("LEAK-quote", "LEAK-\"\\\u{1}")]);
    let odd = PersonId::id("LEAK-a/b?c#d%2F+é ..");
    samples.track(Identify::new(odd).with_email("LEAK-ada+1@example.com").with_attributes(&data));
    samples.track(Delete::new(PersonId::cio_id("LEAK-03000001")));
    samples.track(Event::new(PersonId::email("LEAK-ada+1@example.com"), "LEAK-purchase").with_data(&data));
    samples.track(AnonymousEvent::new("LEAK-cookie", "LEAK-viewed").with_data(&data));
    samples.track(AnonymousEvent::invite("LEAK-friend@example.com", "LEAK-invited"));
    let attributes = DeviceAttributes::new().with_push_enabled(true).with_custom(&data);
    samples.track(AddDevice::new("LEAK-42", Device::new("LEAK-token", Platform::Ios).with_attributes(attributes)));
    samples.track(DeleteDevice::new("LEAK-42", "LEAK-a:b/c"));
    samples.track(Suppress::new("LEAK-42"));
    samples.track(Unsuppress::new("LEAK-42"));
    samples.track(Merge::new("LEAK-1", PersonId::email("LEAK-ada@example.com")));
    samples.track(AddToSegment::new(7, ["LEAK-ada@example.com"]).with_id_type(IdType::Email));
    samples.track(RemoveFromSegment::new(7, ["LEAK-1", "LEAK-2"]));
    samples.track(SubmitForm::new("LEAK-a form", "LEAK-42").with_fields(&data));
    samples.track(Metric::email("LEAK-RPIL", EmailMetric::Clicked).with_href("https://example.com/LEAK-path"));
    samples.track(Metric::in_app("LEAK-RPIL", InAppMetric::Opened).with_recipient("LEAK-42"));
    samples.track(Metric::push("LEAK-RPIL", PushMetric::Delivered).with_recipient("LEAK-token"));
    samples.track(Metric::slack("LEAK-RPIL", SlackMetric::Clicked).with_href("https://example.com/LEAK-path"));
    samples.track(Metric::webhook("LEAK-RPIL", WebhookMetric::Dropped).with_reason("LEAK-reason"));
    samples.track(Metric::sms("LEAK-RPIL", SmsMetric::Delivered).with_recipient(14_155_550_142));
    samples.track(ReportPushMetric::new("LEAK-RPIL", PushMetric::Opened, "LEAK-token"));
    samples.track(Unsubscribe::new("LEAK-RPIL=="));
    samples.track(GetRegion);
    let ids = BTreeMap::from([("ids", ["LEAK-ada+1@example.com"])]);
    let raw = track::Raw::post(["api", "v1", "segments", "7", "add_customers"], ids);
    samples.track(raw.with_query([("id_type", "email")]));
}

fn track_v2(samples: &mut Samples<'_, impl Visit>) {
    let data = BTreeMap::from([("LEAK-city", "LEAK-Zürich")]);
    let phone = PersonId::phone("+14155550142");
    let acme = || ObjectId::new(1, "LEAK-acme");
    let (objects, people) = (|| [Relationship::new(acme())], || [Relationship::new(PersonId::id("LEAK-42"))]);
    let anonymous = [Relationship::new(AnonymousId::new("LEAK-cookie"))];
    samples.track(person::Identify::new(&phone).with_attributes(&data).with_relationships(objects()));
    samples.track(person::Event::new(phone, "LEAK-purchase").with_attributes(&data));
    samples.track(person::Screen::new("LEAK-42", "LEAK-home"));
    samples.track(person::Page::new("LEAK-42", "/LEAK-pricing").with_keywords(["LEAK-socks"]));
    samples.track(person::AddRelationships::new("LEAK-42", objects()));
    samples.track(person::DeleteRelationships::new("LEAK-42", objects()));
    samples.track(person::AddDevice::new("LEAK-42", Device::new("LEAK-token", Platform::Ios)));
    samples.track(person::DeleteDevice::new("LEAK-42", "LEAK-token"));
    samples.track(person::Merge::new("LEAK-42", PersonId::email("LEAK-ada@example.com")));
    samples.track(person::Suppress::new("LEAK-44"));
    samples.track(person::Unsuppress::new("LEAK-44"));
    samples.track(person::Delete::new("LEAK-44"));
    samples.track(object::Identify::new(acme()).with_attributes(&data).with_relationships(people()));
    samples.track(object::IdentifyAnonymous::new(acme(), anonymous));
    samples.track(object::AddRelationships::new(acme(), people()));
    samples.track(object::DeleteRelationships::new(acme(), people()));
    samples.track(object::Delete::new(acme()));
    samples.track(delivery::Event::new("LEAK-RPIL", PushMetric::Opened, "LEAK-token"));
    let mut builder = BatchBuilder::new();
    for id in ["LEAK-45", "LEAK-46"] {
        let item = Item::new(
            person::Identify::new(id),
            &Moment { monotonic: Duration::ZERO, since_epoch: Duration::ZERO, random: 1 },
            &Limits::default(),
        )
        .unwrap();
        builder.push((), item).unwrap();
    }
    samples.visitor.batch(&samples.track, builder.finish().unwrap().prepare());
}

fn pipelines(samples: &mut Samples<'_, impl Visit>) {
    let data = BTreeMap::from([("LEAK-city", "LEAK-Zürich")]);
    let context = || Context::new().with_ip("203.0.113.7");
    samples.pipelines(pipelines::Identify::new("LEAK-42").with_email("LEAK-ada@example.com").with_traits(&data));
    samples.pipelines(pipelines::Track::new("LEAK-42", "LEAK-purchase").with_properties(&data).with_context(context()));
    let phone = pipelines::context::Device::push("LEAK-token", Platform::Ios);
    let opened = pipelines::DeliveryReport::new("LEAK-RPIL", pipelines::DeliveryMetric::Opened);
    let viewed = pipelines::ContentReport::new(pipelines::ContentAction::ViewedContent);
    for semantic in [
        pipelines::Track::device_created_or_updated("LEAK-42", phone.clone()),
        pipelines::Track::device_deleted("LEAK-42", phone),
        pipelines::Track::user_suppressed("LEAK-47"),
        pipelines::Track::user_unsuppressed("LEAK-47"),
        pipelines::Track::user_deleted("LEAK-47"),
        pipelines::Track::relationship_deleted("LEAK-42", "LEAK-acme"),
        pipelines::Track::object_deleted("LEAK-cookie", "LEAK-acme"),
        pipelines::Track::report_delivery_event(opened),
        pipelines::Track::report_content_event(viewed),
    ] {
        samples.pipelines(semantic);
    }
    samples.pipelines(pipelines::Page::new("LEAK-42").with_name("LEAK-home"));
    samples.pipelines(pipelines::Screen::new("LEAK-42").with_name("LEAK-home").with_message_id("LEAK-a message"));
    samples.pipelines(pipelines::Group::new("LEAK-42", "LEAK-acme").with_object_type_id(1).with_traits(&data));
    samples.pipelines(pipelines::Alias::new("LEAK-cookie", "LEAK-42"));
    let identify = BTreeMap::from([("userId", "LEAK-42")]);
    samples.pipelines(pipelines::Raw::post(["v1", "identify"], identify));
    let mut builder = BatchBuilder::new();
    for name in ["LEAK-one", "LEAK-two"] {
        let track = pipelines::Track::new("LEAK-42", name).with_context(context());
        let now = Moment {
            monotonic: Duration::ZERO,
            since_epoch: Duration::from_secs(1_700_000_000),
            random: name.len() as u128,
        };
        builder.push((), Item::new(track, &now, &Limits::default()).unwrap()).unwrap();
    }
    samples.visitor.batch(&samples.pipelines, builder.finish().unwrap().prepare());
}

fn app(samples: &mut Samples<'_, impl Visit>) {
    let ids = serde_json::json!({"ids": ["LEAK-1"], "id_ignore_missing": true});
    samples.app(app::Raw::post(["v1", "campaigns", "12", "triggers"], ids));
}
