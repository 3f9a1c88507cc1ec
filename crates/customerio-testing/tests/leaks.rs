//! Secrets and people's data do not come out of `Debug`, `Display`, the sources of errors and `tracing`: those end up in
//! logs.
//!
//! Two exceptions are meant: an API error, and a rejected item, shows the server's own message, without the credentials that
//! the server may quote in it; and an argument that is refused is named by the name of its attribute.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod captured;
mod catalogue;

use std::{
    collections::BTreeMap,
    error::Error as StdError,
    fmt::{Debug, Display},
    time::Duration,
};

use captured::captured;
use catalogue::{KEY, SITE_ID};
use customerio_core::{
    Api, App, BatchBuilder, BatchEvent, BatchOptions, BatchResponse, BuildError, CallOptions, Client, Endpoint, Error,
    Exchange, FromResponse, IdType, Item, Limits, Moment, Operation, PersonId, Pipelines, Prepared, Region, Step,
    Timestamp, Track, TrackBatch, TransportError, TransportErrorKind,
    app::{Attachment, IdsAudience, SendEmail, SendSms, TriggerBroadcast},
    build,
    bytes::Bytes,
    http::{HeaderValue, Response, StatusCode},
    parse, pipelines,
    track::{
        self, AddDevice, AddToSegment, AnonymousEvent, Event, Identify, ObjectId, SubmitForm,
        v2::{object, person},
    },
    webhook::{Event as WebhookEvent, InMemoryDedup, Receiver, Verifier},
};
use customerio_emulator::{Emulator, Outcome};
use customerio_testing::Recorder;

/// What must not be seen: the mark, what cannot carry it, and the mark as the credentials have it.
const MARKS: [&str; 5] = ["LEAK", "4155550142", "203.0.113.7", "TEVBSy1zaXRl", "TEVBSy1rZXk"];

const URL: &str = "https://proxy.example.com/LEAK-path";

#[track_caller]
fn assert_clean(what: &str, text: &str) {
    for mark in MARKS {
        assert!(!text.contains(mark), "{what} shows {mark}: {text}");
    }
}

#[track_caller]
fn assert_opaque(what: &str, value: &impl Debug) {
    assert_clean(what, &format!("{value:?} {value:#?}"));
}

/// As [`assert_opaque`], but for the message of the server.
#[track_caller]
fn assert_opaque_but(what: &str, value: &impl Debug, message: Option<&str>) {
    let shown = format!("{value:?} {value:#?}");
    assert_clean(what, &message.map_or(shown.clone(), |message| shown.replace(message, "")));
}

