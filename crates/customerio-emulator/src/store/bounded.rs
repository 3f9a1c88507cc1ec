//! A list that forgets its oldest entries instead of growing without end.

use std::{collections::VecDeque, mem::size_of};

use crate::store::{
    capacity::{MOST_BYTES, MOST_ENTRIES},
    held::Held,
};

/// A list of at most this many entries, which take this many bytes of memory at most; one that is larger alone is kept
/// until the next comes, because it is what the next look is for.
#[derive(Debug)]
pub(crate) struct Bounded<T> {
    entries: VecDeque<(T, usize)>,
    bytes: usize,
    most: usize,
    most_bytes: usize,
}

impl<T> Default for Bounded<T> {
    fn default() -> Self {
        Self::holding(MOST_ENTRIES, MOST_BYTES)
    }
}

impl<T> Bounded<T> {
    pub(crate) const fn holding(most: usize, most_bytes: usize) -> Self {
        Self { entries: VecDeque::new(), bytes: 0, most, most_bytes }
    }

    /// Oldest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.entries.iter().map(|(entry, _)| entry)
    }
}

impl<T: Held> Bounded<T> {
    /// Adds an entry; gives back what is forgotten for it.
    pub(crate) fn push(&mut self, entry: T) -> Vec<T> {
        // A list that grows has room for twice as many.
        let bytes = entry.held() + 2 * size_of::<(T, usize)>();
        self.entries.push_back((entry, bytes));
        self.bytes += bytes;
        let mut forgotten = Vec::new();
        while self.entries.len() > self.most || (self.bytes > self.most_bytes && self.entries.len() > 1) {
            let Some((entry, bytes)) = self.entries.pop_front() else { break };
            self.bytes -= bytes;
            forgotten.push(entry);
        }
        forgotten
    }
}

#[cfg(test)]
impl<T: Clone> Bounded<T> {
    pub(crate) fn to_vec(&self) -> Vec<T> {
        self.entries.iter().map(|(entry, _)| entry.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Held for (char, usize) {
        fn held(&self) -> usize {
            self.1
        }
    }

    #[test]
    fn the_oldest_are_forgotten_by_number_and_by_bytes() {
        let mut list = Bounded::holding(2, 1_000);
        assert!(list.push(('a', 0)).is_empty());
        assert!(list.push(('b', 0)).is_empty());
        assert_eq!(list.push(('c', 0)), [('a', 0)]);
        assert_eq!(list.to_vec(), [('b', 0), ('c', 0)]);

        let mut list = Bounded::holding(9, 1_000);
        list.push(('a', 400));
        list.push(('b', 400));
        assert_eq!(list.push(('c', 150)), [('a', 400)]);
        // One that is too large alone is kept: it is what the next look is for.
        assert_eq!(list.push(('d', 1_001)), [('b', 400), ('c', 150)]);
    }
}
