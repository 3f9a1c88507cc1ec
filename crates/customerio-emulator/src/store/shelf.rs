//! Things of one kind that are made by the App API, and never forgotten.

use std::{collections::BTreeMap, mem::size_of, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{
    server::reply::Refusal,
    store::{capacity::MOST_HELD, held::Held, memory::block, room::Room},
};

/// What is kept of one kind, by its key. It takes its memory of the room.
#[derive(Debug)]
pub(crate) struct Shelf<K, T> {
    /// Each with what the room knows that it takes; shared with whoever writes the state down meanwhile.
    entries: BTreeMap<K, (Arc<T>, usize)>,
    /// The last number that was given.
    last: u64,
    /// What they are, for who finds no room.
    what: &'static str,
    room: Room,
}

/// What was on a shelf, to be written down.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ShelfImage<K, T> {
    last: u64,
    entries: Vec<(K, Arc<T>)>,
}

impl<K: Clone + Ord + Held, T: Clone + Held> Shelf<K, T> {
    pub(crate) fn image(&self) -> ShelfImage<K, T> {
        let entries = self.entries.iter().map(|(key, (entry, _))| (key.clone(), entry.clone()));
        ShelfImage { last: self.last, entries: entries.collect() }
    }

    /// Puts back what was written down.
    pub(crate) fn restore(&mut self, image: ShelfImage<K, T>) {
        self.last = image.last;
        for (key, entry) in image.entries {
            self.insert(key, entry);
        }
    }

    /// To change what takes no memory of its own.
    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut T> {
        self.entries.get_mut(key).map(|(entry, _)| Arc::make_mut(entry))
    }

    pub(crate) fn remove(&mut self, key: &K) -> Option<Arc<T>> {
        let (entry, bytes) = self.entries.remove(key)?;
        self.room.change(bytes, 0);
        Some(entry)
    }
}

impl<K: Ord + Held, T: Held> Shelf<K, T> {
    pub(crate) fn of(what: &'static str, room: &Room) -> Self {
        Self { entries: BTreeMap::new(), last: 0, what, room: room.clone() }
    }

    pub(crate) fn get(&self, key: &K) -> Option<&T> {
        self.entries.get(key).map(|(entry, _)| &**entry)
    }

    /// By their keys, which rise.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &T)> {
        self.entries.iter().map(|(key, (entry, _))| (key, &**entry))
    }

    /// Adds an entry, or replaces the one that has the key.
    pub(crate) fn put(&mut self, key: K, entry: T) -> Result<(), Refusal> {
        let before = self.entries.get(&key).map_or(0, |(_, bytes)| *bytes);
        if before == 0 && self.entries.len() >= MOST_HELD {
            return Err(Refusal::full(self.what, MOST_HELD));
        }
        if held(&key, &entry) > before {
            self.room.check()?;
        }
        self.set(key, entry);
        Ok(())
    }

    /// [`put`](Self::put) by a test itself, which is never refused.
    pub(crate) fn set(&mut self, key: K, entry: T) {
        self.insert(key, Arc::new(entry));
    }

    fn insert(&mut self, key: K, entry: Arc<T>) {
        let bytes = held(&key, &*entry);
        let before = self.entries.insert(key, (entry, bytes)).map_or(0, |(_, bytes)| bytes);
        self.room.change(before, bytes);
    }
}

fn held<K: Held, T: Held>(key: &K, entry: &T) -> usize {
    let shared = block(size_of::<T>() + 2 * size_of::<usize>());
    key.held() + entry.held() + shared + 2 * size_of::<(K, (Arc<T>, usize))>()
}

impl<K: Copy + Ord + Held + Into<u64> + TryFrom<u64>, T: Held> Shelf<K, T> {
    /// Adds an entry under the next number: one that was removed is not given again.
    pub(crate) fn add(&mut self, entry: T) -> Result<K, Refusal> {
        let last = self.entries.last_key_value().map_or(0, |(number, _)| (*number).into()).max(self.last);
        let number = last.checked_add(1).and_then(|number| K::try_from(number).ok());
        let number = number.ok_or_else(|| Refusal::bad(format!("there are no more numbers for {}", self.what)))?;
        self.put(number, entry)?;
        self.last = number.into();
        Ok(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_takes_room_and_gives_it_back() {
        let room = Room::of(2_000);
        let mut shelf = Shelf::<u64, _>::of("texts", &room);
        assert_eq!((shelf.add("a".to_owned()).unwrap(), shelf.add("b".to_owned()).unwrap()), (1, 2));
        shelf.remove(&2);
        assert_eq!(shelf.add("c".to_owned()).unwrap(), 3);
        let two = room.taken();
        shelf.put(3, "x".repeat(3_000)).unwrap();
        assert!((two + 2_900..two + 3_100).contains(&room.taken()));
        // What makes room is taken where there is none.
        assert_eq!(shelf.put(4, String::new()).unwrap_err().status.as_u16(), 503);
        shelf.put(3, String::new()).unwrap();
        assert_eq!(shelf.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [1, 3]);
        for number in [1, 3] {
            assert!(shelf.remove(&number).is_some());
        }
        assert_eq!((room.taken(), shelf.get(&1)), (0, None));
    }
}
