//! Actions of objects from outside: what each does, and what is refused.

use serde_json::{Map, Value, json};

use crate::{
    Emulator,
    testing::{ENTITY_LINE, accept, call, emulator},
};

fn object(identifiers: &Value, action: &str, more: &Value) -> Value {
    let mut entity = json!({"type": "object", "identifiers": identifiers, "action": action});
    entity.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    entity
}

fn apply(emulator: &Emulator, identifiers: &Value, action: &str, more: &Value) {
    accept(emulator, ENTITY_LINE, &object(identifiers, action, more));
}

fn acme() -> Value {
    json!({"object_type_id": "1", "object_id": "acme"})
}

#[test]
fn an_object_is_added_updated_and_deleted() {
    let emulator = emulator();
    let identify = json!({
        "attributes": {"name": "Acme", "plan": "free"},
        "cio_relationships": [{"identifiers": {"id": "42"}, "relationship_attributes": {"role": "admin"}}],
    });
    apply(&emulator, &acme(), "identify", &identify);
    let added = emulator.object("1", "acme").unwrap();
    let by_cio_object_id = json!({"cio_object_id": added.cio_object_id});
    apply(&emulator, &by_cio_object_id, "identify", &json!({"attributes": {"name": null, "plan": "pro"}}));
    let updated = emulator.object("1", "acme").unwrap();
    assert_eq!(Value::Object(updated.attributes), json!({"plan": "pro"}));
    let ada = emulator.person("42").unwrap();
    assert_eq!(updated.people, [ada.cio_id].into());
    assert_eq!(Value::Object(ada.relationships[0].identifiers.clone()), acme());
    assert_eq!(ada.relationships[0].attributes["role"], "admin");
    // Another type has its own ids, and a cio_object_id makes nothing.
    apply(&emulator, &json!({"object_type_id": "2", "object_id": "acme"}), "identify", &json!({}));
    apply(&emulator, &json!({"cio_object_id": "unknown"}), "identify", &json!({}));
    assert_eq!(emulator.objects().len(), 2);

    apply(&emulator, &acme(), "delete", &json!({}));
    apply(&emulator, &acme(), "delete", &json!({}));
    assert_eq!((emulator.object("1", "acme"), emulator.objects().len()), (None, 1));
    assert_eq!(emulator.person("42").unwrap().relationships, []);
}

#[test]
fn people_are_related_from_the_side_of_the_object() {
    let emulator = emulator();
    let people = json!({"cio_relationships": [{"identifiers": {"id": "1"}}, {"identifiers": {"email": "b@x"}}]});
    apply(&emulator, &acme(), "add_relationships", &people);
    assert_eq!(emulator.object("1", "acme").unwrap().people.len(), 2);
    let one = json!({"cio_relationships": [{"identifiers": {"id": "1"}}, {"identifiers": {"id": "nobody"}}]});
    apply(&emulator, &acme(), "delete_relationships", &one);
    assert_eq!(emulator.object("1", "acme").unwrap().people, [emulator.person("b@x").unwrap().cio_id].into());
    assert_eq!((emulator.person("1").unwrap().relationships.len(), emulator.people_count()), (0, 2));
    // Who is gone is related to nothing.
    accept(&emulator, "DELETE /api/v1/customers/b%40x", &json!(null));
    assert_eq!(emulator.object("1", "acme").unwrap().people.len(), 0);
}

#[test]
fn a_visitors_relationship_goes_to_the_person_who_they_are() {
    let emulator = emulator();
    let visitor = |role: &str| {
        json!({"attributes": {"a": 1}, "cio_relationships": [
            {"identifiers": {"anonymous_id": "cookie"}, "relationship_attributes": {"role": role}},
        ]})
    };
    apply(&emulator, &acme(), "identify_anonymous", &visitor("user"));
    let related = emulator.object("1", "acme").unwrap();
    assert_eq!((related.visitors["cookie"]["role"].as_str(), related.people.len()), (Some("user"), 0));
    accept(&emulator, "PUT /api/v1/customers/42", &json!({"anonymous_id": "cookie"}));
    let ada = emulator.person("42").unwrap();
    assert_eq!(ada.relationships[0].attributes["role"], "user");
    let related = emulator.object("1", "acme").unwrap();
    assert_eq!((related.visitors.len(), related.people), (0, [ada.cio_id].into()));
    // From now on the visitor is known.
    apply(&emulator, &acme(), "identify_anonymous", &visitor("admin"));
    assert_eq!(emulator.person("42").unwrap().relationships[0].attributes["role"], "admin");
}

#[test]
fn what_the_contract_does_not_allow_is_refused() {
    let emulator = emulator();
    let named = "identifiers must be object_type_id and object_id, or cio_object_id, as strings";
    let one = "cio_relationships[0].identifiers must be an object of exactly one of id, email, cio_id";
    let related = |identifiers: Value| json!({"cio_relationships": [{"identifiers": identifiers}]});
    for (identifiers, action, more, message) in [
        (json!({"object_id": "acme"}), "identify", json!({}), named),
        (json!({"object_type_id": 1, "object_id": "acme"}), "delete", json!({}), named),
        (json!({"object_type_id": "0", "object_id": "acme"}), "delete", json!({}), named),
        (json!({"object_type_id": "1", "object_id": "x".repeat(151)}), "identify", json!({}), named),
        (acme(), "identify", json!({"timestamp": 1}), "timestamp is not a field of this call"),
        (
            acme(),
            "identify",
            json!({"attributes": {"a": "x".repeat(1_001)}}),
            "attributes.a has 1001 bytes; the most is 1000",
        ),
        (acme(), "identify", related(json!({"phone": "+14155552671"})), one),
        (acme(), "identify", related(json!({"anonymous_id": "cookie"})), one),
        (
            acme(),
            "identify_anonymous",
            related(json!({"id": "1"})),
            "cio_relationships[0].identifiers.anonymous_id is missing; cio_relationships[0].identifiers.id is not a field of this call",
        ),
        (acme(), "delete", json!({"attributes": {}}), "attributes is not a field of this call"),
        (acme(), "add_relationships", json!({}), "cio_relationships is missing"),
        (
            acme(),
            "delete_relationships",
            json!({"cio_relationships": [{}]}),
            "cio_relationships[0].identifiers is missing",
        ),
    ] {
        let (status, body) = call(&emulator, ENTITY_LINE, &object(&identifiers, action, &more));
        let messages = body["errors"].as_array().into_iter().flatten().map(|error| error["message"].as_str().unwrap());
        assert_eq!((status, messages.collect::<Vec<_>>().join("; ").as_str()), (400, message), "{action} {more}");
    }
    assert_eq!((emulator.objects().len(), emulator.people().len()), (0, 0));
}

#[test]
fn an_object_has_at_most_300_attributes_over_all_calls() {
    let emulator = emulator();
    let numbered = |from: usize, to: usize| {
        let attributes = (from..to).map(|n| (format!("a{n}"), n.into())).collect::<Map<_, _>>();
        json!({"attributes": attributes})
    };
    apply(&emulator, &acme(), "identify", &numbered(0, 300));
    let (status, body) = call(&emulator, ENTITY_LINE, &object(&acme(), "identify", &numbered(300, 301)));
    let message = "the object would have 301 attributes; the most is 300";
    assert_eq!((status, body["errors"][0]["message"].as_str()), (400, Some(message)));
}
