//! Actions of people from outside: what each does, and what is refused.

use customerio_core::track::EventType;
use serde_json::{Map, Value, json};

use crate::{
    Emulator,
    testing::{ENTITY_LINE, NOW, accept, call, emulator},
};

/// An entity about a person, with these fields too.
fn person(identifiers: &Value, action: &str, more: &Value) -> Value {
    let mut entity = json!({"type": "person", "identifiers": identifiers, "action": action});
    entity.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    entity
}

fn apply(emulator: &Emulator, identifiers: &Value, action: &str, more: &Value) {
    accept(emulator, ENTITY_LINE, &person(identifiers, action, more));
}

fn ada() -> Value {
    json!({"id": "42"})
}

#[test]
fn a_person_is_named_in_four_ways() {
    let emulator = emulator();
    let attributes = json!({"attributes": {"email": "ada@example.com", "phone": "+14155552671", "n": 0}});
    apply(&emulator, &ada(), "identify", &attributes);
    let cio_id = emulator.person("42").unwrap().cio_id;
    for (number, identifiers) in [
        json!({"id": "42"}),
        json!({"email": "ADA@example.com"}),
        json!({"phone": "+14155552671"}),
        json!({"cio_id": cio_id}),
    ]
    .iter()
    .enumerate()
    {
        apply(&emulator, identifiers, "identify", &json!({"attributes": {"n": number}}));
        assert_eq!((emulator.people_count(), &emulator.person("42").unwrap().attributes["n"]), (1, &json!(number)));
    }
    assert_eq!(emulator.person("+14155552671").unwrap().cio_id, cio_id);
    // A new number is added; without it, the person is no longer found by it.
    apply(&emulator, &json!({"phone": "+441134960000"}), "identify", &json!({"attributes": {"id": "7"}}));
    assert_eq!(emulator.person("7").unwrap().attributes["phone"], "+441134960000");
    apply(&emulator, &json!({"id": "7"}), "identify", &json!({"attributes": {"phone": null}}));
    assert_eq!(emulator.person("+441134960000"), None);
}

#[test]
fn an_identify_has_a_time_an_update_and_relationships() {
    let emulator = emulator();
    apply(&emulator, &ada(), "identify", &json!({"attributes": {"_update": true}}));
    assert_eq!(emulator.people(), []);
    let to_acme = json!([{
        "identifiers": {"object_type_id": "1", "object_id": "acme"}, "relationship_attributes": {"role": "admin"},
    }]);
    let topic = json!({"plan": "new", "cio_subscription_preferences.topics.topic_3": true});
    let identify = json!({"timestamp": NOW, "attributes": topic, "cio_relationships": to_acme});
    apply(&emulator, &ada(), "identify", &identify);
    apply(&emulator, &ada(), "identify", &json!({"timestamp": NOW - 1, "attributes": {"plan": "old", "a": 1}}));
    let ada = emulator.person("42").unwrap();
    let topics = json!({"topics": {"topic_3": true}});
    let expected = json!({"plan": "new", "a": 1, "cio_subscription_preferences": topics});
    assert_eq!(Value::Object(ada.attributes), expected);
    assert_eq!(ada.relationships[0].attributes["role"], "admin");
    assert_eq!(emulator.object("1", "acme").unwrap().people, [ada.cio_id].into());
}

#[test]
fn events_of_three_kinds_are_kept_once() {
    let emulator = emulator();
    let id = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    for (action, event_type) in [("event", EventType::Event), ("page", EventType::Page), ("screen", EventType::Screen)]
    {
        let event = json!({"name": action, "timestamp": 5, "attributes": {"a": 1}});
        apply(&emulator, &ada(), action, &event);
        let event = emulator.events_of("42").pop().unwrap();
        assert_eq!((event.event_type, event.name.as_str(), event.timestamp), (event_type, action, 5.into()));
        assert_eq!(Value::Object(event.data()), json!({"a": 1}));
    }
    for action in ["event", "page", "event"] {
        apply(&emulator, &ada(), action, &json!({"name": "e", "id": id}));
    }
    // Version 1 knows the same ids.
    accept(&emulator, "POST /api/v1/customers/42/events", &json!({"name": "e", "id": id}));
    assert_eq!(emulator.events().len(), 4);
}

