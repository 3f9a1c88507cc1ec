//! Calls from outside: what each does, what is refused in strict mode and dropped without it.

use customerio_core::track::EventType;
use serde_json::{Value, json};

use crate::{
    Emulator,
    testing::{NOW, accept, call, emulator, parts, request},
};

const IDENTIFY: &str = "POST /v1/identify";
const TRACK: &str = "POST /v1/track";
const GROUP: &str = "POST /v1/group";
const BATCH: &str = "POST /v1/batch";

/// Makes a call that strict mode must refuse for this reason.
fn refuse(emulator: &Emulator, line: &str, body: &Value, reason: &str) {
    assert_eq!(call(emulator, line, body), (400, json!({"meta": {"error": reason}})), "{line} {body}");
}

/// Makes a call without strict mode.
fn lax(emulator: &Emulator, line: &str, body: &Value) -> (u16, Value) {
    let mut request = request(line, body);
    request.headers_mut().remove("x-strict-mode");
    parts(&emulator.handle(&request))
}

fn semantic(event: &str, more: &Value) -> Value {
    let mut track = json!({"userId": "42", "event": event});
    track.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    track
}

#[test]
fn an_identify_adds_and_updates_the_person_of_the_track_api() {
    let emulator = emulator();
    let traits = json!({
        "email": "ada@example.com", "plan": "pro", "createdAt": "2023-11-14T22:13:20Z", "unsubscribed": "TRUE",
        "cio_subscription_preferences": {"topics": {"topic_1": true}, "channels": {"email": false}},
    });
    accept(&emulator, "POST /api/v1/customers/42/events", &json!({"name": "e"}));
    accept(&emulator, IDENTIFY, &json!({"userId": "42", "traits": traits, "messageId": "m1"}));
    let ada = emulator.person("ada@example.com").unwrap();
    assert_eq!((ada.id.as_deref(), emulator.people_count()), (Some("42"), 1));
    let expected = json!({
        "plan": "pro", "created_at": NOW, "unsubscribed": true,
        "cio_subscription_preferences": {"topics": {"topic_1": true}, "channels": {"email": false}},
    });
    assert_eq!(Value::Object(ada.attributes), expected);
    // A retry is known by its id; an older change comes too late; a null removes.
    accept(&emulator, IDENTIFY, &json!({"userId": "42", "traits": {"plan": "free"}, "messageId": "m1"}));
    let late = json!({"userId": "42", "traits": {"plan": "old"}, "timestamp": "2020-01-01T00:00:00Z"});
    accept(&emulator, IDENTIFY, &late);
    accept(&emulator, IDENTIFY, &json!({"userId": "42", "traits": {"unsubscribed": null}}));
    let ada = emulator.person("42").unwrap();
    assert_eq!((ada.attributes["plan"].as_str(), ada.unsubscribed()), (Some("pro"), false));
    // Without an id, the address says who is meant.
    accept(&emulator, IDENTIFY, &json!({"userId": "", "traits": {"email": "ada@example.com", "plan": "team"}}));
    assert_eq!((&emulator.person("42").unwrap().attributes["plan"], emulator.people_count()), (&json!("team"), 1));
}

#[test]
fn a_visitor_becomes_the_person_who_they_are_identified_as() {
    let emulator = emulator();
    let visit = json!({"anonymousId": "cookie", "event": "visit"});
    accept(&emulator, TRACK, &visit);
    accept(&emulator, GROUP, &json!({"anonymousId": "cookie", "groupId": "acme"}));
    accept(&emulator, IDENTIFY, &json!({"anonymousId": "cookie", "traits": {"plan": "pro"}}));
    assert_eq!((emulator.people_count(), emulator.object("1", "acme").unwrap().visitors.len()), (0, 1));
    accept(&emulator, IDENTIFY, &json!({"userId": "42", "anonymousId": "cookie"}));
    accept(&emulator, IDENTIFY, &json!({"anonymousId": "cookie", "traits": {"plan": "pro"}}));
    accept(&emulator, TRACK, &visit);
    let ada = emulator.person("42").unwrap();
    assert_eq!((emulator.events_of("42").len(), ada.relationships.len()), (2, 1));
    assert_eq!((ada.attributes["plan"].as_str(), ada.anonymous_ids), (Some("pro"), vec!["cookie".to_owned()]));
}

