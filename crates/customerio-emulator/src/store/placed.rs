//! A shelf whose things have a place in the order of everything that a workspace keeps: lists show them in that order, and
//! what is done to them is among the changes.

use std::{
    collections::BTreeMap,
    fmt::Display,
    ops::{Deref, DerefMut},
};

use serde::{Deserialize, Serialize};

#[cfg(feature = "control")]
use crate::store::kept::From;
use crate::{
    server::reply::Refusal,
    store::{
        changes::{Action, Change, Effect},
        held::Held,
        memory::tree,
        room::Room,
        sequence::Sequence,
        shelf::{Shelf, ShelfImage},
    },
};

/// A thing that lists show.
pub(crate) trait Place: Held + Clone {
    /// What they are, in the plural.
    const KIND: &'static str;

    /// What it is called.
    fn label(&self) -> &str;
}

/// A thing with its place.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Seated<T> {
    seq: u64,
    #[serde(flatten)]
    thing: T,
}

impl<T> Deref for Seated<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.thing
    }
}

impl<T> DerefMut for Seated<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.thing
    }
}

/// With what its place leads to it.
impl<T: Held> Held for Seated<T> {
    fn held(&self) -> usize {
        self.thing.held() + tree::<u64, u64>(6) / 6
    }
}

/// What was on such a shelf, to be written down.
pub(crate) type PlacedImage<K, T> = ShelfImage<K, Seated<T>>;

/// The shelf. What is replaced stays in its place.
#[derive(Debug)]
pub(crate) struct Placed<K, T> {
    shelf: Shelf<K, Seated<T>>,
    /// The keys by their places.
    places: BTreeMap<u64, K>,
    sequence: Sequence,
    /// What was done since the last call.
    done: Vec<Change>,
}

impl<K: Copy + Display + Ord + Held + Into<u64> + TryFrom<u64>, T: Place> Placed<K, T> {
    /// None yet. `what` is what they are, for who finds no room.
    pub(crate) fn of(what: &'static str, room: &Room, sequence: &Sequence) -> Self {
        let (places, done) = (BTreeMap::new(), Vec::new());
        Self { shelf: Shelf::of(what, room), places, sequence: sequence.clone(), done }
    }

    pub(crate) fn get(&self, key: &K) -> Option<&T> {
        self.shelf.get(key).map(|seated| &**seated)
    }

