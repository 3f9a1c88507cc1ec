//! A list that forgets its oldest entries instead of growing without end.

use std::collections::VecDeque;

use crate::store::capacity::{MOST_BYTES, MOST_ENTRIES};

/// A list of at most [`MOST_ENTRIES`] entries that came in with at most [`MOST_BYTES`] bytes.
#[derive(Debug)]
pub(crate) struct Bounded<T> {
    entries: VecDeque<(T, usize)>,
    bytes: usize,
    most: usize,
}

impl<T> Default for Bounded<T> {
    fn default() -> Self {
        Self::holding(MOST_ENTRIES)
    }
}

impl<T> Bounded<T> {
    pub(crate) const fn holding(most: usize) -> Self {
        Self { entries: VecDeque::new(), bytes: 0, most }
    }

    /// Adds an entry that came in with `bytes` bytes; gives back what is forgotten for it.
    pub(crate) fn push(&mut self, entry: T, bytes: usize) -> Vec<T> {
        self.entries.push_back((entry, bytes));
        self.bytes += bytes;
        let mut forgotten = Vec::new();
        while self.entries.len() > self.most || (self.bytes > MOST_BYTES && self.entries.len() > 1) {
            let Some((entry, bytes)) = self.entries.pop_front() else { break };
            self.bytes -= bytes;
            forgotten.push(entry);
        }
        forgotten
    }

    /// Oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.entries.iter().map(|(entry, _)| entry)
    }
}

impl<T: Clone> Bounded<T> {
    pub(crate) fn to_vec(&self) -> Vec<T> {
        self.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_are_forgotten_by_number_and_by_bytes() {
        let mut list = Bounded::holding(2);
        assert!(list.push(1, 0).is_empty());
        assert!(list.push(2, 0).is_empty());
        assert_eq!(list.push(3, 0), [1]);
        assert_eq!(list.to_vec(), [2, 3]);

        let mut list = Bounded::default();
        list.push('a', MOST_BYTES / 2);
        list.push('b', MOST_BYTES / 2);
        assert_eq!(list.push('c', 1), ['a']);
        // One that is too large alone is kept: it is what the next look is for.
        assert_eq!(list.push('d', MOST_BYTES + 1), ['b', 'c']);
    }
}
