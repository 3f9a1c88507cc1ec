//! A list that forgets its oldest entries, like [`Bounded`](crate::store::bounded::Bounded), whose entries are numbered in
//! the order of everything that a workspace keeps, and are found by whom they belong to without looking at the others.

use std::{
    collections::{BTreeMap, BTreeSet},
    mem::size_of,
    ops::RangeBounds,
    sync::Arc,
};

use customerio_core::DeliveryId;

use crate::store::{
    capacity::{MOST_BYTES, MOST_ENTRIES},
    changes::{Action, Change, Effect},
    held::Held,
    memory::{self, block},
    parted::Parted,
    record::{Event, FormSubmission, LoggedRequest, Message, Metric, Trigger, Unsubscribe},
    sequence::Sequence,
};
use crate::webhooks::fate::WebhookState;

/// Where a part of a list begins, by the numbers of everything that is kept.
#[cfg(feature = "control")]
#[derive(Clone, Copy, Debug)]
pub(crate) enum From {
    /// Before this number, the newest first.
    Before(u64),
    /// After this number, the oldest first.
    After(u64),
}

#[cfg(feature = "control")]
impl From {
    /// Whether a number is in the part.
    pub(crate) const fn has(self, number: u64) -> bool {
        match self {
            Self::Before(end) => number < end,
            Self::After(start) => start < number,
        }
    }

    /// Where to go on behind a number.
    pub(crate) const fn past(self, number: u64) -> Self {
        match self {
            Self::Before(_) => Self::Before(number),
            Self::After(_) => Self::After(number),
        }
    }

    /// The entries of a map in this order, with their numbers.
    pub(crate) fn within<K, V>(self, map: &BTreeMap<K, V>) -> Box<dyn Iterator<Item = (u64, &V)> + '_>
    where
        K: Copy + Ord + Into<u64> + TryFrom<u64>,
    {
        let numbered = |(number, entry)| {
            let number: &K = number;
            ((*number).into(), entry)
        };
        match self {
            Self::Before(end) => match K::try_from(end) {
                Ok(end) => Box::new(map.range(..end).rev().map(numbered)),
                Err(_) => Box::new(map.iter().rev().map(numbered)),
            },
            Self::After(start) => match start.checked_add(1).and_then(|start| K::try_from(start).ok()) {
                Some(start) => Box::new(map.range(start..).map(numbered)),
                None => Box::new(std::iter::empty()),
            },
        }
    }

    /// Those of a set of numbers in this order.
    pub(crate) fn among(self, numbers: &BTreeSet<u64>) -> Box<dyn Iterator<Item = u64> + '_> {
        match self {
            Self::Before(end) => Box::new(numbers.range(..end).rev().copied()),
            Self::After(start) => match start.checked_add(1) {
                Some(start) => Box::new(numbers.range(start..).copied()),
                None => Box::new(std::iter::empty()),
            },
        }
    }
}

/// What entries are found by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    /// The `cio_id` of a person.
    Person(String),
    /// The anonymous id of a visitor who is not known.
    Visitor(String),
    /// The id of a message.
    Delivery(DeliveryId),
    /// The number of a broadcast.
    Broadcast(u64),
    /// The id of a trigger.
    Trigger(u64),
    /// The id of an event that is reported.
    Event(String),
    /// What happened to an event that is reported.
    Webhook(WebhookState),
}

impl Key {
    /// What the index takes for an entry that is found by it.
    fn held(&self) -> usize {
        let text = match self {
            Self::Person(text) | Self::Visitor(text) | Self::Event(text) => text.len(),
            Self::Delivery(id) => id.as_str().len(),
            Self::Broadcast(_) | Self::Trigger(_) | Self::Webhook(_) => 0,
        };
        memory::slot::<Self, Numbers>() + memory::block(text)
    }
}

/// The numbers of the entries with a key. Most keys have one.
#[derive(Debug)]
enum Numbers {
    One(u64),
    Many(BTreeSet<u64>),
}

impl Numbers {
    fn insert(&mut self, number: u64) {
        match self {
            Self::One(first) => *self = Self::Many([*first, number].into()),
            Self::Many(numbers) => _ = numbers.insert(number),
        }
    }

    /// Returns whether it was the last one.
    fn remove(&mut self, number: u64) -> bool {
        match self {
            Self::One(last) => *last == number,
            Self::Many(numbers) => {
                numbers.remove(&number);
                numbers.is_empty()
            }
        }
    }

