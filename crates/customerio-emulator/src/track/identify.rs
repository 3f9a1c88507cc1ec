//! `PUT /api/v1/customers/{person}`: adds or updates a person.

use http::Method;
use serde_json::{Map, Value};

use crate::{
    call::{Call, Handler::Fallible},
    contract::{
        identifier::{ID, Identifier, VISITOR},
        object::TO_OBJECTS,
        person::{ADDRESS, CIO_ID, CREATED_AT, RESERVED, TOPIC_PREFERENCES, UNSUBSCRIBED, UPDATE},
        shape::{
            Need::{May, Must},
            Shape,
        },
    },
    route::Route,
    server::reply::{Refusal, Reply},
    store::person_update::{PersonUpdate, Relationships},
};

pub(crate) const ROUTE: Route =
    Route::track(Method::PUT, "/api/v1/customers/{person}", Fallible(identify)).with_body(&BODY);

/// Clients write `null` for nothing to change.
const BODY: Shape = Shape::Taken(&ATTRIBUTES, &Shape::Null);

/// What says something about a person.
pub(crate) const ATTRIBUTES: Shape = Shape::Attributes(
    &Shape::Open(
        &[
            ("id", May, ID),
            ADDRESS,
            CIO_ID,
            ("anonymous_id", May, VISITOR),
            CREATED_AT,
            ("_timestamp", May, Shape::Timestamp),
            UPDATE,
            UNSUBSCRIBED,
            TOPIC_PREFERENCES,
            ("cio_relationships", May, RELATIONSHIPS),
        ],
        &Shape::Any,
    ),
    RESERVED,
);

const RELATIONSHIPS: Shape = Shape::Object(&[
    ("action", Must, Shape::OneOf(&["add_relationships", "delete_relationships"])),
    ("relationships", Must, TO_OBJECTS),
]);

fn identify(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let path = Identifier::of_path(&call.segments[0])?;
    let now = call.now();
    let update = update_of(call.take_fields());
    call.state.update_person(&path, update, now)?;
    Ok(Reply::empty())
}