#[test]
fn events_pages_and_screens_are_kept_once() {
    let emulator = emulator();
    for (kind, name, event_type) in
        [("track", "event", EventType::Event), ("page", "name", EventType::Page), ("screen", "name", EventType::Screen)]
    {
        let body = json!({
            "userId": "42", name: "x", "type": kind, "messageId": kind, "timestamp": "2023-11-14T22:13:25.5Z",
            "properties": {"a": 1}, "context": {"ip": "0.0.0.0", "library": {}}, "integrations": {"All": false},
        });
        accept(&emulator, &format!("POST /v1/{kind}"), &body);
        accept(&emulator, &format!("POST /v1/{kind}"), &body);
        let event = emulator.events_of("42").pop().unwrap();
        assert_eq!((event.event_type, event.name.as_str(), event.id.as_deref()), (event_type, "x", Some(kind)));
        assert_eq!((event.timestamp, Value::Object(event.data())), ((NOW + 5).into(), json!({"a": 1})));
    }
    accept(&emulator, "POST /v1/page", &json!({"anonymousId": "cookie"}));
    accept(&emulator, TRACK, &json!({"groupId": "acme", "event": "renewed"}));
    let events = emulator.events();
    assert_eq!((events.len(), events[3].name.as_str(), events[4].group_id.as_deref()), (5, "", Some("acme")));
    assert_eq!((emulator.people_count(), &events[4].person), (1, &None));
}

#[test]
fn a_group_is_an_object() {
    let emulator = emulator();
    let traits = json!({"object_type_id": "2", "name": "Acme", "relationshipAttributes": {"role": "admin"}});
    accept(&emulator, GROUP, &json!({"userId": "42", "groupId": "acme", "traits": traits}));
    accept(&emulator, GROUP, &json!({"userId": "42", "groupId": "acme"}));
    let acme = emulator.object("2", "acme").unwrap();
    assert_eq!(Value::Object(acme.attributes), json!({"name": "Acme"}));
    let ada = emulator.person("42").unwrap();
    assert_eq!((ada.relationships.len(), emulator.object("1", "acme").unwrap().people.len()), (2, 1));
    assert_eq!(ada.relationships[0].attributes["role"], "admin");
}

#[test]
fn an_alias_makes_one_of_two() {
    let emulator = emulator();
    accept(&emulator, IDENTIFY, &json!({"userId": "42"}));
    accept(&emulator, IDENTIFY, &json!({"userId": "old", "traits": {"plan": "pro"}}));
    accept(&emulator, TRACK, &json!({"anonymousId": "cookie", "event": "visit"}));
    for previous in ["old", "cookie"] {
        accept(&emulator, "POST /v1/alias", &json!({"previousId": previous, "userId": "42"}));
    }
    assert_eq!((emulator.people_count(), emulator.events_of("42").len()), (1, 1));
    assert_eq!(emulator.person("42").unwrap().attributes["plan"], "pro");
}

#[test]
fn semantic_events_do_what_they_say() {
    let emulator = emulator();
    let device = json!({"context": {"device": {"token": "t", "type": "ios"}}, "properties": {"os": "17"}});
    accept(&emulator, TRACK, &semantic("Device Created or Updated", &device));
    let ada = emulator.person("42").unwrap();
    assert_eq!((ada.devices[0].id.as_str(), ada.devices[0].platform.as_str()), ("t", "ios"));
    assert_eq!(ada.devices[0].attributes["os"], "17");
    accept(&emulator, TRACK, &semantic("Device Deleted", &device));
    assert_eq!(emulator.person("42").unwrap().devices, []);

    for id in ["acme", "other"] {
        accept(&emulator, GROUP, &json!({"userId": "42", "groupId": id}));
    }
    let object = |id: &str| json!({"properties": {"objectId": id, "objectTypeId": 1}, "anonymousId": "any"});
    accept(&emulator, TRACK, &semantic("Relationship Deleted", &object("acme")));
    assert_eq!((emulator.objects().len(), emulator.object("1", "acme").unwrap().people.len()), (2, 0));
    accept(&emulator, TRACK, &semantic("Object Deleted", &object("other")));
    assert_eq!((emulator.objects().len(), emulator.person("42").unwrap().relationships.len()), (1, 0));

    let report = json!({"event": "Report Delivery Event", "properties": {"deliveryId": "RPIL", "metric": "opened"}});
    accept(&emulator, TRACK, &report);
    let content =
        json!({"event": "Report Content Event", "properties": {"actionType": "viewed_content", "contentId": 1}});
    accept(&emulator, TRACK, &content);
    let metrics = emulator.metrics();
    assert_eq!((metrics[0].delivery_id.as_str(), metrics[0].metric.as_str()), ("RPIL", "opened"));
    assert_eq!((metrics[1].delivery_id.as_str(), metrics[1].metric.as_str()), ("", "viewed_content"));

    accept(&emulator, TRACK, &semantic("User Suppressed", &json!({})));
    accept(&emulator, IDENTIFY, &json!({"userId": "42"}));
    accept(&emulator, TRACK, &json!({"userId": "42", "event": "e"}));
    assert_eq!((emulator.people_count(), emulator.is_suppressed("42")), (0, true));
    accept(&emulator, TRACK, &semantic("User Unsuppressed", &json!({})));
    accept(&emulator, IDENTIFY, &json!({"userId": "42"}));
    accept(&emulator, TRACK, &semantic("User Deleted", &json!({})));
    assert_eq!((emulator.people_count(), emulator.events().len()), (0, 0));
}

