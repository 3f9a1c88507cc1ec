//! The objects, and the visitors who are related to them. The relationships of people are kept with the people.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    mem::size_of,
};

use serde_json::{Map, Value};

use crate::{
    server::answer::Refusal,
    store::{
        attributes::{Attributes, adds, changed},
        capacity::{MOST_HELD, MOST_OF_A_PERSON},
        memory::{block, map, slot},
        record::Object,
        room::Room,
    },
};

/// The type and the id of an object.
pub(crate) type ObjectKey = (String, String);

#[derive(Debug, Default)]
pub(crate) struct Objects {
    by_key: BTreeMap<ObjectKey, Object>,
    by_cio_object_id: HashMap<String, ObjectKey>,
    /// The objects that a visitor, by their anonymous id, is related to.
    by_visitor: HashMap<String, BTreeSet<ObjectKey>>,
    created: u64,
    room: Room,
}

/// What an object takes beside its attributes and visitors: its key stands in both maps and in itself.
fn held((type_id, id): &ObjectKey) -> usize {
    let identifiers = block(type_id.len()) + block(id.len()) + block(CIO_OBJECT_ID);
    2 * size_of::<(ObjectKey, Object)>() + slot::<String, ObjectKey>() + 3 * identifiers
}

/// What a visitor takes who is related to an object.
fn held_of_visitor(anonymous_id: &str, (type_id, id): &ObjectKey, attributes: &Attributes) -> usize {
    let entries =
        2 * size_of::<(String, Attributes)>() + 2 * size_of::<ObjectKey>() + slot::<String, BTreeSet<ObjectKey>>();
    entries + 2 * block(anonymous_id.len()) + block(type_id.len()) + block(id.len()) + map(attributes)
}

/// How long a `cio_object_id` is.
const CIO_OBJECT_ID: usize = 12;

impl Objects {
    pub(crate) fn within(room: &Room) -> Self {
        Self { room: room.clone(), ..Self::default() }
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Object> {
        self.by_key.values()
    }

    pub(crate) fn get(&self, key: &ObjectKey) -> Option<&Object> {
        self.by_key.get(key)
    }

    pub(crate) fn get_mut(&mut self, key: &ObjectKey) -> Option<&mut Object> {
        self.by_key.get_mut(key)
    }

    /// The object that `identifiers`, which have passed [`OBJECT_ID`](crate::contract::object::OBJECT_ID), name.
    pub(crate) fn find(&self, identifiers: &Value) -> Option<ObjectKey> {
        if let Some(cio_object_id) = identifiers["cio_object_id"].as_str() {
            return self.by_cio_object_id.get(cio_object_id).cloned();
        }
        key(identifiers).filter(|key| self.by_key.contains_key(key))
    }

    /// The object that `identifiers` name; it is added if there is none. `None` for a `cio_object_id` that was never
    /// given.
    pub(crate) fn obtain(&mut self, identifiers: &Value) -> Result<Option<ObjectKey>, Refusal> {
        if let Some(known) = self.find(identifiers) {
            return Ok(Some(known));
        }
        let Some(key) = key(identifiers) else { return Ok(None) };
        if self.by_key.len() >= MOST_HELD {
            return Err(Refusal::full("objects", MOST_HELD));
        }
        self.room.check()?;
        self.room.change(0, held(&key));
        self.created += 1;
        let cio_object_id = format!("ob{:010x}", self.created);
        let object = Object {
            type_id: key.0.clone(),
            id: key.1.clone(),
            cio_object_id: cio_object_id.clone(),
            attributes: Attributes::new(),
            people: BTreeSet::new(),
            visitors: BTreeMap::new(),
        };
        self.by_cio_object_id.insert(cio_object_id, key.clone());
        self.by_key.insert(key.clone(), object);
        Ok(Some(key))
    }

    /// Sets and removes attributes of the object.
    pub(crate) fn change(&mut self, key: &ObjectKey, changes: &Map<String, Value>) -> Result<(), Refusal> {
        let Some(object) = self.by_key.get_mut(key) else { return Ok(()) };
        if adds(changes) {
            self.room.check()?;
        }
        let after = changed(&object.attributes, changes, "the object")?;
        self.room.change(map(&object.attributes), map(&after));
        object.attributes = after;
        Ok(())
    }

    /// Relates a visitor, who is nobody's yet, to the object.
    pub(crate) fn relate_visitor(
        &mut self,
        key: &ObjectKey,
        anonymous_id: &str,
        changes: &Map<String, Value>,
    ) -> Result<(), Refusal> {
        let Some(object) = self.by_key.get_mut(key) else { return Ok(()) };
        let known = object.visitors.get(anonymous_id);
        if known.is_none() || adds(changes) {
            self.room.check()?;
        }
        if known.is_none() && object.visitors.len() >= MOST_HELD {
            return Err(Refusal::full("visitors of an object", MOST_HELD));
        }
        if known.is_none() && self.by_visitor.get(anonymous_id).is_some_and(|objects| objects.len() >= MOST_OF_A_PERSON)
        {
            return Err(Refusal::full("relationships of a visitor", MOST_OF_A_PERSON));
        }
        let attributes = changed(known.unwrap_or(&Map::new()), changes, "the relationship")?;
        let before = known.map_or(0, |known| held_of_visitor(anonymous_id, key, known));
        self.room.change(before, held_of_visitor(anonymous_id, key, &attributes));
        object.visitors.insert(anonymous_id.to_owned(), attributes);
        self.by_visitor.entry(anonymous_id.to_owned()).or_default().insert(key.clone());
        Ok(())
    }

    /// Takes the relationships of a visitor away, for the person who they turned out to be.
    pub(crate) fn take_visitor(&mut self, anonymous_id: &str) -> Vec<(ObjectKey, Attributes)> {
        let objects = self.by_visitor.remove(anonymous_id).unwrap_or_default();
        let taken = objects.into_iter().filter_map(|key| {
            let attributes = self.by_key.get_mut(&key)?.visitors.remove(anonymous_id)?;
            self.room.change(held_of_visitor(anonymous_id, &key, &attributes), 0);
            Some((key, attributes))
        });
        taken.collect()
    }

    /// Removes the object and everything here that leads to it.
    pub(crate) fn remove(&mut self, key: &ObjectKey) -> Option<Object> {
        let object = self.by_key.remove(key)?;
        self.by_cio_object_id.remove(&object.cio_object_id);
        self.room.change(held(key) + map(&object.attributes), 0);
        for (anonymous_id, attributes) in &object.visitors {
            self.room.change(held_of_visitor(anonymous_id, key, attributes), 0);
            if let Some(objects) = self.by_visitor.get_mut(anonymous_id) {
                objects.remove(key);
                if objects.is_empty() {
                    self.by_visitor.remove(anonymous_id);
                }
            }
        }
        Some(object)
    }
}

fn key(identifiers: &Value) -> Option<ObjectKey> {
    let text = |name: &str| identifiers[name].as_str().map(str::to_owned);
    Some((text("object_type_id")?, text("object_id")?))
}
