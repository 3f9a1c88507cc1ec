//! `POST /api/v1/merge_customers`: makes one person of two.

use serde_json::Value;

use crate::{
    contract::{
        identifier::{IDENTIFIERS, Identifier},
        shape::{Need::Must, Shape},
    },
    route::Call,
    server::answer::{Refusal, Reply},
    store::{kept::Key, people::MOST_OF_A_PERSON, state::State},
};

pub(crate) const BODY: Shape = Shape::Object(&[("primary", Must, IDENTIFIERS), ("secondary", Must, IDENTIFIERS)]);

/// Nothing happens unless both exist and are two.
pub(crate) fn merge(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let find = |name: &str| {
        let identifier = call.body[name].as_object().and_then(Identifier::of_body)?;
        call.state.people.find(&identifier)
    };
    if let (Some(primary), Some(secondary)) = (find("primary"), find("secondary"))
        && primary != secondary
    {
        check_room(call.state, &primary, &secondary)?;
        absorb(call.state, &primary, &secondary, call.since_epoch)?;
    }
    Ok(Reply::empty())
}

/// Refuses a merge before it begins if the emulator could not hold what comes of it.
fn check_room(state: &State, primary: &str, secondary: &str) -> Result<(), Refusal> {
    let (Some(one), Some(other)) = (state.people.get(primary), state.people.get(secondary)) else { return Ok(()) };
    for (what, count) in [
        ("devices of a person", one.devices.len() + other.devices.len()),
        ("relationships of a person", one.relationships.len() + other.relationships.len()),
        ("anonymous ids of a person", one.anonymous_ids.len() + other.anonymous_ids.len()),
    ] {
        if count > MOST_OF_A_PERSON {
            return Err(Refusal::full(what, MOST_OF_A_PERSON));
        }
    }
    Ok(())
}

/// Gives `primary` what they lack and `secondary` has.
fn absorb(state: &mut State, primary: &str, secondary: &str, now: std::time::Duration) -> Result<(), Refusal> {
    let Some(given) = state.people.remove(secondary) else { return Ok(()) };
    for relationship in &given.relationships {
        state.leave_object(secondary, relationship);
        // What the primary person knows of the object stays as it is.
        if let Some(key) = state.objects.find(&Value::Object(relationship.identifiers.clone()))
            && state.objects.get(&key).is_some_and(|object| !object.people.contains(primary))
        {
            state.relate(primary, &key, &relationship.attributes)?;
        }
    }
    let people = &mut state.people;
    let Some(person) = people.get_mut(primary) else { return Ok(()) };
    let lacks = (person.id.is_none(), person.email.is_none());
    person.segments.extend(&given.segments);
    let missing = |(name, _): &(String, Value)| !person.attributes.contains_key(name);
    let attributes = given.attributes.into_iter().filter(missing).collect::<Vec<_>>();
    for (name, value) in attributes {
        people.set_attribute(primary, &name, value, crate::store::clock::seconds(now));
    }
    people.set_id(primary, given.id.filter(|_| lacks.0));
    people.set_email(primary, given.email.filter(|_| lacks.1));
    for device in given.devices {
        people.put_device(primary, device)?;
    }
    for anonymous_id in given.anonymous_ids {
        people.claim_anonymous_id(primary, &anonymous_id)?;
    }
    let theirs = Key::Person(secondary.to_owned());
    state.events.change_of(&theirs, |event| event.person = Some(primary.to_owned()));
    state.messages.change_of(&theirs, |message| message.person = Some(primary.to_owned()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{accept, call, emulator};

    const MERGE: &str = "POST /api/v1/merge_customers";

    #[test]
    fn the_primary_person_gets_what_they_lack() {
        let emulator = emulator();
        emulator.create_segment(3);
        accept(&emulator, "PUT /api/v1/customers/1", &json!({"plan": "pro"}));
        let other = json!({"email": "ada@example.com", "plan": "free", "city": "London", "anonymous_id": "cookie"});
        accept(&emulator, "PUT /api/v1/customers/2", &other);
        accept(&emulator, "PUT /api/v1/customers/2/devices", &json!({"device": {"id": "t", "platform": "ios"}}));
        accept(&emulator, "POST /api/v1/customers/2/events", &json!({"name": "e"}));
        accept(&emulator, "POST /api/v1/segments/3/add_customers", &json!({"ids": ["2"]}));
        accept(&emulator, MERGE, &json!({"primary": {"id": "1"}, "secondary": {"email": "ADA@example.com"}}));

        let ada = emulator.person("1").unwrap();
        assert_eq!(emulator.people(), std::slice::from_ref(&ada));
        assert_eq!((ada.id.as_deref(), ada.email.as_deref()), (Some("1"), Some("ada@example.com")));
        assert_eq!(Value::Object(ada.attributes), json!({"plan": "pro", "city": "London"}));
        assert_eq!((ada.devices.len(), ada.segments.contains(&3), emulator.events_of("1").len()), (1, true, 1));
        // What led to the secondary person leads to the primary one.
        accept(&emulator, "POST /api/v1/events", &json!({"name": "e", "anonymous_id": "cookie"}));
        assert_eq!(emulator.events_of("1").len(), 2);
    }

    #[test]
    fn without_two_people_nothing_happens() {
        let emulator = emulator();
        accept(&emulator, "PUT /api/v1/customers/2", &json!({}));
        let before = emulator.people();
        for (primary, secondary) in [("1", "2"), ("2", "1"), ("2", "2")] {
            accept(&emulator, MERGE, &json!({"primary": {"id": primary}, "secondary": {"id": secondary}}));
        }
        assert_eq!(emulator.people(), before);
    }

    #[test]
    fn what_the_contract_does_not_allow_is_refused() {
        let emulator = emulator();
        let one = "must be an object of exactly one of id, email, cio_id";
        for (body, reason) in [
            (json!({"primary": {"id": "1"}}), "secondary is missing".to_owned()),
            (json!({"primary": {"id": "1", "email": "a@b"}, "secondary": {"id": "2"}}), format!("primary {one}")),
            (json!({"primary": {"id": "1"}, "secondary": {}}), format!("secondary {one}")),
            (json!({"primary": "1", "secondary": {"id": 2}}), format!("primary {one}; secondary.id must be a string")),
            (
                json!({"primary": {"cio_id": "cio_03"}, "secondary": {"id": "2"}}),
                "primary.cio_id must be a cio_id, without the prefix cio_".to_owned(),
            ),
        ] {
            assert_eq!(call(&emulator, MERGE, &body), (400, json!({"meta": {"error": reason}})), "{body}");
        }
    }
}