    /// By their keys, which rise.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &T)> {
        self.shelf.iter().map(|(key, seated)| (key, &**seated))
    }

    #[cfg(feature = "control")]
    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    /// With their places, from one on.
    #[cfg(feature = "control")]
    pub(crate) fn rows(&self, from: From) -> impl Iterator<Item = (u64, (K, &T))> {
        let place = |(seq, key): (u64, &K)| Some((seq, (*key, self.get(key)?)));
        from.within(&self.places).filter_map(place)
    }

    /// The one of a key that is written as text, with its place.
    #[cfg(feature = "control")]
    pub(crate) fn row(&self, key: &str) -> Option<(u64, (K, &T))> {
        let key = K::try_from(key.parse().ok()?).ok()?;
        self.shelf.get(&key).map(|seated| (seated.seq, (key, &**seated)))
    }

    /// The key of the one that is in a place.
    #[cfg(feature = "control")]
    pub(crate) fn at(&self, seq: u64) -> Option<K> {
        self.places.get(&seq).copied()
    }

    /// Adds one, or replaces the one that has the key.
    pub(crate) fn put(&mut self, key: K, thing: T) -> Result<(), Refusal> {
        let seated = self.seated(&key, thing);
        let (seq, label) = (seated.seq, seated.label().to_owned());
        self.shelf.put(key, seated)?;
        self.seat(seq, key, &label);
        Ok(())
    }

    /// [`put`](Self::put) by a test itself, which is never refused.
    pub(crate) fn set(&mut self, key: K, thing: T) {
        let seated = self.seated(&key, thing);
        let (seq, label) = (seated.seq, seated.label().to_owned());
        self.shelf.set(key, seated);
        self.seat(seq, key, &label);
    }

    /// Adds one under the next key: one that was removed is not given again.
    pub(crate) fn add(&mut self, thing: T) -> Result<K, Refusal> {
        let (seq, label) = (self.sequence.next(), thing.label().to_owned());
        let key = self.shelf.add(Seated { seq, thing })?;
        self.seat(seq, key, &label);
        Ok(key)
    }

    /// Changes what takes no memory of its own.
    pub(crate) fn change(&mut self, key: &K, change: impl FnOnce(&mut T)) {
        let Some(seated) = self.shelf.get_mut(key) else { return };
        change(seated);
        let (seq, label) = (seated.seq, seated.label().to_owned());
        self.seat(seq, *key, &label);
    }

    /// Returns whether it was there.
    pub(crate) fn remove(&mut self, key: &K) -> bool {
        let Some(seated) = self.shelf.remove(key) else { return false };
        self.places.remove(&seated.seq);
        self.note(self.sequence.next(), Action::Deleted, key, seated.label());
        true
    }

    /// What was done since this was last asked for.
    pub(crate) fn take_done(&mut self) -> Vec<Change> {
        std::mem::take(&mut self.done)
    }

    pub(crate) fn image(&self) -> PlacedImage<K, T> {
        self.shelf.image()
    }

    /// Puts back what was written down.
    pub(crate) fn restore(&mut self, image: PlacedImage<K, T>) {
        self.shelf.restore(image);
        self.places = self.shelf.iter().map(|(key, seated)| (seated.seq, *key)).collect();
    }

    /// In the place of the one that has the key, or in the next.
    fn seated(&self, key: &K, thing: T) -> Seated<T> {
        let seq = self.shelf.get(key).map_or_else(|| self.sequence.next(), |known| known.seq);
        Seated { seq, thing }
    }

    /// Notes where a thing is, and that it is new or changed.
    fn seat(&mut self, seq: u64, key: K, label: &str) {
        match self.places.insert(seq, key) {
            None => self.note(seq, Action::Created, &key, label),
            Some(_) => self.note(self.sequence.next(), Action::Changed, &key, label),
        }
    }

    fn note(&mut self, seq: u64, action: Action, key: &K, label: &str) {
        self.done.push(Change { seq, effect: Effect::new(T::KIND, action, key.to_string(), label) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Named {
        name: String,
    }

    impl Held for Named {
        fn held(&self) -> usize {
            self.name.held()
        }
    }

    impl Place for Named {
        const KIND: &'static str = "things";

        fn label(&self) -> &str {
            &self.name
        }
    }

    #[test]
    fn a_place_is_kept_and_what_is_done_is_noted_in_order() {
        let (sequence, room) = (Sequence::default(), Room::of(10_000));
        let mut things = Placed::<u32, Named>::of("things", &room, &sequence);
        let named = |name: &str| Named { name: name.into() };
        things.set(9, named("nine"));
        sequence.next();
        things.set(2, named("two"));
        things.put(9, named("nine again")).unwrap();
        assert_eq!(things.add(named("ten")).unwrap(), 10);
        things.change(&2, |two| two.name.push('!'));
        assert!(things.remove(&10) && !things.remove(&10));
        let done: Vec<_> = things.take_done().into_iter().map(|Change { seq, effect }| (seq, effect)).collect();
        let effect = |action, id: &str, label| Effect::new("things", action, id, label);
        let expected = [
            (1, effect(Action::Created, "9", "nine")),
            (3, effect(Action::Created, "2", "two")),
            (4, effect(Action::Changed, "9", "nine again")),
            (5, effect(Action::Created, "10", "ten")),
            (6, effect(Action::Changed, "2", "two!")),
            (7, effect(Action::Deleted, "10", "ten")),
        ];
        assert_eq!(done, expected);
        let json = serde_json::to_string(&things.image()).unwrap();
        let mut later = Placed::<u32, Named>::of("things", &room, &sequence);
        later.restore(serde_json::from_str(&json).unwrap());
        assert_eq!((later.places.clone(), later.get(&2)), ([(1, 9), (3, 2)].into(), Some(&named("two!"))));
        assert_eq!(later.add(named("eleven")).unwrap(), 11);
    }
}
