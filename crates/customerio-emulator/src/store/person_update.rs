//! How a person is added or updated: by version 1 and 2 of the Track API and by the Pipelines API alike.

use serde_json::{Map, Value, json};

use crate::{
    contract::{
        identifier::{Identifier, spelled},
        person::{ONE_TOPIC, PREFERENCES},
    },
    server::reply::Refusal,
    store::{
        attributes::Attributes,
        people::{PHONE, People},
        state::State,
    },
};

/// What a call says about a person.
pub(crate) struct PersonUpdate {
    id: Option<String>,
    /// `null` or empty removes it.
    email: Option<Value>,
    anonymous_id: Option<String>,
    /// Whether nobody is added.
    must_exist: bool,
    /// When the attributes changed; if not said, now.
    timestamp: Option<i64>,
    relationships: Option<Relationships>,
    attributes: Attributes,
}

/// Relationships as bodies list them.
pub(crate) enum Relationships {
    Added(Value),
    Deleted(Value),
}

impl PersonUpdate {
    /// Reads fields that have passed their shape, in which identifiers and attributes are beside each other.
    pub(crate) fn of(mut fields: Map<String, Value>) -> Self {
        let id = fields.remove("id").as_ref().and_then(spelled);
        let anonymous_id = fields.remove("anonymous_id").as_ref().and_then(spelled);
        let must_exist = fields.remove("_update") == Some(Value::Bool(true));
        let email = fields.remove("email");
        Self { id, email, anonymous_id, must_exist, timestamp: None, relationships: None, attributes: fields }
    }

    pub(crate) fn with_anonymous_id(self, anonymous_id: Option<String>) -> Self {
        Self { anonymous_id, ..self }
    }

    pub(crate) fn with_timestamp(self, timestamp: Option<i64>) -> Self {
        Self { timestamp, ..self }
    }

    pub(crate) fn with_relationships(self, relationships: Option<Relationships>) -> Self {
        Self { relationships, ..self }
    }

    /// The identifiers that it names beside that of the path.
    fn named(&self) -> Vec<Identifier> {
        let address = self.email.as_ref().and_then(Value::as_str).filter(|address| !address.is_empty());
        [self.id.clone().map(Identifier::Id), address.map(Identifier::email)].into_iter().flatten().collect()
    }
}

impl State {
    /// Adds or updates the person with the identifier `path`. Nothing happens where one of the identifiers is
    /// suppressed, or nobody is there who must be.
    pub(crate) fn update_person(&mut self, path: &Identifier, update: PersonUpdate, now: i64) -> Result<(), Refusal> {
        let Some(cio_id) = self.person_to_update(path, &update, now)? else { return Ok(()) };
        self.people.check_total(&cio_id, &update.attributes, &[PREFERENCES])?;
        self.people.set_identifiers(&cio_id, path, update.id, update.email);
        match update.relationships {
            Some(Relationships::Added(list)) => self.relate_to_objects(&cio_id, &list)?,
            Some(Relationships::Deleted(list)) => self.unrelate_from_objects(&cio_id, &list),
            None => {}
        }
        let timestamp = update.timestamp.unwrap_or(now);
        if let Identifier::Phone(number) = path
            && self.people.get(&cio_id).is_some_and(|person| !person.attributes.contains_key(PHONE))
        {
            self.people.set_attribute(&cio_id, PHONE, number.clone().into(), timestamp);
        }
        for (name, value) in update.attributes {
            set(&mut self.people, &cio_id, &name, value, timestamp);
        }
        update.anonymous_id.map_or(Ok(()), |anonymous_id| self.adopt(&cio_id, &anonymous_id))
    }

    /// The `cio_id` of the person whom an update is about, who is added if it may add anybody.
    fn person_to_update(
        &mut self,
        path: &Identifier,
        update: &PersonUpdate,
        now: i64,
    ) -> Result<Option<String>, Refusal> {
        let named = update.named();
        if let Some(identifier) = named.iter().chain([path]).find(|identifier| self.people.is_suppressed(identifier)) {
            self.people.ignore(format!("the {identifier:.200} is suppressed"));
            return Ok(None);
        }
        // The path comes first: the body finds someone only where the path names nobody.
        let known = self.people.find(path).or_else(|| self.people.find_lacking(path, &named));
        if known.is_none() && update.must_exist {
            self.people.ignore(format!("nobody has the {path:.200}, and _update adds nobody"));
            return Ok(None);
        }
        if known.is_some() {
            return Ok(known);
        }
        self.people.obtain(path, now)
    }
}

/// Sets an attribute; preferences change one by one.
fn set(people: &mut People, cio_id: &str, name: &str, value: Value, timestamp: i64) {
    let (name, value) = match name.strip_prefix(ONE_TOPIC) {
        Some(topic) => (PREFERENCES, merged_preferences(people, cio_id, json!({"topics": {topic: value}}))),
        None if name == PREFERENCES => (PREFERENCES, merged_preferences(people, cio_id, value)),
        None => (name, value),
    };
    people.set_attribute(cio_id, name, value, timestamp);
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