    fn range(&self, range: impl RangeBounds<u64>) -> impl DoubleEndedIterator<Item = u64> {
        let (one, many) = match self {
            Self::One(number) => (Some(*number).filter(|number| range.contains(number)), None),
            Self::Many(numbers) => (None, Some(numbers.range(range))),
        };
        one.into_iter().chain(many.into_iter().flatten().copied())
    }

    #[cfg(feature = "control")]
    fn len(&self) -> usize {
        match self {
            Self::One(_) => 1,
            Self::Many(numbers) => numbers.len(),
        }
    }

    /// Those in a part of a list, in its order.
    #[cfg(feature = "control")]
    fn among(&self, from: From) -> Box<dyn Iterator<Item = u64> + '_> {
        match self {
            Self::One(number) => Box::new(Some(*number).filter(|number| from.has(*number)).into_iter()),
            Self::Many(numbers) => from.among(numbers),
        }
    }
}

/// An entry that can be found.
pub(crate) trait Keyed: Held + Clone {
    /// What they are, in the plural.
    const KIND: &'static str;

    fn keys(&self) -> impl Iterator<Item = Key>;

    /// What it is called.
    fn label(&self) -> &str;

    /// What it is found by, where that is not its number.
    fn id(&self) -> Option<&str> {
        None
    }

    /// The `cio_id` of the person that it is about.
    fn person(&self) -> Option<&str> {
        None
    }
}

impl Keyed for Event {
    const KIND: &'static str = "events";

    fn label(&self) -> &str {
        &self.name
    }

    fn person(&self) -> Option<&str> {
        self.person.as_deref()
    }

    fn keys(&self) -> impl Iterator<Item = Key> {
        let person = self.person.clone().map(Key::Person);
        person.or_else(|| self.anonymous_id.clone().map(Key::Visitor)).into_iter()
    }
}

impl Keyed for Message {
    const KIND: &'static str = "messages";

    fn label(&self) -> &str {
        self.to.as_deref().unwrap_or_default()
    }

    fn id(&self) -> Option<&str> {
        Some(self.delivery_id.as_str())
    }

    fn person(&self) -> Option<&str> {
        self.person.as_deref()
    }

    fn keys(&self) -> impl Iterator<Item = Key> {
        let broadcast = self.broadcast.map(|broadcast| Key::Broadcast(broadcast.get()));
        let delivery = Key::Delivery(self.delivery_id.clone());
        [Some(delivery), self.person.clone().map(Key::Person), broadcast].into_iter().flatten()
    }
}

impl Keyed for Metric {
    const KIND: &'static str = "metrics";

    fn label(&self) -> &str {
        &self.metric
    }

    fn keys(&self) -> impl Iterator<Item = Key> {
        [Key::Delivery(self.delivery_id.clone())].into_iter()
    }
}

impl Keyed for FormSubmission {
    const KIND: &'static str = "forms";

    fn label(&self) -> &str {
        &self.form_id
    }

    fn person(&self) -> Option<&str> {
        Some(&self.person)
    }

    fn keys(&self) -> impl Iterator<Item = Key> {
        [Key::Person(self.person.clone())].into_iter()
    }
}

impl Keyed for Unsubscribe {
    const KIND: &'static str = "unsubscribes";

    fn label(&self) -> &str {
        self.delivery_id.as_str()
    }

    fn keys(&self) -> impl Iterator<Item = Key> {
        [Key::Delivery(self.delivery_id.clone())].into_iter()
    }
}

impl Keyed for Trigger {
    const KIND: &'static str = "triggers";

    fn label(&self) -> &'static str {
        "broadcast"
    }

    fn keys(&self) -> impl Iterator<Item = Key> {
        [Key::Trigger(self.id), Key::Broadcast(self.broadcast_id)].into_iter()
    }
}

/// By the people whom it was about.
impl Keyed for LoggedRequest {
    const KIND: &'static str = "requests";

    fn label(&self) -> &str {
        &self.path
    }

    fn keys(&self) -> impl Iterator<Item = Key> {
        let people: BTreeSet<_> = self.effects.iter().filter_map(|effect| effect.person.as_deref()).collect();
        people.into_iter().map(|cio_id| Key::Person(cio_id.to_owned()))
    }
}

/// Entries with their numbers, oldest first.
pub(crate) type Numbered<T> = Vec<(u64, Arc<T>)>;