#[test]
fn devices_and_relationships_come_and_go() {
    let emulator = emulator();
    let device = json!({"device": {"token": "t", "platform": "ios", "last_used": 5, "attributes": {"a": "1"}}});
    apply(&emulator, &ada(), "add_device", &device);
    let relationships = json!({"cio_relationships": [
        {"identifiers": {"object_type_id": "1", "object_id": "acme"}},
        {"identifiers": {"cio_object_id": "unknown"}},
    ]});
    apply(&emulator, &ada(), "add_relationships", &relationships);
    let person = emulator.person("42").unwrap();
    assert_eq!((person.devices[0].id.as_str(), person.devices[0].last_used), ("t", 5.into()));
    assert_eq!((person.relationships.len(), emulator.objects().len()), (1, 1));

    let by_cio_object_id = emulator.objects()[0].cio_object_id.clone();
    let relationships = json!({"cio_relationships": [{"identifiers": {"cio_object_id": by_cio_object_id}}]});
    apply(&emulator, &ada(), "delete_relationships", &relationships);
    apply(&emulator, &ada(), "delete_device", &json!({"device": {"token": "t"}}));
    let person = emulator.person("42").unwrap();
    assert_eq!((person.devices.len(), person.relationships.len()), (0, 0));
    assert_eq!(emulator.object("1", "acme").unwrap().people.len(), 0);
}

#[test]
fn people_are_merged_deleted_suppressed_and_released() {
    let emulator = emulator();
    let relationships = json!({"cio_relationships": [{"identifiers": {"object_type_id": "1", "object_id": "acme"}}]});
    apply(&emulator, &ada(), "identify", &json!({"attributes": {"phone": "+14155552671"}}));
    apply(&emulator, &json!({"id": "7"}), "add_relationships", &relationships);
    let merge = json!({"type": "person", "action": "merge", "primary": {"id": "42"}, "secondary": {"id": "7"}});
    accept(&emulator, ENTITY_LINE, &merge);
    let person = emulator.person("42").unwrap();
    assert_eq!((emulator.people_count(), person.relationships.len()), (1, 1));
    assert_eq!(emulator.object("1", "acme").unwrap().people, [person.cio_id].into());

    apply(&emulator, &ada(), "suppress", &json!({}));
    assert_eq!(emulator.object("1", "acme").unwrap().people.len(), 0);
    for identifiers in [ada(), json!({"phone": "+14155552671"})] {
        for (action, more) in [
            ("identify", json!({})),
            ("event", json!({"name": "e"})),
            ("add_device", json!({"device": {"token": "t", "platform": "ios"}})),
            ("add_relationships", relationships.clone()),
            ("delete", json!({})),
        ] {
            apply(&emulator, &identifiers, action, &more);
        }
    }
    assert_eq!((emulator.people().len(), emulator.events().len()), (0, 0));
    apply(&emulator, &json!({"phone": "+14155552671"}), "unsuppress", &json!({}));
    apply(&emulator, &ada(), "identify", &json!({}));
    apply(&emulator, &ada(), "event", &json!({"name": "e"}));
    apply(&emulator, &ada(), "delete", &json!({}));
    assert_eq!((emulator.people().len(), emulator.events().len()), (0, 0));
}

