//! A list that forgets its oldest entries, like [`Bounded`](crate::store::bounded::Bounded), and whose entries are found by
//! whom they belong to without looking at the others.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    mem::size_of,
};

use customerio_core::DeliveryId;

use crate::store::{
    capacity::{MOST_BYTES, MOST_ENTRIES},
    held::Held,
    memory,
    record::{Event, Message},
};

/// What entries are found by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    /// The `cio_id` of a person.
    Person(String),
    /// The anonymous id of a visitor who is not known.
    Visitor(String),
    /// The id of a message.
    Delivery(DeliveryId),
}

impl Key {
    /// What the index takes for an entry that is found by it.
    fn held(&self) -> usize {
        let text = match self {
            Self::Person(text) | Self::Visitor(text) => text,
            Self::Delivery(id) => id.as_str(),
        };
        memory::slot::<Self, BTreeSet<u64>>() + memory::tree::<u64, ()>(1) + memory::block(text.len())
    }
}

/// An entry that can be found.
pub(crate) trait Keyed: Held {
    fn keys(&self) -> impl Iterator<Item = Key>;
}

impl Keyed for Event {
    fn keys(&self) -> impl Iterator<Item = Key> {
        let person = self.person.clone().map(Key::Person);
        person.or_else(|| self.anonymous_id.clone().map(Key::Visitor)).into_iter()
    }
}

impl Keyed for Message {
    fn keys(&self) -> impl Iterator<Item = Key> {
        [Some(Key::Delivery(self.delivery_id.clone())), self.person.clone().map(Key::Person)].into_iter().flatten()
    }
}

/// The list. Its entries are numbered as they come.
#[derive(Debug)]
pub(crate) struct Kept<T> {
    entries: BTreeMap<u64, (T, usize)>,
    index: HashMap<Key, BTreeSet<u64>>,
    next: u64,
    bytes: usize,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self { entries: BTreeMap::new(), index: HashMap::new(), next: 0, bytes: 0 }
    }
}

impl<T: Keyed> Kept<T> {
    /// Adds an entry.
    pub(crate) fn push(&mut self, entry: T) {
        let number = self.next;
        self.next += 1;
        self.enter(number, entry);
        while self.entries.len() > MOST_ENTRIES || (self.bytes > MOST_BYTES && self.entries.len() > 1) {
            let Some((&oldest, _)) = self.entries.first_key_value() else { break };
            self.leave(oldest);
        }
    }

    /// Oldest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.entries.values().map(|(entry, _)| entry)
    }

    /// With their numbers, oldest first.
    pub(crate) fn numbered(&self) -> impl DoubleEndedIterator<Item = (u64, &T)> {
        self.entries.iter().map(|(number, (entry, _))| (*number, entry))
    }

    /// Those with the key, with their numbers, oldest first.
    pub(crate) fn numbered_of(&self, key: &Key) -> impl DoubleEndedIterator<Item = (u64, &T)> {
        let numbers = self.index.get(key).into_iter().flatten();
        numbers.filter_map(|number| self.entries.get_key_value(number)).map(|(number, (entry, _))| (*number, entry))
    }

    /// Those with the key, oldest first.
    pub(crate) fn of(&self, key: &Key) -> impl Iterator<Item = &T> {
        let numbers = self.index.get(key).into_iter().flatten();
        numbers.filter_map(|number| self.entries.get(number)).map(|(entry, _)| entry)
    }

    /// Changes those with the key, which may change their keys.
    pub(crate) fn change_of(&mut self, key: &Key, change: impl Fn(&mut T)) {
        for number in self.index.get(key).cloned().unwrap_or_default() {
            let Some(mut entry) = self.leave(number) else { continue };
            change(&mut entry);
            self.enter(number, entry);
        }
    }

    /// Forgets those with the key.
    pub(crate) fn forget_of(&mut self, key: &Key) {
        for number in self.index.get(key).cloned().unwrap_or_default() {
            self.leave(number);
        }
    }

    fn enter(&mut self, number: u64, entry: T) {
        let mut bytes = entry.held() + 2 * size_of::<(u64, (T, usize))>();
        for key in entry.keys() {
            bytes += key.held();
            self.index.entry(key).or_default().insert(number);
        }
        self.bytes += bytes;
        self.entries.insert(number, (entry, bytes));
    }

    fn leave(&mut self, number: u64) -> Option<T> {
        let (entry, bytes) = self.entries.remove(&number)?;
        self.bytes -= bytes;
        for key in entry.keys() {
            if let Some(numbers) = self.index.get_mut(&key) {
                numbers.remove(&number);
                if numbers.is_empty() {
                    self.index.remove(&key);
                }
            }
        }
        Some(entry)
    }
}

impl<T: Keyed + Clone> Kept<T> {
    pub(crate) fn to_vec(&self) -> Vec<T> {
        self.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Debug, PartialEq)]
    struct Of(&'static str, usize);

    impl Held for Of {
        fn held(&self) -> usize {
            self.1
        }
    }

    impl Keyed for Of {
        fn keys(&self) -> impl Iterator<Item = Key> {
            [person(self.0)].into_iter()
        }
    }

    fn person(id: &str) -> Key {
        Key::Person(id.to_owned())
    }

    #[test]
    fn entries_are_found_changed_and_forgotten_by_their_key() {
        let mut list = Kept::default();
        for (number, of) in ["a", "b", "a", "c"].into_iter().enumerate() {
            list.push(Of(of, number));
        }
        assert_eq!(list.of(&person("a")).collect::<Vec<_>>(), [&Of("a", 0), &Of("a", 2)]);
        list.change_of(&person("a"), |entry| entry.0 = "b");
        assert_eq!(list.of(&person("a")).count(), 0);
        assert_eq!(list.of(&person("b")).map(|entry| entry.1).collect::<Vec<_>>(), [0, 1, 2]);
        list.forget_of(&person("b"));
        assert_eq!((list.to_vec(), list.index.len()), (vec![Of("c", 3)], 1));
        assert!((3..500).contains(&list.bytes), "{}", list.bytes);
        list.forget_of(&person("c"));
        assert_eq!((list.to_vec(), list.bytes), (vec![], 0));
    }

    #[test]
    fn the_oldest_are_forgotten_by_number_and_by_bytes() {
        let mut list = Kept::default();
        for _ in 0..MOST_ENTRIES {
            list.push(Of("a", 1));
        }
        list.push(Of("a", 2));
        assert_eq!((list.iter().last(), list.iter().count()), (Some(&Of("a", 2)), MOST_ENTRIES));
        let mut list = Kept::default();
        list.push(Of("a", MOST_BYTES));
        list.push(Of("b", 1));
        assert_eq!((list.to_vec(), list.index.len()), (vec![Of("b", 1)], 1));
        // One that is too large alone is kept: it is what the next look is for.
        list.push(Of("c", MOST_BYTES + 1));
        assert_eq!(list.to_vec(), [Of("c", MOST_BYTES + 1)]);
    }
}
