//! A map that grows a part at a time. A `HashMap` that is full moves all that it has at once, which for a hundred thousand
//! entries takes tens of milliseconds, and whoever waits for the state would wait for that.

use std::{
    borrow::Borrow,
    collections::{HashMap, hash_map::Entry},
    hash::{BuildHasher as _, Hash, RandomState},
};

/// How many parts: of a million entries, each moves in a fraction of a millisecond.
const PARTS: u32 = 256;

#[derive(Debug)]
pub(crate) struct Parted<K, V> {
    /// None before there is an entry.
    parts: Vec<HashMap<K, V, RandomState>>,
    hasher: RandomState,
}

impl<K, V> Default for Parted<K, V> {
    fn default() -> Self {
        Self { parts: Vec::new(), hasher: RandomState::new() }
    }
}

impl<K: Eq + Hash, V> Parted<K, V> {
    pub(crate) fn get<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.parts.get(self.place(key))?.get(key)
    }

    pub(crate) fn get_mut<Q: Eq + Hash + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let place = self.place(key);
        self.parts.get_mut(place)?.get_mut(key)
    }

    pub(crate) fn remove<Q: Eq + Hash + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let place = self.place(key);
        self.parts.get_mut(place)?.remove(key)
    }

    pub(crate) fn insert(&mut self, key: K, value: V) {
        self.part_mut(&key).insert(key, value);
    }

    pub(crate) fn entry(&mut self, key: K) -> Entry<'_, K, V> {
        self.part_mut(&key).entry(key)
    }

    fn part_mut(&mut self, key: &K) -> &mut HashMap<K, V, RandomState> {
        if self.parts.is_empty() {
            self.parts = (0..PARTS).map(|_| HashMap::with_hasher(self.hasher.clone())).collect();
        }
        let place = self.place(key);
        &mut self.parts[place]
    }

    /// The part that a key is in: by bits of its hash that a part itself does not go by.
    fn place<Q: Hash + ?Sized>(&self, key: &Q) -> usize {
        (self.hasher.hash_one(key) >> 32) as usize % PARTS as usize
    }
}

#[cfg(test)]
impl<K: Eq + Hash, V> Parted<K, V> {
    pub(crate) fn len(&self) -> usize {
        self.parts.iter().map(HashMap::len).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_in_is_found_in_many_parts() {
        let mut map = Parted::default();
        assert_eq!((map.remove("0"), map.get("0"), map.len()), (None, None, 0));
        for number in 0..10_000 {
            map.insert(number.to_string(), number);
        }
        *map.get_mut("5").unwrap() = 6;
        map.entry("5".to_owned()).and_modify(|number| *number += 1);
        assert_eq!((map.get("5"), map.get("9999"), map.get("x"), map.len()), (Some(&7), Some(&9_999), None, 10_000));
        assert_eq!((map.remove("5"), map.get("5"), map.len()), (Some(7), None, 9_999));
        // Parts grow by themselves, so that none grows long.
        let most = map.parts.iter().map(HashMap::len).max().unwrap();
        assert!((10_000 / 256..10_000 / 64).contains(&most), "{most}");
    }
}
