//! Ids that have been seen, by which a repeat is recognised.

use std::collections::HashSet;

use crate::store::bounded::Bounded;

/// Ids that have been seen; the oldest are forgotten.
#[derive(Debug, Default)]
pub(crate) struct SeenIds {
    known: HashSet<String>,
    order: Bounded<String>,
}

impl SeenIds {
    pub(crate) fn contains(&self, id: &str) -> bool {
        self.known.contains(id)
    }

    /// Notes an id. Says whether it is new.
    pub(crate) fn note(&mut self, id: &str) -> bool {
        let new = self.known.insert(id.to_owned());
        if new {
            for forgotten in self.order.push(id.to_owned(), 0) {
                self.known.remove(&forgotten);
            }
        }
        new
    }
}
