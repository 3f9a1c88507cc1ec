//! How two people are merged into one.

use serde_json::Value;

use crate::{
    contract::identifier::Identifier,
    server::reply::Refusal,
    store::{capacity::MOST_OF_A_PERSON, kept::Key, state::State},
};

impl State {
    /// Returns the primary person what they lack and the secondary has, who is no more. Nothing happens unless both
    /// exist and are two.
    pub(crate) fn merge(&mut self, primary: &Identifier, secondary: &Identifier, now: i64) -> Result<(), Refusal> {
        let nobody = [primary, secondary].into_iter().find(|identifier| self.people.find(identifier).is_none());
        if let Some(identifier) = nobody {
            self.people.ignore(format!("nobody has the {identifier:.200}, so nobody is merged"));
        }
        if let (Some(primary), Some(secondary)) = (self.people.find(primary), self.people.find(secondary))
            && primary != secondary
        {
            check_room(self, &primary, &secondary)?;
            absorb(self, &primary, &secondary, now)?;
        }
        Ok(())
    }
}

/// Refuses a merge before it begins if the emulator could not hold the result.
fn check_room(state: &State, primary: &str, secondary: &str) -> Result<(), Refusal> {
    state.people.check_room(primary)?;
    let (Some(one), Some(other)) = (state.people.get(primary), state.people.get(secondary)) else { return Ok(()) };
    for (what, count) in [
        ("devices of a person", one.devices.len() + other.devices.len()),
        ("relationships of a person", one.relationships.len() + other.relationships.len()),
        ("anonymous ids of a person", one.anonymous_ids.len() + other.anonymous_ids.len()),
        ("opt-outs of a person", one.opt_outs.len() + other.opt_outs.len()),
    ] {
        if count > MOST_OF_A_PERSON {
            return Err(Refusal::full(what, MOST_OF_A_PERSON));
        }
    }
    Ok(())
}

/// Gives `primary` what they lack and `secondary` has.
fn absorb(state: &mut State, primary: &str, secondary: &str, now: i64) -> Result<(), Refusal> {
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
    person.opt_outs.extend(given.opt_outs);
    let missing = |(name, _): &(String, Value)| !person.attributes.contains_key(name);
    let attributes = given.attributes.into_iter().filter(missing).collect::<Vec<_>>();
    for (name, value) in attributes {
        people.set_attribute(primary, &name, value, now);
    }
    for segment in given.segments {
        people.enter_segment(primary, segment);
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