#[test]
fn what_the_contract_does_not_allow_is_refused_in_strict_mode_and_dropped_without() {
    let emulator = emulator();
    let who = "the body must have userId or anonymousId";
    let time = "timestamp must be an ISO 8601 date and time, such as 2026-08-01T12:00:00Z";
    let cases = [
        (IDENTIFY, json!([]), "the body must be an object"),
        (IDENTIFY, json!({}), "the body must have userId, anonymousId or traits.email"),
        (IDENTIFY, json!({"userId": ""}), "the body must have userId, anonymousId or traits.email"),
        (IDENTIFY, json!({"userId": -42, "anonymousId": "a"}), "userId must be a string"),
        (IDENTIFY, json!({"userId": "42", "type": "track"}), "type must be identify"),
        (IDENTIFY, json!({"userId": "42", "attributes": {}}), "attributes is not a field of this call"),
        (IDENTIFY, json!({"userId": "42", "timestamp": NOW}), time),
        (IDENTIFY, json!({"userId": "42", "messageId": ""}), "messageId must not be empty"),
        (IDENTIFY, json!({"userId": "42", "version": "2"}), "version must be a number"),
        (IDENTIFY, json!({"userId": "42", "integrations": {"All": 1}}), "integrations.All must be true or false"),
        (
            IDENTIFY,
            json!({"userId": "42", "context": {"channel": "tv"}}),
            "context.channel must be one of browser, server, mobile",
        ),
        (
            IDENTIFY,
            json!({"userId": "42", "traits": {"a": "x".repeat(1_001)}}),
            "traits.a has 1001 bytes; the most is 1000",
        ),
        (
            IDENTIFY,
            json!({"userId": "42", "traits": {"createdAt": 5}}),
            "traits.createdAt must be an ISO 8601 date and time, such as 2026-08-01T12:00:00Z",
        ),
        (TRACK, json!({"userId": "42"}), "event is missing"),
        (TRACK, json!({"event": "e"}), "the body must have userId, anonymousId or groupId"),
        (TRACK, json!({"userId": "42", "event": " "}), "event must not be empty"),
        (TRACK, json!({"userId": "42", "event": "e", "traits": {}}), "traits is not a field of this call"),
        ("POST /v1/page", json!({"name": "p"}), who),
        ("POST /v1/page", json!({"userId": "42", "properties": {"url": 1}}), "properties.url must be a string"),
        ("POST /v1/screen", json!({"userId": "42", "properties": 1}), "properties must be an object"),
        (GROUP, json!({"userId": "42"}), "groupId is missing"),
        (GROUP, json!({"groupId": "acme"}), who),
        (
            GROUP,
            json!({"userId": "42", "groupId": "acme", "traits": {"object_type_id": 1}}),
            "traits.object_type_id must be a number from 1 on, as a string",
        ),
        ("POST /v1/alias", json!({"userId": "42"}), "previousId is missing"),
        ("POST /v1/alias", json!({"previousId": "old"}), "userId is missing"),
        (TRACK, json!({"event": "User Deleted"}), "userId is missing"),
        (TRACK, json!({"event": "User Suppressed", "anonymousId": "a"}), "userId is missing"),
        (TRACK, json!({"event": "User Unsuppressed", "userId": " "}), "userId must not be empty"),
        (TRACK, json!({"event": "Device Deleted", "userId": "42"}), "context is missing"),
        (
            TRACK,
            semantic("Device Created or Updated", &json!({"context": {"device": {"type": "web"}}})),
            "context.device.token is missing; context.device.type must be one of ios, android",
        ),
        (
            TRACK,
            semantic("Relationship Deleted", &json!({"properties": {"objectTypeId": 1}})),
            "properties.objectId is missing",
        ),
        (TRACK, semantic("Object Deleted", &json!({"properties": {"objectId": "acme"}})), "anonymousId is missing"),
        (
            TRACK,
            json!({"event": "Report Delivery Event", "properties": {"metric": "bounced"}}),
            "properties.deliveryId is missing; properties.metric must be one of delivered, clicked, converted, opened",
        ),
        (
            TRACK,
            json!({"event": "Report Content Event", "properties": {}}),
            "properties must have actionType or activityType",
        ),
    ];
    for (line, body, reason) in &cases {
        refuse(&emulator, line, body, reason);
        assert_eq!(lax(&emulator, line, body), (200, json!({})), "{line} {body}");
    }
    assert_eq!(emulator.dropped(), u64::try_from(cases.len()).unwrap());
    assert_eq!((emulator.people_count(), emulator.events().len(), emulator.metrics().len()), (0, 0, 0));
    assert_eq!(emulator.objects(), []);
}

