//! The objects, and the visitors who are related to them. The relationships of people are kept with the people.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    mem::size_of,
    sync::Arc,
};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

#[cfg(feature = "control")]
use crate::store::kept::From;
use crate::{
    server::reply::Refusal,
    store::{
        attributes::{Attributes, adds, changed},
        capacity::{MOST_HELD, MOST_OF_A_PERSON},
        changes::{Action, Change, Effect},
        kept::Numbered,
        memory::{block, map, slot},
        record::Object,
        room::Room,
        sequence::Sequence,
    },
};

/// The type and the id of an object.
pub(crate) type ObjectKey = (String, String);

#[derive(Debug, Default)]
pub(crate) struct Objects {
    /// Shared with whoever writes the state down meanwhile: what changes then is copied first.
    by_key: BTreeMap<ObjectKey, Arc<Object>>,
    /// By their places in the order of everything that is kept.
    by_seq: BTreeMap<u64, ObjectKey>,
    /// The places.
    by_cio_object_id: HashMap<String, u64>,
    /// The objects that a visitor, by their anonymous id, is related to.
    by_visitor: HashMap<String, BTreeSet<ObjectKey>>,
    created: u64,
    room: Room,
    sequence: Sequence,
    /// What was done since the last call.
    done: Vec<Change>,
}

/// What an object takes beside its attributes and visitors: its key is in both maps and in itself.
fn held((type_id, id): &ObjectKey) -> usize {
    let identifiers = block(type_id.len()) + block(id.len()) + block(CIO_OBJECT_ID);
    2 * size_of::<(ObjectKey, Arc<Object>)>()
        + block(size_of::<Object>() + 2 * size_of::<usize>())
        + 2 * size_of::<(u64, ObjectKey)>()
        + slot::<String, u64>()
        + 3 * identifiers
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
    pub(crate) fn within(room: &Room, sequence: &Sequence) -> Self {
        Self { room: room.clone(), sequence: sequence.clone(), ..Self::default() }
    }

    pub(crate) fn len(&self) -> usize {
        self.by_key.len()
    }

    /// What was done since this was last asked for.
    pub(crate) fn take_done(&mut self) -> Vec<Change> {
        std::mem::take(&mut self.done)
    }

    /// With their places, from one on.
    #[cfg(feature = "control")]
    pub(crate) fn rows(&self, from: From) -> impl Iterator<Item = (u64, &Object)> {
        from.within(&self.by_seq).filter_map(|(seq, key)| Some((seq, self.get(key)?)))
    }

    /// The one with this place.
    #[cfg(feature = "control")]
    pub(crate) fn at(&self, seq: u64) -> Option<&Object> {
        self.get(self.by_seq.get(&seq)?)
    }

    /// Notes what was done to an object. An object that was changed just now needs no further note.
    fn note(&mut self, action: Action, object: &(u64, String)) {
        let id = object.0.to_string();
        let is_known = self.done.last().is_some_and(|last| last.effect.id == id);
        if action != Action::Changed || !is_known {
            let seq = if action == Action::Created { object.0 } else { self.sequence.next() };
            self.done.push(Change { seq, effect: Effect::new("objects", action, id, &object.1) });
        }
    }

    fn changed(&mut self, key: &ObjectKey) {
        let seq = self.by_key.get(key).and_then(|object| self.by_cio_object_id.get(&object.cio_object_id));
        if let Some(seq) = seq.copied() {
            self.note(Action::Changed, &(seq, key.1.clone()));
        }
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Object> {
        self.by_key.values().map(|object| &**object)
    }

    pub(crate) fn get(&self, key: &ObjectKey) -> Option<&Object> {
        self.by_key.get(key).map(|object| &**object)
    }

    /// To change who is related to it.
    pub(crate) fn get_mut(&mut self, key: &ObjectKey) -> Option<&mut Object> {
        self.changed(key);
        self.by_key.get_mut(key).map(Arc::make_mut)
    }

    /// The object that `identifiers`, which have passed [`OBJECT_ID`](crate::contract::object::OBJECT_ID), name.
    pub(crate) fn find(&self, identifiers: &Value) -> Option<ObjectKey> {
        if let Some(cio_object_id) = identifiers["cio_object_id"].as_str() {
            return self.by_seq.get(self.by_cio_object_id.get(cio_object_id)?).cloned();
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
        let seq = self.sequence.next();
        self.note(Action::Created, &(seq, key.1.clone()));
        self.by_cio_object_id.insert(cio_object_id, seq);
        self.by_seq.insert(seq, key.clone());
        self.by_key.insert(key.clone(), Arc::new(object));
        Ok(Some(key))
    }

    /// Sets and removes attributes of the object.
    pub(crate) fn change(&mut self, key: &ObjectKey, changes: &Map<String, Value>) -> Result<(), Refusal> {
        let Some(object) = self.by_key.get_mut(key).map(Arc::make_mut) else { return Ok(()) };
        if adds(changes) {
            self.room.check()?;
        }
        let after = changed(&object.attributes, changes, "the object")?;
        self.room.change(map(&object.attributes), map(&after));
        object.attributes = after;
        if !changes.is_empty() {
            self.changed(key);
        }
        Ok(())
    }

    /// Relates a visitor, who is nobody's yet, to the object.
    pub(crate) fn relate_visitor(
        &mut self,
        key: &ObjectKey,
        anonymous_id: &str,
        changes: &Map<String, Value>,
    ) -> Result<(), Refusal> {
        let Some(object) = self.by_key.get_mut(key).map(Arc::make_mut) else { return Ok(()) };
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
            let attributes = Arc::make_mut(self.by_key.get_mut(&key)?).visitors.remove(anonymous_id)?;
            self.room.change(held_of_visitor(anonymous_id, &key, &attributes), 0);
            Some((key, attributes))
        });
        taken.collect()
    }

    /// Removes the object and everything here that leads to it.
    pub(crate) fn remove(&mut self, key: &ObjectKey) -> Option<Arc<Object>> {
        let object = self.by_key.remove(key)?;
        if let Some(seq) = self.by_cio_object_id.remove(&object.cio_object_id) {
            self.by_seq.remove(&seq);
            self.note(Action::Deleted, &(seq, key.1.clone()));
        }
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

/// The objects, to be written down.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ObjectsImage {
    created: u64,
    objects: Numbered<Object>,
}

impl Objects {
    pub(crate) fn image(&self) -> ObjectsImage {
        let objects = self.by_seq.iter().filter_map(|(seq, key)| Some((*seq, self.by_key.get(key)?.clone())));
        ObjectsImage { created: self.created, objects: objects.collect() }
    }

    /// Puts back what was written down.
    pub(crate) fn restore(&mut self, image: ObjectsImage) {
        self.created = image.created;
        for (seq, object) in image.objects {
            let key = (object.type_id.clone(), object.id.clone());
            self.room.change(0, held(&key) + map(&object.attributes));
            for (anonymous_id, attributes) in &object.visitors {
                self.room.change(0, held_of_visitor(anonymous_id, &key, attributes));
                self.by_visitor.entry(anonymous_id.clone()).or_default().insert(key.clone());
            }
            self.by_cio_object_id.insert(object.cio_object_id.clone(), seq);
            self.by_seq.insert(seq, key.clone());
            self.by_key.insert(key, object);
        }
    }
}

fn key(identifiers: &Value) -> Option<ObjectKey> {
    let text = |name: &str| identifiers[name].as_str().map(str::to_owned);
    Some((text("object_type_id")?, text("object_id")?))
}
