//! `PUT /api/v1/customers/{person}`: adds or updates a person.

use serde_json::{Map, Value, json};

use crate::{
    contract::{
        identifier::{EMAIL, ID, Identifier},
        shape::{
            Field,
            Need::{May, Must},
            Shape,
        },
    },
    route::Call,
    server::answer::{Refusal, Reply},
    store::{
        objects::{OBJECT_ID, relationship},
        people::{MOST_OF_A_PERSON, PHONE, People},
        state::State,
    },
};

pub(crate) const BODY: Shape = Shape::Attributes(
    &Shape::Open(
        &[
            ("id", May, ID),
            ADDRESS,
            CIO_ID,
            ("anonymous_id", May, Shape::Filled),
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

pub(crate) const ADDRESS: Field =
    ("email", May, Shape::Either("an e-mail address, or null or empty to remove it", &[EMAIL, REMOVED]));
pub(crate) const CIO_ID: Field = ("cio_id", May, Shape::Never("cannot be set"));
pub(crate) const CREATED_AT: Field = ("created_at", May, Shape::Nullable(&Shape::Timestamp));
pub(crate) const UPDATE: Field = ("_update", May, Shape::Boolean);
pub(crate) const UNSUBSCRIBED: Field = ("unsubscribed", May, Shape::Nullable(&Shape::Boolean));
pub(crate) const TOPIC_PREFERENCES: Field =
    (PREFERENCES, May, Shape::Nullable(&Shape::Open(&[("topics", May, TOPICS)], &Shape::Any)));

const REMOVED: Shape = Shape::Nullable(&Shape::OneOf(&[""]));

pub(crate) const PREFERENCES: &str = "cio_subscription_preferences";

pub(crate) const TOPICS: Shape = Shape::Also(&Shape::Open(&[], &Shape::Boolean), |topics| {
    let is_topic = |name: &String| {
        let number = name.strip_prefix("topic_").and_then(|number| number.parse::<u32>().ok());
        number.is_some_and(|number| number > 0)
    };
    if topics.keys().all(is_topic) { Ok(()) } else { Err("must have names such as topic_1, from 1 on") }
});

const RELATIONSHIPS: Shape = Shape::Object(&[
    ("action", Must, Shape::OneOf(&["add_relationships", "delete_relationships"])),
    ("relationships", Must, TO_OBJECTS),
]);

/// Relationships of a person.
pub(crate) const TO_OBJECTS: Shape = Shape::List(&Shape::Object(&relationship(OBJECT_ID)), 0, MOST_OF_A_PERSON);

/// What is not an attribute, or has its own limits.
pub(crate) const RESERVED: &[&str] =
    &["id", "email", "anonymous_id", "_timestamp", "_update", PREFERENCES, "cio_relationships"];

pub(crate) fn identify(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let path = Identifier::of_path(&call.segments[0])?;
    let fields = call.take_fields();
    update(call, &path, fields)?;
    Ok(Reply::empty())
}

/// Adds or updates the person with the identifier `path`. `fields` are as in a body of this route.
pub(crate) fn update(call: &mut Call<'_>, path: &Identifier, mut fields: Map<String, Value>) -> Result<(), Refusal> {
    let now = call.now();
    let people = &mut call.state.people;
    let id = text(fields.remove("id"));
    let email = fields.remove("email");
    let address = text(email.clone()).filter(|address| !address.is_empty());
    let named = [id.clone().map(Identifier::Id), address.as_deref().map(Identifier::email)];
    if named.iter().flatten().chain([path]).any(|identifier| people.is_suppressed(identifier)) {
        return Ok(());
    }
    // The path comes first: the body finds someone only where the path names nobody.
    let by_body = || named.iter().flatten().find_map(|identifier| lacking(people, identifier, path));
    let known = people.find(path).or_else(by_body);
    let must_exist = fields.remove("_update") == Some(Value::Bool(true));
    let cio_id = match known {
        Some(cio_id) => cio_id,
        None if must_exist => return Ok(()),
        None => match people.obtain(path, now)? {
            Some(cio_id) => cio_id,
            None => return Ok(()),
        },
    };
    people.check_total(&cio_id, &fields, RESERVED)?;
    set_identifiers(people, &cio_id, path, id, email);
    let timestamp = fields.remove("_timestamp").and_then(|value| value.as_i64()).unwrap_or(now);
    if let Some(change) = fields.remove("cio_relationships") {
        relate(call.state, &cio_id, change["action"] == "add_relationships", &change["relationships"])?;
    }
    let anonymous_id = text(fields.remove("anonymous_id"));
    let people = &mut call.state.people;
    if let Identifier::Phone(number) = path
        && people.get(&cio_id).is_some_and(|person| !person.attributes.contains_key(PHONE))
    {
        people.set_attribute(&cio_id, PHONE, number.clone().into(), timestamp);
    }
    for (name, value) in fields {
        match name.strip_prefix(ONE_TOPIC).map(str::to_owned) {
            // One topic, in dot notation.
            Some(topic) => {
                let change = merged_preferences(people, &cio_id, json!({"topics": {topic: value}}));
                people.set_attribute(&cio_id, PREFERENCES, change, timestamp);
            }
            None if name == PREFERENCES => {
                let change = merged_preferences(people, &cio_id, value);
                people.set_attribute(&cio_id, PREFERENCES, change, timestamp);
            }
            None => people.set_attribute(&cio_id, &name, value, timestamp),
        }
    }
    if let Some(anonymous_id) = anonymous_id {
        call.state.adopt(&cio_id, &anonymous_id)?;
    }
    Ok(())
}

const ONE_TOPIC: &str = "cio_subscription_preferences.topics.";

/// The person who has `identifier`, if they can be given that of the path.
fn lacking(people: &People, identifier: &Identifier, path: &Identifier) -> Option<String> {
    let cio_id = people.find(identifier)?;
    let person = people.get(&cio_id)?;
    let lacks = match path {
        Identifier::Id(_) => person.id.is_none(),
        Identifier::Email(_) => person.email.is_none(),
        Identifier::Phone(_) => !person.attributes.contains_key(PHONE),
        Identifier::CioId(_) => false,
    };
    lacks.then_some(cio_id)
}

fn text(value: Option<Value>) -> Option<String> {
    match value {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}

/// Gives the person the identifiers of the path and the body. One that is another person's stays theirs, and the answer
/// is a success all the same, as the service's is.
fn set_identifiers(people: &mut People, cio_id: &str, path: &Identifier, id: Option<String>, email: Option<Value>) {
    let has_id = people.get(cio_id).is_some_and(|person| person.id.is_some());
    match path {
        Identifier::Id(id) if !has_id => people.set_id(cio_id, Some(id.clone())),
        Identifier::Email(email) if people.get(cio_id).is_some_and(|person| person.email.is_none()) => {
            people.set_email(cio_id, Some(email.clone()));
        }
        _ => {}
    }
    // An id that is there can be changed by cio_id alone.
    if !has_id || matches!(path, Identifier::CioId(_)) {
        people.set_id(cio_id, id.filter(|_| !matches!(path, Identifier::Id(_))));
    }
    match email {
        // An address that the path identifies the person by stays.
        Some(Value::String(email)) if path == &Identifier::email(&email) => people.set_email(cio_id, Some(email)),
        Some(_) if matches!(path, Identifier::Email(_)) => {}
        Some(Value::String(email)) if !email.is_empty() => people.set_email(cio_id, Some(email)),
        Some(_) => people.remove_email(cio_id),
        None => {}
    }
}

/// Topics and channels that the call does not name stay as they are.
fn merged_preferences(people: &People, cio_id: &str, mut change: Value) -> Value {
    let known = people.get(cio_id).and_then(|person| person.attributes.get(PREFERENCES));
    let known = known.and_then(Value::as_object).into_iter().flatten();
    let Some(change_fields) = change.as_object_mut() else { return change };
    for (name, known) in known {
        match (change_fields.get_mut(name), known) {
            (None, _) => {
                change_fields.insert(name.clone(), known.clone());
            }
            (Some(Value::Object(change)), Value::Object(known)) => {
                for (name, value) in known {
                    change.entry(name).or_insert_with(|| value.clone());
                }
            }
            _ => {}
        }
    }
    change
}

/// Relates a person to objects, which are added where they do not exist; or ends such relationships.
pub(crate) fn relate(state: &mut State, cio_id: &str, adds: bool, relationships: &Value) -> Result<(), Refusal> {
    for relationship in relationships.as_array().into_iter().flatten() {
        let identifiers = &relationship["identifiers"];
        if !adds {
            if let Some(key) = state.objects.find(identifiers) {
                state.unrelate(cio_id, &key);
            }
        } else if let Some(key) = state.objects.obtain(identifiers)? {
            let attributes = relationship["relationship_attributes"].as_object().cloned().unwrap_or_default();
            state.relate(cio_id, &key, &attributes)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{NOW, accept, emulator, refuse};

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