#[test]
fn libraries_have_names_and_ids_are_not_negative() {
    let emulator = emulator();
    for (line, body, reason) in [
        (
            IDENTIFY,
            json!({"userId": "42", "context": {"library": "customerio-rust"}}),
            "context.library must be an object",
        ),
        (
            IDENTIFY,
            json!({"userId": "42", "context": {"library": {"version": 1}}}),
            "context.library.version must be a string",
        ),
        (
            TRACK,
            semantic(
                "Object Deleted",
                &json!({"anonymousId": "a", "properties": {"objectId": "a", "objectTypeId": -1}}),
            ),
            "properties.objectTypeId must not be negative",
        ),
        (
            TRACK,
            json!({"event": "Report Content Event", "properties": {"actionType": "viewed_content", "contentId": -1}}),
            "properties.contentId must not be negative",
        ),
    ] {
        refuse(&emulator, line, &body, reason);
    }
}

#[test]
fn the_key_is_basic_or_a_token() {
    for (key, authorization, status) in [
        ("key", "Basic a2V5Og==", 200),
        ("key", "Basic a2V5", 401),
        ("key", "Bearer key", 401),
        ("sk_us_1", "Bearer sk_us_1", 200),
        ("pk_1", "Bearer pk_1", 200),
        ("pk_1", "Bearer pk_2", 401),
        ("sk_us_1", "Basic c2tfdXNfMTo=", 200),
    ] {
        let emulator = Emulator::builder().with_pipelines_key(key).build();
        let mut request = request(IDENTIFY, &json!({"userId": "42"}));
        request.headers_mut().insert("authorization", authorization.parse().unwrap());
        let (given, body) = parts(&emulator.handle(&request));
        assert_eq!((given, emulator.people_count()), (status, usize::from(status == 200)), "{key} {authorization}");
        if status == 401 {
            assert_eq!(body, json!({"meta": {"error": "Unauthorized request"}}));
            request.headers_mut().insert("x-strict-mode", "true".parse().unwrap());
            assert_eq!(parts(&emulator.handle(&request)), (200, json!({})));
            assert_eq!((emulator.dropped(), emulator.people_count()), (1, 0));
        }
    }
}

#[test]
fn a_batch_applies_what_stands_beside_it_to_all() {
    let emulator = emulator();
    let batch = json!({
        "batch": [
            {"type": "identify", "userId": "42", "traits": {"plan": "pro"}, "messageId": "m1"},
            {"type": "track", "userId": "42", "event": "e", "messageId": "m2"},
            {"type": "track", "userId": "42", "event": "e", "messageId": "m2"},
            {"type": "page", "userId": "42", "name": "p"},
            {"type": "screen", "userId": "42", "name": "s"},
            {"type": "group", "userId": "42", "groupId": "acme"},
            {"type": "track", "userId": "42", "event": "Device Created or Updated"},
        ],
        "context": {"device": {"token": "t", "type": "android"}},
        "integrations": {"All": true},
    });
    accept(&emulator, BATCH, &batch);
    let ada = emulator.person("42").unwrap();
    assert_eq!((emulator.events_of("42").len(), ada.devices[0].platform.as_str()), (3, "android"));
    assert_eq!((ada.relationships.len(), emulator.dropped()), (1, 0));
}