#[test]
fn what_the_contract_does_not_allow_is_refused() {
    let emulator = emulator();
    let one = "identifiers must be an object of exactly one of id, email, phone, cio_id";
    let phone = "identifiers.phone must be a phone number in E.164 form, such as +14155552671";
    let object = "cio_relationships[0].identifiers must be object_type_id and object_id, or cio_object_id, as strings";
    let none = json!({});
    let related = |identifiers| json!({"cio_relationships": [{"identifiers": identifiers}]});
    let device = |device| json!({"device": device});
    let many = (0..301).map(|number| (format!("a{number}"), number.into())).collect::<Map<_, _>>();
    for (identifiers, action, more, message) in [
        (json!({}), "identify", none.clone(), one),
        (json!({"id": "1", "email": "a@b"}), "delete", none.clone(), one),
        (json!({"anonymous_id": "1"}), "event", json!({"name": "e"}), one),
        (json!({"id": "x".repeat(151)}), "suppress", none.clone(), "identifiers.id has 151 bytes; the most is 150"),
        (json!({"phone": "4155552671"}), "unsuppress", none.clone(), phone),
        (json!({"phone": "+04155552671"}), "identify", none.clone(), phone),
        (json!({"phone": "+1415555267112345"}), "identify", none.clone(), phone),
        (ada(), "identify", json!({"name": "e"}), "name is not a field of this call"),
        (ada(), "identify", json!({"timestamp": "now"}), "timestamp must be an integer"),
        (ada(), "identify", json!({"attributes": []}), "attributes must be an object"),
        (ada(), "identify", json!({"attributes": many}), "attributes has 301 attributes; the most is 300"),
        (
            ada(),
            "identify",
            json!({"attributes": {"a": "x".repeat(1_001)}}),
            "attributes.a has 1001 bytes; the most is 1000",
        ),
        (
            ada(),
            "identify",
            json!({"attributes": {"_timestamp": 5}}),
            "attributes._timestamp is not an attribute: timestamp goes beside the attributes",
        ),
        (ada(), "identify", json!({"cio_relationships": {}}), "cio_relationships must be an array"),
        (ada(), "identify", related(json!({"object_type_id": "x", "object_id": "acme"})), object),
        (ada(), "delete", json!({"attributes": {}}), "attributes is not a field of this call"),
        (ada(), "event", none.clone(), "name is missing"),
        (ada(), "event", json!({"name": "x".repeat(101)}), "name must be a name of 1 to 100 bytes"),
        (ada(), "event", json!({"name": "e", "id": "7"}), "id must be a ULID"),
        (ada(), "event", json!({"name": "e", "data": {}}), "data is not a field of this call"),
        (
            ada(),
            "event",
            json!({"name": "e", "attributes": {"from_address": "x"}}),
            "attributes.from_address must be an e-mail address",
        ),
        (ada(), "screen", json!({"name": "s", "attributes": 1}), "attributes must be an object"),
        (ada(), "page", json!({"name": "p", "attributes": {"keywords": "a"}}), "attributes.keywords must be an array"),
        (ada(), "page", json!({"name": "p", "attributes": {"url": 1}}), "attributes.url must be a string"),
        (ada(), "add_relationships", none.clone(), "cio_relationships is missing"),
        (ada(), "delete_relationships", related(json!({"object_id": "acme"})), object),
        (ada(), "add_device", none.clone(), "device is missing"),
        (ada(), "add_device", device(json!({"token": "t"})), "device.platform is missing"),
        (
            ada(),
            "add_device",
            device(json!({"id": "t", "token": "t", "platform": "ios"})),
            "device.id is not a field of this call",
        ),
        (
            ada(),
            "delete_device",
            device(json!({"token": "t", "platform": "ios"})),
            "device.platform is not a field of this call",
        ),
        (
            ada(),
            "merge",
            none.clone(),
            "primary is missing; secondary is missing; identifiers is not a field of this call",
        ),
        (ada(), "suppress", json!({"reason": "x"}), "reason is not a field of this call"),
        (ada(), "unsuppress", json!({"timestamp": 1}), "timestamp is not a field of this call"),
    ] {
        let (status, body) = call(&emulator, ENTITY_LINE, &person(&identifiers, action, &more));
        let messages = body["errors"].as_array().into_iter().flatten().map(|error| error["message"].as_str().unwrap());
        assert_eq!((status, messages.collect::<Vec<_>>().join("; ").as_str()), (400, message), "{action} {more}");
    }
    let merge =
        json!({"type": "person", "action": "merge", "primary": {"phone": "+14155552671"}, "secondary": {"id": "7"}});
    assert_eq!(call(&emulator, ENTITY_LINE, &merge).0, 400);
    assert_eq!(emulator.people(), []);
}