/// What fields, which have passed [`ATTRIBUTES`], say about a person.
pub(crate) fn update_of(mut fields: Map<String, Value>) -> PersonUpdate {
    let timestamp = fields.remove("_timestamp").and_then(|value| value.as_i64());
    let relationships = fields.remove("cio_relationships").map(|mut change| {
        let list = change["relationships"].take();
        let adds = change["action"] == "add_relationships";
        if adds { Relationships::Added(list) } else { Relationships::Deleted(list) }
    });
    PersonUpdate::of(fields).with_timestamp(timestamp).with_relationships(relationships)
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use crate::{
        contract::person::PREFERENCES,
        testing::{NOW, accept, emulator, refuse},
    };

    const ADA: &str = "PUT /api/v1/customers/42";

    #[test]
    fn a_person_is_added_and_updated() {
        let emulator = emulator();
        accept(&emulator, ADA, &json!({"email": "Ada@Example.com", "plan": "pro", "score": 1.5, "created_at": NOW}));
        accept(&emulator, ADA, &json!({"plan": null, "score": "", "unsubscribed": true, "tags": ["a"]}));
        let ada = emulator.person("42").unwrap();
        assert_eq!((ada.id.as_deref(), ada.email.as_deref()), (Some("42"), Some("Ada@Example.com")));
        assert_eq!(
            Value::Object(ada.attributes.clone()),
            json!({"created_at": NOW, "unsubscribed": true, "tags": ["a"]})
        );
        assert!(ada.unsubscribed());
        for identifier in ["ada@example.com", &ada.cio_id, &format!("cio_{}", ada.cio_id)] {
            assert_eq!(emulator.person(identifier).as_ref(), Some(&ada), "{identifier}");
        }
        assert_eq!(emulator.people(), [ada]);
    }

    #[test]
    fn identifiers_follow_the_path() {
        let emulator = emulator();
        // Nobody has the path's identifier, and somebody has the body's: they get the path's too.
        accept(&emulator, "PUT /api/v1/customers/ada%2B1%40example.com", &json!({"a": 1}));
        accept(&emulator, ADA, &json!({"email": "ada+1@example.com"}));
        let ada = emulator.person("42").unwrap();
        assert_eq!((ada.email.as_deref(), ada.attributes["a"].as_i64()), (Some("ada+1@example.com"), Some(1)));
        // An address of somebody else stays theirs, and the rest of the call counts.
        accept(&emulator, "PUT /api/v1/customers/7", &json!({"email": "ADA+1@example.com", "_update": false, "b": 2}));
        let seven = emulator.person("7").unwrap();
        assert_eq!((seven.email.as_deref(), seven.attributes["b"].as_i64()), (None, Some(2)));
        // An id changes by cio_id alone, an address by id or cio_id.
        accept(
            &emulator,
            "PUT /api/v1/customers/ada%2B1%40example.com",
            &json!({"id": "43", "email": "x@example.com"}),
        );
        assert_eq!(emulator.person("42").unwrap(), ada);
        let by_cio_id = format!("PUT /api/v1/customers/cio_{}", ada.cio_id);
        accept(&emulator, &by_cio_id, &json!({"id": "43", "email": ""}));
        let changed = emulator.person("43").unwrap();
        assert_eq!((changed.cio_id, changed.email), (ada.cio_id, None));
        assert_eq!(emulator.person("42"), None);
        assert_eq!(emulator.person("ada+1@example.com"), None);
    }

    #[test]
    fn nobody_is_added_by_an_update_or_a_cio_id() {
        let emulator = emulator();
        accept(&emulator, ADA, &json!({"_update": true, "a": 1}));
        accept(&emulator, "PUT /api/v1/customers/cio_0300", &json!({"a": 1}));
        assert_eq!(emulator.people(), []);
    }

    #[test]
    fn the_latest_of_the_updates_wins() {
        let emulator = emulator();
        accept(&emulator, ADA, &json!({"plan": "new", "_timestamp": NOW}));
        accept(&emulator, ADA, &json!({"plan": "old", "seen": 1, "_timestamp": NOW - 1}));
        assert_eq!(Value::Object(emulator.person("42").unwrap().attributes), json!({"plan": "new", "seen": 1}));
    }

    #[test]
    fn preferences_and_relationships_change_one_by_one() {
        let emulator = emulator();
        let topics = |topics| json!({"cio_subscription_preferences": {"topics": topics}});
        accept(&emulator, ADA, &topics(json!({"topic_1": true, "topic_2": true})));
        accept(&emulator, ADA, &topics(json!({"topic_2": false})));
        let relate = |action: &str, role| {
            let identifiers = json!({"object_type_id": "1", "object_id": "acme"});
            let relationship =
                json!({"identifiers": identifiers, "relationship_attributes": {"role": role, "x": null}});
            json!({"cio_relationships": {"action": action, "relationships": [relationship]}})
        };
        accept(&emulator, ADA, &relate("add_relationships", "user"));
        accept(&emulator, ADA, &relate("add_relationships", "admin"));
        let ada = emulator.person("42").unwrap();
        assert_eq!(ada.attributes[PREFERENCES], json!({"topics": {"topic_1": true, "topic_2": false}}));
        assert_eq!(ada.relationships.len(), 1);
        assert_eq!(ada.relationships[0].identifiers["object_id"], "acme");
        assert_eq!(Value::Object(ada.relationships[0].attributes.clone()), json!({"role": "admin"}));
        accept(&emulator, ADA, &relate("delete_relationships", "admin"));
        assert_eq!(emulator.person("42").unwrap().relationships, []);
    }

    #[test]
    fn an_anonymous_id_adopts_events_before_and_after() {
        let emulator = emulator();
        let visit = json!({"name": "visit", "anonymous_id": "cookie"});
        accept(&emulator, "POST /api/v1/events", &visit);
        accept(&emulator, ADA, &json!({"anonymous_id": "cookie"}));
        accept(&emulator, "POST /api/v1/events", &visit);
        // It is not reusable.
        accept(&emulator, "PUT /api/v1/customers/7", &json!({"anonymous_id": "cookie"}));
        assert_eq!((emulator.events_of("42").len(), emulator.events_of("7").len()), (2, 0));
        assert_eq!(emulator.person("42").unwrap().anonymous_ids, ["cookie"]);
    }

    #[test]
    fn what_the_contract_does_not_allow_is_refused() {
        let emulator = emulator();
        let nested = |relationship| json!({"cio_relationships": {"action": "add_relationships", "relationships": [relationship]}});
        let object = "cio_relationships.relationships[0].identifiers must be object_type_id and object_id, or \
                      cio_object_id, as strings";
        for (body, reason) in [
            (json!({"id": 42}), "id must be a string"),
            (json!({"id": "x".repeat(151)}), "id has 151 bytes; the most is 150"),
            (json!({"email": "ada"}), "email must be an e-mail address, or null or empty to remove it"),
            (json!({"cio_id": "0300"}), "cio_id cannot be set"),
            (json!({"anonymous_id": ""}), "anonymous_id must not be empty"),
            (json!({"created_at": "2020-01-01"}), "created_at must be an integer"),
            (
                json!({"created_at": 1_700_000_000_000_i64}),
                "created_at must be in seconds, and can only be in milliseconds",
            ),
            (json!({"_timestamp": 1.5}), "_timestamp must be an integer"),
            (json!({"_update": "true"}), "_update must be true or false"),
            (json!({"unsubscribed": "true"}), "unsubscribed must be true or false"),
            (
                json!({"cio_subscription_preferences": {"topics": {"topic_1": 1}}}),
                "cio_subscription_preferences.topics.topic_1 must be true or false",
            ),
            (
                json!({"cio_subscription_preferences": {"topics": {"topic_0": true}}}),
                "cio_subscription_preferences.topics must have names such as topic_1, from 1 on",
            ),
            (json!({"cio_relationships": []}), "cio_relationships must be an object"),
            (
                json!({"cio_relationships": {"action": "add", "relationships": []}}),
                "cio_relationships.action must be one of add_relationships, delete_relationships",
            ),
            (nested(json!({"identifiers": {"object_type_id": 1, "object_id": "a"}})), object),
            (nested(json!({"identifiers": {"object_type_id": "1"}})), object),
            (nested(json!({})), "cio_relationships.relationships[0].identifiers is missing"),
            (
                nested(
                    json!({"identifiers": {"cio_object_id": "o"}, "relationship_attributes": {"a": "x".repeat(1_001)}}),
                ),
                "cio_relationships.relationships[0].relationship_attributes.a has 1001 bytes; the most is 1000",
            ),
            (json!({"a": "x".repeat(1_001)}), "a has 1001 bytes; the most is 1000"),
            (json!([]), "the body must be an object"),
        ] {
            refuse(&emulator, ADA, &body, reason);
        }
        let long = format!("PUT /api/v1/customers/{}", "x".repeat(151));
        refuse(&emulator, &long, &json!({}), "the identifier in the path has 151 bytes; the most is 150");
        refuse(&emulator, "PUT /api/v1/customers/%ff", &json!({}), "the path is not UTF-8");
        assert_eq!(emulator.people(), []);
    }

    #[test]
    fn a_person_has_at_most_300_attributes_over_all_calls() {
        let emulator = emulator();
        let numbered = |from: usize, to: usize| (from..to).map(|n| (format!("a{n}"), n.into())).collect::<Map<_, _>>();
        accept(&emulator, ADA, &numbered(0, 200).into());
        accept(&emulator, ADA, &numbered(100, 300).into());
        refuse(&emulator, ADA, &numbered(300, 301).into(), "the person would have 301 attributes; the most is 300");
    }
}
