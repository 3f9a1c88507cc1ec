//! Each limit from four sides: what is at it arrives, what is one over it is refused before it is sent, what is raised
//! lets it through, and without limits it is the service that refuses it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{collections::BTreeMap, time::Duration};

use customerio_core::{
    BatchBuilder, BatchItem, BuildError, Endpoint, Item, ItemError, Limits, Moment, Operation, PersonId, Region,
    app::{
        Attachment, DefaultAudience, EmailsAudience, IdsAudience, PerUserDataAudience, SendEmail, SendSms,
        TriggerBroadcast, UserData,
    },
    build,
    bytes::Bytes,
    http::Request,
    limits::{
        ATTACHMENTS, ATTRIBUTE_NAME, ATTRIBUTE_VALUE, ATTRIBUTES, BATCH, BATCH_ITEM, BROADCAST, BROADCAST_DATA,
        BROADCAST_PEOPLE, EMAIL_RECIPIENTS, EVENT_DATA, EVENT_NAME, MESSAGE, OBJECT_ID, PERSON_ID, RELATIONSHIP,
        SEGMENT_IDS,
    },
    pipelines,
    track::{
        AddToSegment, AnonymousEvent, Delete, Event, Identify, Merge, ObjectId, Relationship, RemoveFromSegment,
        SubmitForm,
        v2::{object, person},
    },
};
use customerio_emulator::Emulator;
use serde_json::json;

type Built = Result<Request<Bytes>, BuildError>;
/// The limits with another value for the one that is meant.
type Set = fn(Limits, Option<usize>) -> Limits;

fn emulator() -> Emulator {
    let emulator = Emulator::builder()
        .with_track_credentials("site", "key")
        .with_app_api_key("key")
        .with_pipelines_key("key")
        .build();
    emulator.create_segment(7);
    emulator.create_broadcast(12);
    emulator
}

fn track(limits: Limits, operation: impl Operation<Api = customerio_core::Track>) -> Built {
    build(&Endpoint::track(Region::Us, "site", "key").unwrap().with_limits(limits), operation)
}

fn app(limits: Limits, operation: impl Operation<Api = customerio_core::App>) -> Built {
    build(&Endpoint::app(Region::Us, "key").unwrap().with_limits(limits), operation)
}

fn cdp(limits: Limits, operation: impl Operation<Api = customerio_core::Pipelines>) -> Built {
    build(&Endpoint::pipelines(Region::Us, "key").unwrap().with_limits(limits), operation)
}

/// A batch of the one call.
fn batch(limits: Limits, call: impl BatchItem<Batch = customerio_core::TrackBatch>) -> Built {
    let now = Moment { monotonic: Duration::ZERO, since_epoch: Duration::ZERO, random: 1 };
    let mut builder = BatchBuilder::new().with_limits(limits);
    builder.push((), Item::new(call, &now, &limits)?).map_err(|refused| match refused.error {
        ItemError::Invalid(error) => error,
        other => panic!("{other}"),
    })?;
    Endpoint::track(Region::Us, "site", "key").unwrap().request(builder.finish().unwrap().prepare())
}

fn x(bytes: usize) -> String {
    "x".repeat(bytes)
}

type Attributes = BTreeMap<String, String>;

fn named(bytes: usize) -> Attributes {
    [(x(bytes), x(1))].into()
}

fn valued(bytes: usize) -> Attributes {
    [("a".to_owned(), x(bytes))].into()
}

fn numbered(count: usize) -> Attributes {
    (0..count).map(|number| (format!("a{number}"), x(1))).collect()
}

/// Attributes that have so many bytes as JSON, and none of them has more than 1000.
fn of_bytes(bytes: usize) -> Attributes {
    let mut attributes = Attributes::new();
    // `{` and `}`; and for each attribute `"a000":"",`.
    let mut left = bytes + 1 - 2;
    while left > 0 {
        let next = if left > 1_020 { left.min(1_000) } else { left };
        attributes.insert(format!("a{:03}", attributes.len()), x(next - 10));
        left -= next;
    }
    assert_eq!(serde_json::to_vec(&attributes).unwrap().len(), bytes);
    attributes
}

/// The call whose body has so many bytes, most of them in the attributes.
fn sized(limits: Limits, bytes: usize, call: impl Fn(Limits, &Attributes) -> Built) -> Built {
    let empty = call(Limits::none(), &valued(0))?.body().len();
    call(limits, &valued(bytes - empty))
}

