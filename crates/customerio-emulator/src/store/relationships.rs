//! Relationships: which people and visitors belong to which objects.

use serde_json::{Map, Value};

use crate::{
    contract::object::attributes_of_relationship,
    server::reply::Refusal,
    store::{
        attributes::{Attributes, changed},
        capacity::MOST_OF_A_PERSON,
        objects::ObjectKey,
        record::Relationship,
        state::State,
    },
};

impl State {
    /// Relates a person to the objects of a body, which are added where they do not exist.
    pub(crate) fn relate_to_objects(&mut self, cio_id: &str, relationships: &Value) -> Result<(), Refusal> {
        for relationship in relationships.as_array().into_iter().flatten() {
            if let Some(key) = self.objects.obtain(&relationship["identifiers"])? {
                self.relate(cio_id, &key, &attributes_of_relationship(relationship))?;
            }
        }
        Ok(())
    }

    /// Ends the relationships of a person to the objects of a body.
    pub(crate) fn unrelate_from_objects(&mut self, cio_id: &str, relationships: &Value) {
        for relationship in relationships.as_array().into_iter().flatten() {
            if let Some(key) = self.objects.find(&relationship["identifiers"]) {
                self.unrelate(cio_id, &key);
            }
        }
    }

    /// Takes a person, who has or had the relationship, from the people of its object.
    pub(crate) fn leave_object(&mut self, cio_id: &str, relationship: &Relationship) {
        let key = self.objects.find(&relationship.identifiers.clone().into());
        if let Some(object) = key.and_then(|key| self.objects.get_mut(&key)) {
            object.people.remove(cio_id);
        }
    }

    /// Relates a person to an object, or changes the attributes of their relationship.
    pub(crate) fn relate(&mut self, cio_id: &str, key: &ObjectKey, changes: &Attributes) -> Result<(), Refusal> {
        self.people.check_room(cio_id)?;
        let Some(person) = self.people.get_mut(cio_id) else { return Ok(()) };
        let Some(object) = self.objects.get_mut(key) else { return Ok(()) };
        if let Some(known) = person.relationships.iter_mut().find(|known| is_to(known, key)) {
            known.attributes = changed(&known.attributes, changes, "the relationship")?;
            return Ok(());
        }
        if person.relationships.len() >= MOST_OF_A_PERSON {
            return Err(Refusal::full("relationships of a person", MOST_OF_A_PERSON));
        }
        let attributes = changed(&Attributes::new(), changes, "the relationship")?;
        let named = [("object_type_id", &key.0), ("object_id", &key.1)];
        let identifiers = named.map(|(name, value)| (name.to_owned(), value.clone().into())).into_iter().collect();
        person.relationships.push(Relationship { identifiers, attributes });
        object.people.insert(cio_id.to_owned());
        Ok(())
    }

    /// Ends the relationship of a person to an object.
    pub(crate) fn unrelate(&mut self, cio_id: &str, key: &ObjectKey) {
        if let Some(person) = self.people.get_mut(cio_id) {
            person.relationships.retain(|known| !is_to(known, key));
        }
        if let Some(object) = self.objects.get_mut(key) {
            object.people.remove(cio_id);
        }
    }

    /// Removes an object, and everyone's relationship to it.
    pub(crate) fn delete_object(&mut self, key: &ObjectKey) {
        for cio_id in self.objects.remove(key).map(|object| object.people.clone()).unwrap_or_default() {
            self.unrelate(&cio_id, key);
        }
    }

    /// Relates a visitor to the object, or the person who they are known to be.
    pub(crate) fn relate_visitor(
        &mut self,
        key: &ObjectKey,
        anonymous_id: &str,
        attributes: &Map<String, Value>,
    ) -> Result<(), Refusal> {
        match self.people.of_anonymous_id(anonymous_id) {
            Some(person) => self.relate(&person, key, attributes),
            None => self.objects.relate_visitor(key, anonymous_id, attributes),
        }
    }
}

fn is_to(relationship: &Relationship, key: &ObjectKey) -> bool {
    relationship.identifiers["object_id"] == *key.1 && relationship.identifiers["object_type_id"] == *key.0
}
