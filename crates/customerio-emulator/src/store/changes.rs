//! Recent changes, so that a reader need not read everything again.

use std::collections::VecDeque;

/// Most changes that are remembered.
const MOST_CHANGES: usize = 10_000;

/// Most bytes of a label.
const MOST_LABEL: usize = 100;

/// The kind of change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Action {
    /// Created.
    Created,
    /// Changed.
    Changed,
    /// Deleted.
    Deleted,
}

impl Action {
    /// As the control API names it.
    #[cfg(feature = "control")]
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Changed => "changed",
            Self::Deleted => "deleted",
        }
    }
}

/// An effect of a request: a change of one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Effect {
    /// The kind of the thing, in the plural: `people`, `events`, `messages` and so on.
    pub kind: &'static str,
    /// The kind of change.
    pub action: Action,
    /// The identifier: the `cio_id` of a person, the id of a delivery, the number of anything else.
    pub id: String,
    /// A label for people: an address, a name. Cut off after 100 bytes.
    pub label: String,
    /// The `cio_id` of the person that it is about, or who it is.
    pub person: Option<String>,
}

impl Effect {
    pub(crate) fn new(kind: &'static str, action: Action, id: impl Into<String>, label: &str) -> Self {
        let end = (0..=MOST_LABEL.min(label.len())).rev().find(|end| label.is_char_boundary(*end));
        Self { kind, action, id: id.into(), label: label[..end.unwrap_or(0)].to_owned(), person: None }
    }
}

impl Effect {
    /// What is about a person.
    pub(crate) fn about(self, person: Option<&str>) -> Self {
        Self { person: person.map(str::to_owned), ..self }
    }
}

/// One effect, and its place in the order of all.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) seq: u64,
    pub(crate) effect: Effect,
}

/// The last changes, oldest first.
#[derive(Debug)]
pub(crate) struct Changes {
    list: VecDeque<Change>,
    /// The number of the last one that is forgotten.
    forgotten: u64,
}

impl Changes {
    /// None yet: those up to a number are forgotten.
    pub(crate) const fn since(forgotten: u64) -> Self {
        Self { list: VecDeque::new(), forgotten }
    }

    pub(crate) fn push(&mut self, change: Change) {
        if self.list.len() == MOST_CHANGES
            && let Some(oldest) = self.list.pop_front()
        {
            self.forgotten = oldest.seq;
        }
        self.list.push_back(change);
    }

    /// Those after a number, unless some of them are forgotten.
    #[cfg(feature = "control")]
    pub(crate) fn after(&self, seq: u64) -> Option<impl ExactSizeIterator<Item = &Change>> {
        let start = self.list.partition_point(|change| change.seq <= seq);
        (seq >= self.forgotten).then(|| self.list.range(start..))
    }
}