/// A batch of one event.
fn batch_of_event(limits: Limits, attributes: &Attributes) -> Built {
    batch(limits, person::Event::new("42", "visit").with_attributes(attributes))
}

fn acme(id: &str) -> ObjectId {
    ObjectId::new(1, id)
}

fn related(limits: Limits, attributes: &Attributes) -> Built {
    let company = [Relationship::new(acme("acme")).with_attributes(attributes)];
    track(limits, Identify::new("42").with_relationships(company))
}

fn email() -> SendEmail {
    SendEmail::from_template("welcome", "ada@example.com").with_identifiers("42")
}

/// One limit in one call.
struct Case {
    /// What the limit must be, and the limits with another value for it.
    most: usize,
    set: Set,
    /// The call that has so many.
    call: fn(Limits, usize) -> Built,
    /// What the error calls it.
    subject: &'static str,
    /// How many the emulator refuses, if it knows the limit.
    refused_by_service: Option<usize>,
}

macro_rules! cases {
    ($($set:ident($most:expr) $subject:literal, $service:expr, |$limits:ident, $n:ident| $call:expr;)*) => {
        vec![$(Case {
            most: $most,
            set: |limits, most| limits.$set(most),
            call: |$limits, $n| $call,
            subject: $subject,
            refused_by_service: $service,
        }),*]
    };
}

