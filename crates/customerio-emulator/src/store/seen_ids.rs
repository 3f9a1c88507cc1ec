//! Ids that have been seen, by which a retry is recognised.

use std::{collections::HashSet, sync::Arc};

use crate::store::bounded::Bounded;

/// Ids that have been seen; the oldest are forgotten.
#[derive(Debug, Default)]
pub(crate) struct SeenIds {
    known: HashSet<Arc<str>>,
    order: Bounded<Arc<str>>,
}

impl SeenIds {
    pub(crate) fn contains(&self, id: &str) -> bool {
        self.known.contains(id)
    }

    /// Notes an id. Returns whether it is new.
    pub(crate) fn note(&mut self, id: &str) -> bool {
        let id = Arc::<str>::from(id);
        let new = self.known.insert(id.clone());
        if new {
            for forgotten in self.order.push(id) {
                self.known.remove(&forgotten);
            }
        }
        new
    }

    /// All of them, oldest first, to be written down.
    pub(crate) fn image(&self) -> Vec<Arc<str>> {
        self.order.iter().cloned().collect()
    }

    /// Puts back what was written down.
    pub(crate) fn restore(&mut self, image: &[Arc<str>]) {
        for id in image {
            self.note(id);
        }
    }
}