/// The list: at most this many entries, which take this many bytes of memory at most; one that is larger alone is kept
/// until the next comes.
#[derive(Debug)]
pub(crate) struct Kept<T> {
    /// Shared with whoever writes the state down meanwhile: what changes then is copied first.
    entries: BTreeMap<u64, (Arc<T>, usize)>,
    index: Parted<Key, Numbers>,
    sequence: Sequence,
    bytes: usize,
    most: usize,
    most_bytes: usize,
    /// What was done since the last call.
    done: Vec<Change>,
}

impl<T: Keyed> Kept<T> {
    /// As large as most lists are.
    pub(crate) fn within(sequence: &Sequence) -> Self {
        Self::holding(sequence, MOST_ENTRIES, MOST_BYTES)
    }

    pub(crate) fn holding(sequence: &Sequence, most: usize, most_bytes: usize) -> Self {
        let sequence = sequence.clone();
        let (entries, index, bytes, done) = (BTreeMap::new(), Parted::default(), 0, Vec::new());
        Self { entries, index, sequence, bytes, most, most_bytes, done }
    }

    /// Adds an entry. Returns its number.
    pub(crate) fn push(&mut self, entry: T) -> u64 {
        let number = self.sequence.next();
        self.done.push(done(number, Action::Created, number, &entry));
        self.enter(number, Arc::new(entry));
        self.forget_oldest();
        number
    }

    fn forget_oldest(&mut self) {
        while self.entries.len() > self.most || (self.bytes > self.most_bytes && self.entries.len() > 1) {
            let Some((&oldest, _)) = self.entries.first_key_value() else { break };
            self.leave(oldest);
        }
    }

    /// All of them, to be written down: they do not change any more.
    pub(crate) fn image(&self) -> Numbered<T> {
        self.entries.iter().map(|(number, (entry, _))| (*number, entry.clone())).collect()
    }

    /// Puts back what was written down, as if it had been there all the time.
    pub(crate) fn restore(&mut self, image: Numbered<T>) {
        for (number, entry) in image {
            self.enter(number, entry);
        }
        self.forget_oldest();
    }

    #[cfg(feature = "control")]
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// What was done since this was last asked for. What was forgotten for something newer is not in it.
    pub(crate) fn take_done(&mut self) -> Vec<Change> {
        std::mem::take(&mut self.done)
    }