#[test]
fn one_bad_call_refuses_a_batch_in_strict_mode_and_is_dropped_alone_without() {
    for (bad, reason) in [
        (json!({"userId": "2"}), "batch[1].type is missing".to_owned()),
        (
            json!({"type": "delete", "userId": "2"}),
            "batch[1].type must be one of identify, track, page, screen, group".to_owned(),
        ),
        (json!({"type": "track", "userId": "2"}), "batch[1].event is missing".to_owned()),
        (json!({"type": "alias", "userId": "2"}), "batch[1].previousId is missing".to_owned()),
        (json!({"type": "identify", "userId": "2", "context": 1}), "batch[1].context must be an object".to_owned()),
        (
            json!({"type": "identify", "userId": "2", "_metadata": 1}),
            "batch[1]._metadata is not a field of this call".to_owned(),
        ),
        (json!("x"), "batch[1] must be an object".to_owned()),
        (
            json!({"type": "track", "userId": "2", "event": "e", "properties": {"a": "x".repeat(32_768)}}),
            "batch[1] has 32831 bytes; the most is 32768".to_owned(),
        ),
    ] {
        let emulator = emulator();
        let good = |id: &str| json!({"type": "identify", "userId": id});
        let batch = json!({"batch": [good("1"), bad, good("3")]});
        refuse(&emulator, BATCH, &batch, &reason);
        assert_eq!((emulator.people_count(), emulator.dropped()), (0, 0));
        assert_eq!(lax(&emulator, BATCH, &batch), (200, json!({})));
        assert_eq!((emulator.people_count(), emulator.dropped()), (2, 1));
        let pointer = &emulator.request_log()[1].problems[0].pointer;
        assert_eq!(pointer.matches("/batch/1").count(), 1, "{pointer}");
    }
    let emulator = emulator();
    for (body, reason) in [
        (json!({}), "batch is missing"),
        (json!({"batch": [], "sentAt": "x"}), "sentAt is not a field of this call"),
        (json!({"batch": [], "context": 1}), "context must be an object"),
    ] {
        refuse(&emulator, BATCH, &body, reason);
    }
}

