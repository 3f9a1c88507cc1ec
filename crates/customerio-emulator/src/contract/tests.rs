//! Each deviation from the contract that is known: accepted and noted, or refused, as the emulator is set up.

use serde_json::{Value, json};

use crate::{
    Contract, Emulator, Verdict,
    testing::{NOW, accept, call},
};

/// An emulator with whatever the requests name.
fn world(contract: Contract) -> (Emulator, String) {
    let emulator = Emulator::builder().with_contract(contract).with_clock_at(NOW).build();
    emulator.create_segment(7);
    emulator.create_broadcast(12);
    for id in ["1", "2"] {
        accept(&emulator, &format!("PUT /api/v1/customers/{id}"), &json!({}));
    }
    let email = json!({"transactional_message_id": 1, "to": "a@example.com", "identifiers": {"id": "1"}});
    let (_, sent) = call(&emulator, "POST /v1/send/email", &email);
    let webhook = json!({"name": "all", "endpoint": "http://localhost/", "events": ["email_sent"]});
    assert_eq!(call(&emulator, "POST /v1/reporting_webhooks", &webhook).0, 200);
    (emulator, sent["delivery_id"].as_str().unwrap().to_owned())
}

/// Requests, and where each is not what the contract says.
#[expect(clippy::too_many_lines, reason = "it is a table")]
fn known() -> Vec<(&'static str, Value, Vec<&'static str>)> {
    let alone =
        |value: Value| json!({"transactional_message_id": 1, "identifiers": {"id": "1"}, "custom_device": value});
    let filter = json!({"object_attribute": {"field": "a", "operator": "exists", "type_id": 1}});
    let device = |attributes: Value, last_used: Value| json!({"device": {"id": "t", "platform": "ios", "attributes": attributes, "last_used": last_used}});
    let entity = |action: &str, more: Value| {
        let mut entity = json!({"type": "person", "action": action, "identifiers": {"id": "1"}});
        entity.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        entity
    };
    let retention =
        json!({"transactional_message_id": 1, "identifiers": {"id": "1"}, "disable_message_retention": true});
    let related = json!({"action": "add_relationships", "relationships": [{"identifiers": {"anonymous_id": 1}}]});
    vec![
        // The Track API.
        ("PUT /api/v1/customers/1", Value::Null, vec![""]),
        ("PUT /api/v1/customers/1", json!({"anonymous_id": 1}), vec!["/anonymous_id"]),
        ("POST /api/v1/customers/1/events", json!({"name": "e", "data": null}), vec!["/data"]),
        ("POST /api/v1/events", json!({"name": "e", "anonymous_id": 1, "data": null}), vec!["/anonymous_id", "/data"]),
        (
            "PUT /api/v1/customers/1/devices",
            device(Value::Null, "5".into()),
            vec!["/device/attributes", "/device/last_used"],
        ),
        (
            "POST /api/v1/merge_customers",
            json!({"primary": {"id": 1}, "secondary": {"id": 2}}),
            vec!["/primary/id", "/secondary/id"],
        ),
        ("POST /api/v1/segments/7/add_customers", json!({"ids": [1, "2"]}), vec!["/ids/0"]),
        ("POST /api/v2/entity", entity("identify", json!({"identifiers": {"id": 1}})), vec!["/identifiers/id"]),
        (
            "POST /api/v2/entity",
            entity("identify", json!({"attributes": {"anonymous_id": 1}})),
            vec!["/attributes/anonymous_id"],
        ),
        (
            "POST /api/v2/entity",
            json!({"type": "object", "action": "identify_anonymous", "cio_relationships": related["relationships"],
                "identifiers": {"object_type_id": "1", "object_id": "acme"}}),
            vec!["/cio_relationships/0/identifiers/anonymous_id"],
        ),
        // The Pipelines API.
        ("POST /v1/identify", json!({"userId": 1, "anonymousId": 2}), vec!["/userId", "/anonymousId"]),
        ("POST /v1/track", json!({"userId": "1", "event": "e", "_metadata": {}}), vec!["/_metadata"]),
        (
            "POST /v1/page",
            json!({"userId": "1", "name": null, "category": null, "integrations": {"All": {}}}),
            vec!["/integrations/All", "/name", "/category"],
        ),
        ("POST /v1/screen", json!({"userId": "1", "name": null}), vec!["/name"]),
        ("POST /v1/group", json!({"userId": "1", "groupId": 7}), vec!["/groupId"]),
        (
            "POST /v1/alias",
            json!({"userId": 1, "previousId": 3, "anonymousId": null}),
            vec!["/previousId", "/userId", "/anonymousId"],
        ),
        (
            "POST /v1/batch",
            json!({"sentAt": "2026-11-26T03:40:43.123Z", "batch": [{"type": "identify", "userId": "1"}]}),
            vec!["/sentAt"],
        ),
        (
            "POST /v1/batch",
            json!({"batch": [{"type": "identify", "userId": "1", "context": {}}]}),
            vec!["/batch/0/context"],
        ),
        (
            "POST /v1/batch",
            json!({"batch": [{"type": "alias", "userId": "1", "previousId": "3"}]}),
            vec!["/batch/0/type"],
        ),
        // The App API.
        (
            "POST /v1/send/email",
            json!({"transactional_message_id": 1, "to": "a@example.com", "identifiers": null}),
            vec!["/identifiers"],
        ),
        (
            "POST /v1/send/push",
            alone(json!({"token": "t", "platform": "ios", "attributes": null, "last_used": "5"})),
            vec!["/custom_device/last_used", "/custom_device/attributes"],
        ),
        ("POST /v1/send/in_app", retention.clone(), vec!["/disable_message_retention"]),
        ("POST /v1/send/inbox_message", retention, vec!["/disable_message_retention"]),
        ("POST /v1/campaigns/12/triggers", json!({"data": null}), vec!["/data"]),
        ("POST /v1/campaigns/12/triggers", json!({"recipients": {}}), vec!["/recipients"]),
        ("POST /v1/customers/attributes", json!({"ids": [1]}), vec!["/ids/0"]),
        (
            "POST /v1/objects",
            json!({"object_type_id": 1, "filter": filter}),
            vec!["/object_type_id", "/filter/object_attribute/type_id"],
        ),
        (
            "POST /v1/reporting_webhooks",
            json!({"endpoint": "http://localhost/", "events": ["email_sent"]}),
            vec!["/name"],
        ),
        ("PUT /v1/reporting_webhooks/1", json!({"name": "some"}), vec!["/endpoint", "/events"]),
        ("PUT /v1/snippets", json!({"name": "a", "value": "b", "updated_at": 5}), vec!["/updated_at"]),
        ("GET /v1/esp/suppression/bounces?email=a@example.com", Value::Null, vec!["?email"]),
        (
            "GET /v1/messages?transactional_id=1&trigger_id=1&template_id=1&content_id=1&associations=true",
            Value::Null,
            vec!["?transactional_id", "?trigger_id", "?template_id", "?content_id", "?associations"],
        ),
        (
            "GET /v1/messages/ID?archived_message=true&associations=true",
            Value::Null,
            vec!["?archived_message", "?associations"],
        ),
    ]
}