/// Those that are checked by default.
#[rustfmt::skip]
fn by_default() -> Vec<Case> {
    cases! {
        with_person_id(PERSON_ID) "the person's id", Some(151), |limits, n| track(limits, Identify::new(x(n)));
        with_person_id(PERSON_ID) "the person's id", Some(151), |limits, n| track(limits, Identify::new("42").with_id(x(n)));
        with_person_id(PERSON_ID) "the person's id", Some(151), |limits, n| track(limits, Delete::new(x(n)));
        with_person_id(PERSON_ID) "the person's id", Some(151), |limits, n| track(limits, Event::new(x(n), "visit"));
        with_person_id(PERSON_ID) "the person's id", Some(151), |limits, n| track(limits, Merge::new("42", x(n)));
        with_person_id(PERSON_ID) "the person's id", Some(151), |limits, n| track(limits, AddToSegment::new(7, [x(n)]));
        with_person_id(PERSON_ID) "the person's id", Some(151), |limits, n| track(limits, person::Delete::new(x(n)));
        with_person_id(PERSON_ID) "the person's id", None, |limits, n| batch(limits, person::Delete::new(x(n)));
        with_person_id(PERSON_ID) "the person's id", None, |limits, n| {
            let people = [Relationship::new(PersonId::id(x(n)))];
            track(limits, object::AddRelationships::new(acme("acme"), people))
        };
        with_person_id(PERSON_ID) "the person's id", None, |limits, n| app(limits, SendSms::new("welcome", x(n), "+14155552671"));
        with_person_id(PERSON_ID) "the person's id", None, |limits, n| app(limits, TriggerBroadcast::new(12, IdsAudience::new([x(n)]).with_id_ignore_missing(true)));
        with_person_id(PERSON_ID) "the person's id", None, |limits, n| {
            let people = [UserData::for_id(x(n), json!({}))];
            app(limits, TriggerBroadcast::new(12, PerUserDataAudience::new(people).with_id_ignore_missing(true)))
        };
        with_object_id(OBJECT_ID) "the object's id", Some(151), |limits, n| track(limits, object::Identify::new(acme(&x(n))));
        with_object_id(OBJECT_ID) "the object's id", Some(151), |limits, n| {
            track(limits, Identify::new("42").with_relationships([Relationship::new(acme(&x(n)))]))
        };
        with_attributes(ATTRIBUTES) "the list of attributes", Some(301), |limits, n| {
            track(limits, Identify::new("42").with_email("ada@example.com").with_attributes(numbered(n)))
        };
        with_attributes(ATTRIBUTES) "the list of attributes", Some(301), |limits, n| {
            track(limits, person::Identify::new("42").with_update(false).with_attributes(numbered(n)))
        };
        with_attributes(ATTRIBUTES) "the list of attributes", Some(301), |limits, n| {
            track(limits, object::Identify::new(acme("acme")).with_attributes(numbered(n)))
        };
        with_attributes(ATTRIBUTES) "the list of attributes", Some(301), |limits, n| related(limits, &numbered(n));
        with_attribute_name(ATTRIBUTE_NAME) "the name of attribute 1", Some(151), |limits, n| {
            track(limits, Identify::new("42").with_attributes(named(n)))
        };
        with_attribute_name(ATTRIBUTE_NAME) "the name of attribute 1", None, |limits, n| {
            batch(limits, person::Identify::new("42").with_attributes(named(n)))
        };
        with_attribute_value(ATTRIBUTE_VALUE) "the value of attribute 1", Some(1_001), |limits, n| {
            track(limits, Identify::new("42").with_attributes(valued(n)))
        };
        with_attribute_value(ATTRIBUTE_VALUE) "the value of attribute 1", Some(1_001), |limits, n| {
            track(limits, person::Identify::new("42").with_attributes(valued(n)))
        };
        with_attribute_value(ATTRIBUTE_VALUE) "the value of attribute 2", Some(1_001), |limits, n| {
            track(limits, SubmitForm::new("signup", "42").with_fields(valued(n)))
        };
        with_attribute_value(ATTRIBUTE_VALUE) "the value of attribute 1", Some(1_001), |limits, n| related(limits, &valued(n));
        with_relationship(RELATIONSHIP) "the total of a relationship's attributes", None, |limits, n| related(limits, &of_bytes(n));
        with_event_name(EVENT_NAME) "the event's name", Some(101), |limits, n| track(limits, Event::new("42", x(n)));
        with_event_name(EVENT_NAME) "the event's name", Some(101), |limits, n| track(limits, AnonymousEvent::new("cookie", x(n)));
        with_event_name(EVENT_NAME) "the event's name", Some(101), |limits, n| track(limits, person::Event::new("42", x(n)));
        with_event_data(EVENT_DATA) "the event's data", Some(100_001), |limits, n| {
            track(limits, Event::new("42", "visit").with_data(valued(n - 8)))
        };
        with_segment_ids(SEGMENT_IDS) "the list of people", Some(1_001), |limits, n| track(limits, AddToSegment::new(7, vec!["42"; n]));
        with_segment_ids(SEGMENT_IDS) "the list of people", Some(1_001), |limits, n| track(limits, RemoveFromSegment::new(7, vec!["42"; n]));
        with_batch_item(BATCH_ITEM) "the call", Some(32_769), |limits, n| {
            sized(limits, n, |limits, data| track(limits, person::Event::new("42", "visit").with_attributes(data)))
        };
        with_batch_item(BATCH_ITEM) "the call", Some(32_769), |limits, n| {
            sized(limits, n, |limits, data| cdp(limits, pipelines::Track::new("42", "visit").with_properties(data)))
        };
        // `{"batch":[` and `]}` are 12 bytes.
        with_batch_item(BATCH_ITEM) "the item", None, |limits, n| sized(limits, n + 12, batch_of_event);
        with_email_recipients(EMAIL_RECIPIENTS) "the list of recipients", Some(16), |limits, n| {
            app(limits, email().with_cc(vec!["ada@example.com"; n - 1].join(",")))
        };
        with_attachments(ATTACHMENTS) "the total of the attachments", Some(2_000_001), |limits, n| {
            app(limits, email().with_attachment(Attachment::from_bytes("a.txt", vec![b'x'; n])))
        };
        with_message(MESSAGE) "the message", Some(1_000_001), |limits, n| {
            sized(limits, n, |limits, data| {
                app(limits, SendSms::new("welcome", "42", "+14155552671").with_message_data(data))
            })
        };
        with_broadcast_people(BROADCAST_PEOPLE) "the list of people", Some(10_001), |limits, n| {
            app(limits, TriggerBroadcast::new(12, IdsAudience::new(vec!["42"; n]).with_id_ignore_missing(true)))
        };
        with_broadcast_people(BROADCAST_PEOPLE) "the list of people", Some(10_001), |limits, n| {
            app(limits, TriggerBroadcast::new(12, EmailsAudience::new(vec!["a@example.com"; n]).with_email_ignore_missing(true)))
        };
        with_broadcast_data(BROADCAST_DATA) "the broadcast's data", Some(50_001), |limits, n| {
            app(limits, TriggerBroadcast::new(12, DefaultAudience::new()).with_data(valued(n - 8)))
        };
        with_broadcast(BROADCAST) "the broadcast trigger", Some(25_000_001), |limits, n| {
            sized(limits, n, |limits, data| {
                let people = [UserData::for_id("42", data)];
                app(limits, TriggerBroadcast::new(12, PerUserDataAudience::new(people).with_id_ignore_missing(true)))
            })
        };
    }
}