    /// Oldest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.entries.values().map(|(entry, _)| &**entry)
    }

    /// With their numbers, oldest first.
    pub(crate) fn numbered(&self) -> impl DoubleEndedIterator<Item = (u64, &T)> {
        self.entries.iter().map(|(number, (entry, _))| (*number, &**entry))
    }

    /// Those with the key, with their numbers, oldest first.
    pub(crate) fn numbered_of(&self, key: &Key) -> impl DoubleEndedIterator<Item = (u64, &T)> {
        let numbers = self.index.get(key).into_iter().flat_map(|numbers| numbers.range(..));
        numbers.filter_map(|number| Some((number, self.get(number)?)))
    }

    /// Those with the key, oldest first.
    pub(crate) fn of(&self, key: &Key) -> impl Iterator<Item = &T> {
        self.numbered_of(key).map(|(_, entry)| entry)
    }

    /// How many there are with the key.
    #[cfg(feature = "control")]
    pub(crate) fn count_of(&self, key: &Key) -> usize {
        self.index.get(key).map_or(0, Numbers::len)
    }

    /// The one with the number.
    pub(crate) fn get(&self, number: u64) -> Option<&T> {
        self.entries.get(&number).map(|(entry, _)| &**entry)
    }

    /// With their numbers: those with the key, or all, from a place on.
    #[cfg(feature = "control")]
    pub(crate) fn rows<'s>(&'s self, from: From, key: Option<Key>) -> Box<dyn Iterator<Item = (u64, &'s T)> + 's> {
        match key {
            None => Box::new(from.within(&self.entries).map(|(number, (entry, _))| (number, &**entry))),
            Some(key) => {
                let numbers = self.index.get(&key).into_iter().flat_map(move |numbers| numbers.among(from));
                Box::new(numbers.filter_map(|number| Some((number, self.get(number)?))))
            }
        }
    }

    /// Changes those with the key, which may change their keys.
    pub(crate) fn change_of(&mut self, key: &Key, change: impl Fn(&mut T)) {
        for number in self.numbers_of(key) {
            self.change(number, &change);
        }
    }

    /// Changes the one with the number, if it is still there. Its keys may change.
    pub(crate) fn change(&mut self, number: u64, change: impl FnOnce(&mut T)) {
        let Some(mut entry) = self.leave(number) else { return };
        change(Arc::make_mut(&mut entry));
        self.done.push(done(self.sequence.next(), Action::Changed, number, &*entry));
        self.enter(number, entry);
    }

    /// Completes the one with the number, which is no change to who looks on.
    pub(crate) fn amend(&mut self, number: u64, change: impl FnOnce(&mut T)) {
        let Some(mut entry) = self.leave(number) else { return };
        change(Arc::make_mut(&mut entry));
        self.enter(number, entry);
    }

    /// The number of the newest one.
    pub(crate) fn last(&self) -> Option<u64> {
        self.entries.last_key_value().map(|(number, _)| *number)
    }

    /// Forgets those with the key.
    pub(crate) fn forget_of(&mut self, key: &Key) {
        for number in self.numbers_of(key) {
            self.remove(number);
        }
    }

    /// Forgets some of those with the key, at most this many. Returns whether there are more.
    #[cfg(feature = "control")]
    pub(crate) fn forget_some_of(&mut self, key: &Key, most: usize) -> bool {
        let numbers: Vec<_> = self.numbered_of(key).take(most).map(|(number, _)| number).collect();
        for number in numbers {
            self.remove(number);
        }
        self.index.get(key).is_some()
    }

    /// Forgets the one with the number. Returns whether it was there.
    pub(crate) fn remove(&mut self, number: u64) -> bool {
        let removed = self.leave(number);
        if let Some(entry) = &removed {
            self.done.push(done(self.sequence.next(), Action::Deleted, number, &**entry));
        }
        removed.is_some()
    }

    fn numbers_of(&self, key: &Key) -> Vec<u64> {
        self.numbered_of(key).map(|(number, _)| number).collect()
    }

    fn enter(&mut self, number: u64, entry: Arc<T>) {
        let shared = block(size_of::<T>() + 2 * size_of::<usize>());
        let mut bytes = entry.held() + shared + 2 * size_of::<(u64, (Arc<T>, usize))>();
        for key in entry.keys() {
            bytes += key.held();
            self.index.entry(key).and_modify(|numbers| numbers.insert(number)).or_insert(Numbers::One(number));
        }
        self.bytes += bytes;
        self.entries.insert(number, (entry, bytes));
    }

    fn leave(&mut self, number: u64) -> Option<Arc<T>> {
        let (entry, bytes) = self.entries.remove(&number)?;
        self.bytes -= bytes;
        for key in entry.keys() {
            if self.index.get_mut(&key).is_some_and(|numbers| numbers.remove(number)) {
                self.index.remove(&key);
            }
        }
        Some(entry)
    }
}

fn done<T: Keyed>(seq: u64, action: Action, number: u64, entry: &T) -> Change {
    let id = entry.id().map_or_else(|| number.to_string(), str::to_owned);
    Change { seq, effect: Effect::new(T::KIND, action, id, entry.label()).about(entry.person()) }
}

impl<T: Keyed> Kept<T> {
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
        const KIND: &'static str = "things";

        fn label(&self) -> &str {
            self.0
        }

        fn keys(&self) -> impl Iterator<Item = Key> {
            [person(self.0)].into_iter()
        }
    }

    fn person(id: &str) -> Key {
        Key::Person(id.to_owned())
    }

    #[test]
    fn entries_are_found_changed_and_forgotten_by_their_key() {
        let mut list = Kept::within(&Sequence::default());
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
        let mut list = Kept::within(&Sequence::default());
        for _ in 0..MOST_ENTRIES {
            list.push(Of("a", 1));
        }
        list.push(Of("a", 2));
        assert_eq!((list.iter().last(), list.iter().count()), (Some(&Of("a", 2)), MOST_ENTRIES));
        let mut list = Kept::within(&Sequence::default());
        list.push(Of("a", MOST_BYTES));
        list.push(Of("b", 1));
        assert_eq!((list.to_vec(), list.index.len()), (vec![Of("b", 1)], 1));
        // One that is too large alone is kept: it is what the next look is for.
        list.push(Of("c", MOST_BYTES + 1));
        assert_eq!(list.to_vec(), [Of("c", MOST_BYTES + 1)]);
    }
}