/// A call of which `null` is the body where there is one, as a client writes it.
fn made(emulator: &Emulator, line: &str, body: &Value) -> (u16, Value) {
    if line.starts_with("PUT /api/v1/customers/") && body.is_null() {
        let request = crate::testing::request(line, &json!({})).map(|_| bytes::Bytes::from_static(b"null"));
        return crate::testing::parts(&emulator.handle(&request));
    }
    call(emulator, line, body)
}

#[test]
fn each_known_deviation_is_tolerated_or_refused() {
    for (line, body, mut pointers) in known() {
        let (emulator, id) = world(Contract::Compat);
        let (status, response) = made(&emulator, &line.replace("ID?", &format!("{id}?")), &body);
        assert_eq!(status / 100, 2, "{line} {body}: {response}");
        let logged = emulator.request_log().pop().unwrap();
        let mut noted: Vec<_> = logged.deviations.iter().map(|noted| noted.pointer.as_str()).collect();
        noted.sort_unstable();
        pointers.sort_unstable();
        assert_eq!((logged.verdict, &noted), (Verdict::Tolerated, &pointers), "{line} {body}");

        let (emulator, id) = world(Contract::Strict);
        let (status, response) = made(&emulator, &line.replace("ID?", &format!("{id}?")), &body);
        let expected = if line.contains("/triggers") || line == "POST /v1/snippets" { 422 } else { 400 };
        assert_eq!(status, expected, "{line} {body}: {response}");
        let logged = emulator.request_log().pop().unwrap();
        assert_eq!(logged.verdict, Verdict::Refused, "{line} {body}");
        let mut refused: Vec<_> = logged.problems.into_iter().map(|problem| problem.message).collect();
        let mut words = logged_words(line, &body);
        refused.sort_unstable();
        words.sort_unstable();
        assert_eq!(refused, words, "{line} {body}");
        assert_eq!(logged.effects, [], "{line} {body}");
    }
}

/// What is noted of a request where it is accepted, in the contract's words.
fn logged_words(line: &str, body: &Value) -> Vec<String> {
    let (emulator, id) = world(Contract::Compat);
    made(&emulator, &line.replace("ID?", &format!("{id}?")), body);
    let logged = emulator.request_log().pop().unwrap();
    logged.deviations.into_iter().map(|noted| noted.message).collect()
}

/// In a batch of the Track API one item's deviation is that item's error.
#[test]
fn an_item_is_refused_alone() {
    let (emulator, _) = world(Contract::Strict);
    let item = |id: Value| json!({"type": "person", "action": "identify", "identifiers": {"id": id}});
    let (status, response) =
        call(&emulator, "POST /api/v2/batch", &json!({"batch": [item("3".into()), item(4.into())]}));
    assert_eq!((status, &response["errors"][0]["batch_index"]), (207, &json!(1)));
    assert_eq!(response["errors"][0]["message"], "identifiers.id must be a string");
    assert!(emulator.person("3").is_some() && emulator.person("4").is_none());
}

/// What is made on first use is no deviation from the contract.
#[test]
fn what_is_made_on_first_use_is_not_refused() {
    let emulator = Emulator::builder().with_contract(Contract::Strict).with_auto_create(true).build();
    accept(&emulator, "POST /api/v1/segments/9/add_customers", &json!({"ids": ["1"]}));
    assert_eq!(emulator.request_log()[0].verdict, Verdict::Tolerated);
}