/// Requests as the clients put them on the wire, ids and times aside; and what of them the contract has not.
#[test]
fn what_the_vendors_clients_send_is_taken_and_noted() {
    let beside = "stands beside the batch, and applies to all of it";
    let node = json!({"batch": [
        {
            "timestamp": "2026-11-26T03:40:43.123Z", "integrations": {}, "type": "identify", "userId": "42",
            "traits": {"plan": "pro"}, "anonymousId": "cookie", "messageId": "node-1",
            "context": {"library": {"name": "@customerio/cdp-analytics-node", "version": "0.5.9"}},
            "_metadata": {"nodeVersion": "20.20.2", "jsRuntime": "node"},
        },
        {
            "timestamp": "2026-11-26T03:40:43.123Z", "type": "page", "userId": "42", "category": "docs", "name": "home",
            "integrations": {"All": false, "Amplitude": {"sessionId": 1}}, "properties": {"category": "docs"},
            "messageId": "node-2", "context": {"ip": "192.0.2.1"}, "_metadata": {"jsRuntime": "node"},
        },
        {
            "timestamp": "2026-11-26T03:40:43.123Z", "integrations": {}, "userId": "42", "type": "alias",
            "previousId": "visitor", "context": {}, "messageId": "node-3", "_metadata": {"jsRuntime": "node"},
        },
    ]});
    let of_node = [
        format!("/batch/0/context: batch[0].context {beside}"),
        format!("/batch/0/integrations: batch[0].integrations {beside}"),
        "/batch/0/_metadata: batch[0]._metadata is not a field of this call".into(),
        format!("/batch/1/context: batch[1].context {beside}"),
        format!("/batch/1/integrations: batch[1].integrations {beside}"),
        "/batch/1/integrations/Amplitude: batch[1].integrations.Amplitude must be true or false".into(),
        "/batch/1/_metadata: batch[1]._metadata is not a field of this call".into(),
        "/batch/1/category: batch[1].category is not a field of this call".into(),
        format!("/batch/2/context: batch[2].context {beside}"),
        format!("/batch/2/integrations: batch[2].integrations {beside}"),
        "/batch/2/type: batch[2].type is not one of those that a batch has".into(),
        "/batch/2/_metadata: batch[2]._metadata is not a field of this call".into(),
    ];
    let python = json!({"sentAt": "2026-11-26T03:40:43.123456+00:00", "batch": [
        {
            "integrations": {}, "anonymousId": null, "properties": {}, "timestamp": "2026-11-26T03:40:43.123+00:00",
            "category": null, "context": {"library": {"name": "analytics-python", "version": "1.1.0"}},
            "userId": "42", "type": "screen", "name": null, "messageId": "python-1",
        },
        {
            "integrations": {}, "anonymousId": null, "timestamp": "2026-11-26T03:40:43.123+00:00", "groupId": 7,
            "context": {}, "userId": "42", "traits": {}, "type": "group", "messageId": "python-2",
        },
        {
            "integrations": {}, "previousId": 7, "timestamp": "2026-11-26T03:40:43.123+00:00", "context": {},
            "userId": "42", "type": "alias", "messageId": "python-3", "anonymousId": null,
        },
    ]});
    let of_python = [
        "/sentAt: sentAt is not a field of this call".to_owned(),
        format!("/batch/0/context: batch[0].context {beside}"),
        format!("/batch/0/integrations: batch[0].integrations {beside}"),
        "/batch/0/anonymousId: batch[0].anonymousId must be a string".into(),
        "/batch/0/name: batch[0].name must be a string".into(),
        "/batch/0/category: batch[0].category is not a field of this call".into(),
        format!("/batch/1/context: batch[1].context {beside}"),
        format!("/batch/1/integrations: batch[1].integrations {beside}"),
        "/batch/1/anonymousId: batch[1].anonymousId must be a string".into(),
        "/batch/1/groupId: batch[1].groupId must be a string".into(),
        format!("/batch/2/context: batch[2].context {beside}"),
        format!("/batch/2/integrations: batch[2].integrations {beside}"),
        "/batch/2/type: batch[2].type is not one of those that a batch has".into(),
        "/batch/2/previousId: batch[2].previousId must be a string".into(),
        "/batch/2/anonymousId: batch[2].anonymousId is not a field of this call".into(),
    ];
    let number = json!({"userId": 42, "event": "e", "messageId": "number"});
    for strict in [true, false] {
        let emulator = emulator();
        for (line, body, expected) in [
            (BATCH, &node, &of_node[..]),
            (BATCH, &python, &of_python[..]),
            (TRACK, &number, &["/userId: userId must be a string".to_owned()]),
        ] {
            let given = if strict { call(&emulator, line, body) } else { lax(&emulator, line, body) };
            assert_eq!(given, (200, json!({})), "{body}");
            let noted = emulator.request_log().pop().unwrap().deviations;
            assert_eq!(noted.iter().map(ToString::to_string).collect::<Vec<_>>(), expected, "{body}");
        }
        let ada = emulator.person("42").unwrap();
        assert_eq!((ada.attributes["plan"].as_str(), ada.anonymous_ids.len()), (Some("pro"), 3));
        assert_eq!((emulator.events_of("42").len(), emulator.people_count(), emulator.dropped()), (3, 1, 0));
        assert_eq!(emulator.object("1", "7").unwrap().people.len(), 1);
    }
}

#[test]
fn what_a_call_of_a_batch_has_itself_counts_before_what_stands_beside_it() {
    let emulator = emulator();
    let device = |token: &str| json!({"device": {"token": token}});
    let created = json!({"type": "track", "userId": "42", "event": "Device Created or Updated"});
    let mut own = created.clone();
    own["context"] = device("own");
    accept(&emulator, BATCH, &json!({"batch": [created, own], "context": device("shared")}));
    let tokens = emulator.person("42").unwrap().devices.into_iter().map(|device| device.id).collect::<Vec<_>>();
    assert_eq!(tokens, ["shared", "own"]);
    let noted = &emulator.request_log()[0].deviations;
    assert_eq!((noted.len(), noted[0].pointer.as_str()), (1, "/batch/1/context"));
}