/// Those that are not.
#[rustfmt::skip]
fn on_demand() -> Vec<Case> {
    cases! {
        with_user_id(PERSON_ID) "the user id", None, |limits, n| cdp(limits, pipelines::Track::new(x(n), "visit"));
        with_user_id(PERSON_ID) "the user id", None, |limits, n| cdp(limits, pipelines::Alias::new("cookie", x(n)));
        with_group_id(OBJECT_ID) "the group id", None, |limits, n| cdp(limits, pipelines::Group::new("42", x(n)));
        with_traits(ATTRIBUTES) "the list of attributes", Some(301), |limits, n| {
            cdp(limits, pipelines::Identify::new("42").with_email("ada@example.com").with_traits(numbered(n)))
        };
        with_traits(ATTRIBUTES) "the list of attributes", Some(301), |limits, n| {
            cdp(limits, pipelines::Group::new("42", "acme").with_object_type_id(1).with_traits(numbered(n)))
        };
        with_trait_name(ATTRIBUTE_NAME) "the name of attribute 1", Some(151), |limits, n| {
            cdp(limits, pipelines::Identify::new("42").with_traits(named(n)))
        };
        with_trait_value(ATTRIBUTE_VALUE) "the value of attribute 1", Some(1_001), |limits, n| {
            cdp(limits, pipelines::Identify::new("42").with_traits(valued(n)))
        };
    }
}

/// What the error says of `count` where `most` is the most.
fn refusal(case: &Case, count: usize) -> [String; 3] {
    let Case { most, subject, .. } = case;
    [
        format!("{subject} has {count} bytes, and the limit is {most}"),
        format!("{subject} has {count} entries, expected 1 to {most}"),
        format!("{subject} has {count} entries, expected 0 to {most}"),
    ]
}

fn check(case: &Case, limits: Limits) {
    let Case { most, set, call, subject, refused_by_service } = case;
    let emulator = emulator();
    let respond = |request: Request<Bytes>| {
        emulator.advance(Duration::from_secs(10));
        emulator.handle(&request)
    };

    let at_the_limit = call(limits, *most).unwrap_or_else(|error| panic!("{subject} at the limit: {error}"));
    let response = respond(at_the_limit);
    assert!(response.status().is_success(), "{subject} at the limit: {response:?}");

    let error = call(limits, most + 1).unwrap_err().to_string();
    assert!(refusal(case, most + 1).contains(&error), "{error}");

    assert!(call(set(limits, Some(most + 1)), most + 1).is_ok(), "{subject}, raised");
    assert!(call(set(limits, Some(most + 1)), most + 2).is_err(), "{subject}, raised");
    assert!(call(set(limits, None), most + 2).is_ok(), "{subject}, switched off");

    let unchecked = call(Limits::none(), refused_by_service.unwrap_or(most + 1)).unwrap();
    if refused_by_service.is_some() {
        let status = respond(unchecked).status();
        assert!(matches!(status.as_u16(), 400 | 413 | 422), "{subject}: {status}");
    }
}

#[test]
fn what_is_checked_by_default() {
    for case in by_default() {
        check(&case, Limits::default());
    }
}

#[test]
fn what_is_checked_on_demand() {
    for case in on_demand() {
        assert!((case.call)(Limits::default(), case.most + 1).is_ok(), "{}", case.subject);
        check(&case, Limits::all());
    }
}

#[test]
fn a_batch_is_as_long_as_its_limit() {
    let call = |limits: Limits, bytes| sized(limits.with_batch_item(None), bytes, batch_of_event);
    assert_eq!(call(Limits::default(), BATCH).unwrap().body().len(), BATCH);
    assert_eq!(
        call(Limits::default(), BATCH + 1).unwrap_err().to_string(),
        "the batch of this item has 490001 bytes, and the limit is 490000"
    );
    assert!(call(Limits::default().with_batch(BATCH + 1), BATCH + 1).is_ok());
    let unlimited = call(Limits::none(), 512_001).unwrap();
    assert_eq!(emulator().handle(&unlimited).status(), 400);
}