/// The error and its sources, in every form, without the message of the server.
#[track_caller]
fn assert_error(what: &str, error: &(impl StdError + 'static), message: Option<&str>) {
    let mut next: Option<&dyn StdError> = Some(error);
    while let Some(error) = next {
        assert_opaque_but(what, &error, message);
        let shown = error.to_string();
        assert_clean(what, &message.map_or(shown.clone(), |message| shown.replace(message, "")));
        next = error.source();
    }
}

fn message(error: &Error) -> Option<&str> {
    error.as_api().filter(|api| api.redirect_host().is_none())?.message()
}

fn moment() -> Moment {
    Moment { monotonic: Duration::ZERO, since_epoch: Duration::from_secs(1_700_000_000), random: 1 }
}

fn response(status: u16, body: &'static str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from_static(body.as_bytes()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    for name in ["location", "set-cookie", "x-request-id", "retry-after", "date"] {
        let url = "https://LEAK-user:LEAK-password@track-eu.customer.io/LEAK-path?q=LEAK-query#LEAK-fragment";
        let value = if name == "location" { url } else { "LEAK-header" };
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Responses that have the marks wherever a server can put them.
const RESPONSES: [(u16, &str); 18] = [
    (200, "{}"),
    (200, r#"{"LEAK-key":"LEAK-value"}"#),
    (200, "<html>LEAK-page</html>"),
    (200, r#""LEAK-text""#),
    (200, r#"{"LEAK-open": "LEAK-"#),
    (200, r#"{"delivery_id":"LEAK-id","queued_at":"LEAK-time"}"#),
    (200, r#"{"id":"LEAK-id","url":"LEAK-url","region":"LEAK-region","environment_id":"LEAK-environment"}"#),
    (200, r#"{"errors":"LEAK-errors"}"#),
    (204, "LEAK-not-empty"),
    (301, "LEAK-moved"),
    (302, r#"{"meta":{"error":"LEAK-message"}}"#),
    (400, r#"{"meta":{"error":"LEAK-message"}}"#),
    (401, r#"{"meta":{"errors":["LEAK-message","LEAK-other"]}}"#),
    (
        404,
        r#"{"errors":[{"detail":"LEAK-message","code":"LEAK-code","source":{"pointer":"/LEAK-pointer"},"meta":{"LEAK-name":["LEAK-value"]}}]}"#,
    ),
    (422, r#"{"errors":[{"reason":"LEAK-reason","field":"LEAK-field","message":"LEAK-message"}]}"#),
    (429, r#"{"error":"LEAK-message"}"#),
    (500, "<html>LEAK-page</html>"),
    (503, r#"{"errors":["LEAK-message"]}"#),
];

/// Each ending of a call, three times over, because some are tried again.
fn endings() -> Vec<Recorder> {
    let thrice = |recorder: fn(Recorder) -> Recorder| recorder(recorder(recorder(Recorder::new())));
    let failed = |error: fn() -> TransportError| {
        (0..3).fold(Recorder::new(), |recorder, _| recorder.responding_with(Err(error().with_source("broken pipe"))))
    };
    let mut endings = vec![
        thrice(Recorder::silent_once),
        failed(|| TransportError::not_sent(TransportErrorKind::Connect)),
        failed(|| TransportError::maybe_sent(TransportErrorKind::Connection)),
        failed(|| TransportError::maybe_sent(TransportErrorKind::ResponseTooLarge)),
    ];
    endings.extend(RESPONSES.map(|(status, body)| {
        (0..3).fold(Recorder::new(), |recorder, _| recorder.responding_with(Ok(response(status, body))))
    }));
    endings
}

/// Looks at everything that there is of an operation: itself, its parts, its exchange and each of its endings.
struct Look {
    runtime: tokio::runtime::Runtime,
    errors: usize,
}

impl Look {
    fn prepared<A: Api, T: FromResponse>(&mut self, endpoint: &Endpoint<A>, prepared: &Prepared<T>) {
        let name = prepared.name();
        assert_opaque(name, endpoint);
        assert_opaque(name, prepared);
        for recorder in endings() {
            let client = Client::new(endpoint.clone(), recorder);
            if let Err(error) = self.runtime.block_on(client.send(prepared.clone())) {
                assert_error(name, &error, message(&error));
                self.errors += 1;
            }
            assert_opaque(name, &client);
        }
        for (status, body) in RESPONSES {
            let options = CallOptions::default();
            let mut exchange = Exchange::of(endpoint, prepared.clone(), &options, &moment()).unwrap();
            assert_opaque(name, &exchange);
            let step = exchange.step(&moment());
            assert_opaque(name, &step);
            exchange.receive(Ok(response(status, body)));
            assert_opaque(name, &exchange);
            let step = exchange.step(&moment());
            let message = match &step {
                Step::Done(Err(error)) => message(error),
                _ => None,
            };
            assert_opaque_but(name, &step, message);
            assert_opaque(name, &exchange);
            if let Err(failure) = T::from_response(&response(status, body)) {
                assert_error(name, &failure, None);
            }
        }
    }
}

impl catalogue::Visit for Look {
    fn operation<O: Operation + Debug>(&mut self, endpoint: &Endpoint<O::Api>, mut operation: O) {
        assert_opaque(O::NAME, &operation);
        operation.stamp(&moment());
        assert_opaque(O::NAME, &operation);
        assert_opaque(O::NAME, &operation.clone().body(&Limits::default()).unwrap());
        for (status, body) in RESPONSES {
            if let Err(error) = parse::<O>(response(status, body)) {
                assert_error(O::NAME, &error, message(&error));
            }
        }
        self.prepared(endpoint, &Prepared::new(operation, &Limits::default()).unwrap());
    }

    fn batch<A: Api>(&mut self, endpoint: &Endpoint<A>, batch: Prepared<BatchResponse>) {
        self.prepared(endpoint, &batch);
    }
}

#[test]
fn no_operation_shows_what_is_in_it_whichever_way_it_ends() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut look = Look { runtime, errors: 0 };
    let told = captured(|| catalogue::visit(URL, &mut look));
    assert_clean("tracing", &told);
    assert!(told.lines().count() > look.errors * 2, "a span and an event for each call");
    let samples = catalogue::samples(URL);
    let mut nameless = Nameless::default();
    customerio_core::visit_samples(&mut nameless);
    // The test looks at what it should only if calls do fail.
    assert!(look.errors > samples.len() * 12, "{} errors of {} samples", look.errors, samples.len());
    for sample in samples {
        // And if there is something to be seen.
        let path = sample.request.uri().path_and_query().unwrap().as_str().replacen("/LEAK-path", "", 1);
        let shown = format!("{path} {:?}", sample.request.body());
        let has_none = nameless.0.contains(&sample.operation)
            || ["track.get_region", "pipelines.track"].contains(&sample.operation)
            || shown.contains("\"filter\"")
            || shown.contains("\"segment\"");
        assert!(has_none || MARKS.iter().any(|mark| shown.contains(mark)), "{} has no mark: {shown}", sample.operation);
        assert_clean("the headers", &format!("{:?}", sample.request.headers()));
    }
}

/// The operations whose samples have no text.
#[derive(Default)]
struct Nameless(Vec<&'static str>);

impl customerio_core::VisitSample for Nameless {
    fn visit<O: customerio_core::Sample<Api = App>>(&mut self, _: O) {
        if O::NAMES_NOBODY {
            self.0.push(O::NAME);
        }
    }
}

fn endpoint() -> Endpoint<Track> {
    Endpoint::track(Region::Us, SITE_ID, KEY).unwrap()
}

/// A type of the caller's, whose error quotes what it failed at.
struct Quoting(&'static str);

impl serde::Serialize for Quoting {
    fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom(self.0))
    }
}

fn refused<O: Operation<Api = Track> + Debug>(operation: O) -> BuildError {
    build(&endpoint(), operation).unwrap_err()
}

fn refused_app<O: Operation<Api = App> + Debug>(operation: O) -> BuildError {
    build(&Endpoint::app(Region::Us, KEY).unwrap(), operation).unwrap_err()
}

fn refused_pipelines<O: Operation<Api = Pipelines> + Debug>(operation: O) -> BuildError {
    build(&Endpoint::pipelines(Region::Us, KEY).unwrap(), operation).unwrap_err()
}

#[test]
fn no_refused_argument_is_shown() {
    let long = "LEAK-".repeat(31);
    let huge = "LEAK-".repeat(30_000);
    let nan = BTreeMap::from([("score", f64::NAN)]);
    let taken = BTreeMap::from([("email", "LEAK-ada@example.com")]);
    let text = "LEAK-attributes";
    let big = BTreeMap::from([("bio", huge.as_str())]);
    let unkeyed = BTreeMap::from([(vec!["LEAK-key"], "LEAK-value")]);
    let nested = BTreeMap::from([("field", BTreeMap::from([("inner", "LEAK-value")]))]);
    let phone = PersonId::phone("LEAK-phone");
    let relationships = [customerio_core::track::Relationship::new(ObjectId::new(1, &long))];
    let people = [customerio_core::track::Relationship::new(PersonId::id(&long))];
    let device = || customerio_core::Device::new("LEAK-token", customerio_core::Platform::Ios);
    let invoice = Attachment::from_bytes("LEAK-invoice", b"LEAK-bytes");
    let email = || SendEmail::from_template("LEAK-order", "LEAK-ada@example.com").with_identifiers("LEAK-42");
    let errors = [
        refused(Identify::new(long.as_str())),
        refused(Identify::new(&phone)),
        refused(Identify::new("LEAK-42").with_attributes(&nan)),
        refused(Identify::new("LEAK-42").with_attributes(text)),
        refused(Identify::new("LEAK-42").with_attributes(BTreeMap::from([("plan", Quoting("LEAK-plan"))]))),
        refused(Event::new("LEAK-42", "LEAK-name").with_timestamp(4_155_550_142_000)),
        refused(Identify::new("LEAK-42").with_attributes(&unkeyed)),
        refused(Identify::new("LEAK-42").with_email("LEAK-a@example.com").with_attributes(&taken)),
        refused(Event::new("LEAK-42", &huge).with_data(&nan)),
        refused(Event::new("LEAK-42", "LEAK-name").with_data(&big)),
        refused(Event::new("LEAK-42", "LEAK-name").with_data(text)),
        refused(AnonymousEvent::new(&long, "LEAK-name").with_data(&nan)),
        refused(AddDevice::new(long.as_str(), device())),
        refused(AddToSegment::new(7, [long.as_str()])),
        refused(AddToSegment::new(7, ["LEAK-1", ""]).with_id_type(IdType::Email)),
        refused(SubmitForm::new("LEAK-form", "LEAK-42").with_fields(&nested)),
        refused(Identify::new("LEAK-42").with_attributes(serde_json::json!({ long.as_str(): 1 }))),
        refused(Identify::new("LEAK-42").with_attributes(serde_json::json!({ "name": long.repeat(9) }))),
        refused(person::Identify::new(&phone)),
        refused(person::Identify::new("LEAK-42").with_attributes(&nan)),
        refused(person::AddRelationships::new("LEAK-42", relationships)),
        refused(object::AddRelationships::new(ObjectId::new(1, "LEAK-acme"), people)),
        refused(object::Delete::new(ObjectId::new(1, &long))),
        refused(track::Raw::get(["LEAK-segment", ".."])),
        refused(track::Raw::get(["LEAK-segment", &huge])),
        refused(track::Raw::post(["LEAK-segment"], &nan)),
        refused(track::Raw::post(["LEAK-segment"], Quoting("LEAK-plan"))),
        refused_app(email().with_message_data(&nan)),
        refused_app(email().with_header("LEAK-header", "1").with_header("LEAK-header", "2")),
        refused_app(email().with_attachment(invoice.clone()).with_attachment(invoice)),
        refused_app(SendSms::new(44, long.as_str(), "+14155550142").with_message_data(text)),
        refused_app(TriggerBroadcast::new(12, IdsAudience::new(["LEAK-1"])).with_data(&nan)),
        refused_pipelines(pipelines::Track::new("LEAK-42", "LEAK-name").with_properties(&nan)),
        refused_pipelines(pipelines::Track::new("LEAK-42", "LEAK-name").with_properties(&big)),
        refused_pipelines(pipelines::Identify::new("LEAK-42").with_traits(text)),
        refused_pipelines(
            pipelines::Identify::new("LEAK-42").with_traits(BTreeMap::from([("plan", Quoting("LEAK-plan"))])),
        ),
        Endpoint::track(Region::Us, "LEAK-si:te", KEY).unwrap_err(),
        Endpoint::app(Region::Us, "LEAK-\0key").unwrap_err(),
        Endpoint::pipelines(Region::Us, "sk_eu_LEAK-key").unwrap_err(),
        endpoint().with_base_url("https://LEAK-user:LEAK-password@example.com").unwrap_err(),
        endpoint().with_base_url("LEAK-url").unwrap_err(),
        endpoint().with_base_url("https://example.com/?LEAK-query").unwrap_err(),
        endpoint().with_user_agent("LEAK-\0agent").unwrap_err(),
        PersonId::try_from(b"LEAK-\xff".as_slice()).unwrap_err(),
        Item::new(person::Identify::new(long.as_str()), &moment(), &Limits::default()).unwrap_err(),
    ];
    let shown: Vec<_> = errors.iter().map(ToString::to_string).collect();
    assert!(shown[2].starts_with("`score` is NaN"), "the name of an attribute is shown: {}", shown[2]);
    for error in errors {
        let error = Error::from(error);
        assert_error("a refused argument", &error, None);
        assert_opaque("a step", &Step::<()>::Done(Err(error)));
    }
}

fn item(id: &str) -> Item<TrackBatch> {
    Item::new(person::Identify::new(id), &moment(), &Limits::default()).unwrap()
}

#[test]
fn batches_and_their_responses_show_no_item_and_no_tag() {
    let mut builder = BatchBuilder::new().with_limits(Limits::default().with_batch_item(200).with_batch(400));
    builder.push("LEAK-tag", item("LEAK-41")).unwrap();
    assert_opaque("an item", &item("LEAK-41"));
    assert_opaque("a builder", &builder);
    let refused = builder.push("LEAK-tag", item(&"LEAK-".repeat(30))).unwrap_err();
    assert_opaque("a refused item", &refused);
    assert_error("a refused item", &refused.error, None);
    builder.push("LEAK-tag", item("LEAK-42")).unwrap();
    let batch = builder.finish().unwrap();
    assert_opaque("a batch", &batch);

    let body = r#"{"errors":[{"batch_index":0,"reason":"LEAK-reason","field":"LEAK-field","message":"LEAK-message"},
        {"batch_index":9,"message":"LEAK-message"},"LEAK-error"]}"#;
    let response = BatchResponse::from_response(&response(207, body)).unwrap();
    assert_opaque("a response", &response);
    let rejections = response.into_result(batch.len()).unwrap_err();
    assert_eq!((rejections.rejected.len(), rejections.unknown.len()), (1, 2));
    assert_error("rejections", &rejections, None);
    assert_opaque("the halves of a batch", &batch.split().unwrap());
}

#[tokio::test]
async fn what_is_told_of_a_backfill_shows_no_item_and_no_tag() {
    let rejecting = r#"{"errors":[{"batch_index":0,"reason":"LEAK-reason","field":"LEAK-field","message":"LEAK-message"},
        {"batch_index":9,"message":"LEAK-message"}]}"#;
    for (status, body) in [(207, rejecting), (400, r#"{"meta":{"error":"LEAK-message"}}"#)].into_iter().chain(RESPONSES)
    {
        let recorder = (0..9).fold(Recorder::new(), |recorder, _| recorder.responding_with(Ok(response(status, body))));
        let client = Client::new(endpoint(), recorder);
        let message = Some(if body.contains("LEAK-errors") { "LEAK-errors" } else { "LEAK-message" });
        let long = "LEAK-".repeat(31);
        let items = ["LEAK-41", "LEAK-42", &long].map(|id| (id.to_owned(), client.item(person::Identify::new(id))));
        let mut told = 0;
        let summary = client
            .send_all(items, BatchOptions::default(), |event| {
                told += 1;
                assert_opaque_but("an event", &event, message);
                if let BatchEvent::Failed(failed) = event {
                    assert_error("a failure", &failed.error, message);
                }
            })
            .await;
        assert!(told > 1);
        assert_opaque_but("a summary", &summary, message);
    }
}

/// A server that quotes the credentials: in its message, in each way in which they may be written, in what it says of an
/// item, and in the host of a redirect.
#[test]
fn credentials_that_the_server_quotes_are_shown_by_no_error_and_no_span() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let told = captured(|| runtime.block_on(meet_servers_that_quote_the_credentials()));
    assert_clean("tracing", &told);
    assert!(told.contains("customerio.call"), "{told}");
}

async fn meet_servers_that_quote_the_credentials() {
    let (track, app) = (endpoint(), Endpoint::app(Region::Us, KEY).unwrap());
    let pipelines = Endpoint::pipelines(Region::Us, KEY).unwrap();
    for status in [200, 207, 301, 400, 401, 403, 429, 503] {
        let quoting = |quoted: &str| {
            let bodies = [
                format!(r#"{{"meta":{{"error":"bad: {quoted}"}}}}"#),
                format!(
                    r#"{{"errors":[{{"detail":"{quoted}","code":"{quoted}","source":{{"pointer":"/{quoted}"}}}}]}}"#
                ),
                format!(r#"{{"errors":[{{"batch_index":0,"reason":"LEAK-key","message":"{quoted}"}}]}}"#),
            ];
            bodies.map(|body| {
                (0..9).fold(Recorder::new(), |recorder, _| {
                    let response =
                        Response::builder().status(status).header("location", "https://LEAK-key.example.com");
                    recorder.responding_with(Ok(response.body(body.clone().into()).unwrap()))
                })
            })
        };
        let mut errors = Vec::new();
        for recorder in quoting(r#"Basic TEVBSy1zaXRlOkxFQUsta2V5, LEAK-site:LEAK-key, \"LEAK\u002dkey\", leak-site"#) {
            let track = Client::new(track.clone(), recorder);
            errors.push(track.delete("42").await.unwrap_err());
            let items = [((), track.item(person::Identify::new("42")))];
            let on_event = |event: BatchEvent<()>| {
                assert_opaque("an event", &event);
                if let BatchEvent::Failed(failed) = event {
                    assert_error("an item that quotes the credentials", &failed, None);
                }
            };
            assert_opaque("a summary", &track.send_all(items, BatchOptions::default(), on_event).await);
        }
        for recorder in quoting("Bearer LEAK-key, TEVBSy1rZXk=, key=LEAK-key") {
            errors.push(Client::new(app.clone(), recorder).call(SendSms::new(1, "42", "+1")).await.unwrap_err());
        }
        for recorder in quoting("Basic TEVBSy1rZXk6, LEAK-key:") {
            let call = pipelines::Track::new("42", "x");
            errors.push(Client::new(pipelines.clone(), recorder).call(call).await.unwrap_err());
        }
        for error in errors {
            assert_error("an error that quotes the credentials", &error, None);
            let details = error.as_api().map(customerio_core::ApiError::details).unwrap_or_default();
            assert!(status == 301 || !details.is_empty(), "{error}");
            for detail in details {
                let texts = [Some(&detail.message), detail.code.as_ref(), detail.pointer.as_ref()];
                texts.into_iter().flatten().for_each(|text| assert_clean("a detail", text));
            }
        }
    }
}

#[test]
fn webhooks_show_no_key_no_signature_and_no_data() {
    let verifier = Verifier::new("LEAK-key").unwrap().with_key("LEAK-old").unwrap();
    assert_opaque("a verifier", &verifier);
    let fields = [
        "content",
        "customer_id",
        "delivery_id",
        "email_address",
        "failure_message",
        "href",
        "inbound_event_id",
        "journey_id",
        "recipient",
        "subject",
        "to",
        "tracked_response",
        "transactional_message_id",
        "trigger_event_id",
    ];
    let mut data: BTreeMap<&str, serde_json::Value> = fields.map(|name| (name, format!("LEAK-{name}").into())).into();
    data.insert("identifiers", serde_json::json!({"id": "LEAK-1", "email": "LEAK-a@example.com", "cio_id": "LEAK-2"}));
    data.insert("headers", serde_json::json!({"LEAK-name": ["LEAK-value"]}));
    data.insert("recipients", serde_json::json!([{"device_id": "LEAK-token", "failure_message": "LEAK-gone"}]));
    let now = Timestamp::from(1_700_000_000);
    let object_types = ["customer", "email", "push", "in_app", "sms", "slack", "webhook", "whatsapp", "LEAK-type"];
    for object_type in object_types {
        for metric in [
            "attempted",
            "bounced",
            "cio_subscription_preferences_changed",
            "clicked",
            "converted",
            "delivered",
            "drafted",
            "dropped",
            "failed",
            "opened",
            "replied",
            "sent",
            "spammed",
            "subscribed",
            "undeliverable",
            "unsubscribed",
            "LEAK-metric",
        ] {
            let json = serde_json::json!({
                "event_id": "LEAK-event", "object_type": object_type, "metric": metric, "timestamp": 1, "data": data,
            });
            let event = WebhookEvent::from_json(json.to_string().as_bytes()).unwrap();
            assert!(event.json().contains("LEAK-recipient"));
            assert_opaque(metric, &event);
            assert_opaque(metric, event.kind());
            assert_opaque(metric, event.common());
            assert_opaque(metric, &event.common().identifiers);
        }
    }

    let body = b"LEAK-body";
    let signature = verifier.sign(now, body);
    let request = |timestamp: &str, signature: &str| {
        let request =
            http::Request::post("/").header("x-cio-timestamp", timestamp).header("x-cio-signature", signature);
        request.body(body).unwrap()
    };
    let other = Verifier::new("LEAK-other").unwrap().sign(now, body);
    for request in [
        http::Request::new(body),
        request("LEAK-time", &signature),
        request("1700000000", "LEAK-signature"),
        request("1700000000", &other),
        request("1600000000", &verifier.sign(1_600_000_000, body)),
        request("1700000000", &signature),
    ] {
        let error = verifier.receive(request.headers(), *request.body(), now).unwrap_err();
        assert_error("a webhook", &error, None);
        for mac in [&signature, &other] {
            assert!(!format!("{error} {error:?}").contains(&mac[..8]), "{error}");
        }
    }
    let errors = [Verifier::new("LEAK-\0").unwrap_err(), verifier.with_key("").unwrap_err()];
    for error in errors {
        assert_error("a signing key", &error, None);
    }
    for json in [r#""LEAK-text""#, r#"{"LEAK-open": "LEAK-"#] {
        assert_error("an event", &serde_json::from_str::<WebhookEvent>(json).unwrap_err(), None);
    }

    let mut seen = InMemoryDedup::new();
    seen.claim("LEAK-event", now);
    assert_opaque("a memory", &seen);
    let receiver =
        Receiver::new(Verifier::new("LEAK-key").unwrap(), move || now).with_store(std::sync::Mutex::new(seen));
    assert_opaque("a receiver", &receiver);
}

#[test]
fn webhooks_on_their_way_show_nothing() {
    let emulator = Emulator::builder().with_webhook_signing_key("LEAK-key").build();
    emulator.report_to("https://LEAK-user:LEAK-password@example.com/LEAK-path").unwrap();
    let client = Client::new(emulator.app_endpoint().unwrap(), emulator.clone());
    emulator.set_outcomes([(Duration::ZERO, Outcome::Bounced("LEAK-reason".into()))]);
    let email = SendEmail::from_template("LEAK-order", "LEAK-ada@example.com").with_identifiers("LEAK-42");
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(client.send_email(email)).unwrap();
    let call = emulator.next_webhook().unwrap();
    assert!(call.request().body().windows(11).any(|part| part == b"LEAK-reason"));
    assert_opaque("a webhook", &call);
    assert_opaque("an emulator", &emulator);
    assert!(emulator.report_to("LEAK url").is_err_and(|error| {
        assert_error("a URL", &error, None);
        true
    }));
}

#[test]
fn a_message_of_the_server_is_shown_and_fit_for_a_log() {
    fn shown(value: &impl Display) -> String {
        value.to_string()
    }
    let error = parse::<Identify>(response(400, r#"{"meta":{"error":"LEAK-\u0007message"}}"#)).unwrap_err();
    assert_eq!(shown(&error), r"track.identify returned 400 Bad Request: LEAK-\u{7}message");
}