#[test]
fn what_is_refused_or_dropped_deviates_in_nothing() {
    let emulator = emulator();
    let identify = |id: Value| json!({"type": "identify", "userId": id});
    let batch = json!({"batch": [identify(json!(1)), identify(json!(-1))]});
    let noted =
        || emulator.request_log().pop().unwrap().deviations.into_iter().map(|it| it.pointer).collect::<Vec<_>>();
    refuse(&emulator, BATCH, &batch, "batch[1].userId must be a string");
    assert_eq!(noted(), [""; 0]);
    assert_eq!(lax(&emulator, BATCH, &batch), (200, json!({})));
    assert_eq!((noted(), emulator.dropped()), (vec!["/batch/0/userId".to_owned()], 1));
    assert_eq!(lax(&emulator, IDENTIFY, &identify(json!(-1))), (200, json!({})));
    assert_eq!((noted(), emulator.dropped()), (vec![], 2));
}

#[test]
fn names_and_ids_may_be_long() {
    let emulator = emulator();
    let long = "x".repeat(1_000);
    for (line, body) in [
        (TRACK, json!({"userId": long, "event": long, "groupId": long})),
        (IDENTIFY, json!({"userId": long, "anonymousId": long})),
        (GROUP, json!({"userId": long, "groupId": long})),
        ("POST /v1/alias", json!({"userId": long, "previousId": format!("{long}x")})),
        (TRACK, json!({"userId": long, "event": "User Suppressed"})),
    ] {
        accept(&emulator, line, &body);
        assert_eq!(emulator.request_log().pop().unwrap().deviations, [], "{line}");
    }
    assert!(emulator.is_suppressed(&long));
}

#[test]
fn the_limits_of_bytes_are_inclusive() {
    let emulator = emulator();
    let page = |id: &str, bytes: usize| {
        let page = |text: String| json!({"type": "page", "userId": id, "properties": {"a": text}});
        let page = page("x".repeat(bytes - page(String::new()).to_string().len()));
        assert_eq!(page.to_string().len(), bytes);
        page
    };
    accept(&emulator, "POST /v1/page", &page("1", 32_768));
    refuse(&emulator, "POST /v1/page", &page("1", 32_769), "the body has 32769 bytes; the most is 32768");
    let batch = |last: usize| {
        let mut pages = vec![page("1", 32_768); 15];
        pages.push(page("1", last));
        json!({"batch": pages})
    };
    let last = 512_000 - (batch(100).to_string().len() - 100);
    accept(&emulator, BATCH, &batch(last));
    refuse(&emulator, BATCH, &batch(last + 1), "the body has 512001 bytes; the most is 512000");
    assert_eq!(emulator.events().len(), 17);
    assert_eq!(lax(&emulator, BATCH, &batch(last + 1)), (200, json!({})));
    assert_eq!((emulator.events().len(), emulator.dropped()), (17, 1));
}

#[test]
fn what_only_the_state_makes_impossible_is_dropped_from_a_batch() {
    let emulator = emulator();
    let numbered = |from: usize, to: usize| {
        let traits = (from..to).map(|n| (format!("a{n}"), n.into())).collect::<serde_json::Map<_, _>>();
        json!({"type": "identify", "userId": "42", "traits": traits, "messageId": format!("m{from}")})
    };
    accept(&emulator, BATCH, &json!({"batch": [numbered(0, 300), numbered(300, 301), numbered(0, 1)]}));
    assert_eq!((emulator.dropped(), emulator.person("42").unwrap().attributes.len()), (1, 300));
    // It was not done: its id is not taken.
    for _ in 0..2 {
        let reason = "the person would have 301 attributes; the most is 300";
        refuse(&emulator, IDENTIFY, &numbered(300, 301), reason);
    }
}

#[tokio::test]
async fn the_endpoint_reaches_the_emulator() {
    use customerio_core::{Client, pipelines::Raw};
    for key in ["key", "sk_us_1"] {
        let emulator = Emulator::builder().with_pipelines_key(key).build();
        let client = Client::new(emulator.pipelines_endpoint().unwrap(), emulator.clone());
        let identify = Raw::post(["v1", "identify"], json!({"userId": "42"}));
        client.call(identify).await.unwrap();
        assert_eq!(emulator.people_count(), 1);
        let bad = Raw::post(["v1", "identify"], json!({}));
        let error = client.call(bad).await.unwrap_err();
        assert_eq!(error.status().unwrap().as_u16(), 400);
    }
}
