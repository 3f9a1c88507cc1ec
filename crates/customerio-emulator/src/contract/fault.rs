//! What is wrong with a request, and where.

use std::fmt;

use crate::contract::mode::Contract;

/// The maximum number of faults that a response lists.
pub(crate) const MOST_FAULTS: usize = 20;

/// One fault of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) text: String,
    /// The place as a JSON pointer; empty for the whole body.
    pub(crate) pointer: String,
    /// The kind of fault, if the API has a name for it.
    pub(crate) reason: &'static str,
}

impl Fault {
    /// A fault of the request as a whole.
    pub(crate) fn of_all(text: impl Into<String>) -> Self {
        Self { text: text.into(), pointer: String::new(), reason: INVALID }
    }
}

/// The reason of a value that is present and not valid.
pub(crate) const INVALID: &str = "invalid";

/// The place of a value.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    parent: Option<&'a At<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Root(&'static str),
    Key(&'a str),
    Index(usize),
}

impl At<'static> {
    /// The top level, with the name that messages use for it.
    pub(crate) const fn root(name: &'static str) -> Self {
        At { parent: None, step: Step::Root(name) }
    }
}

impl At<'_> {
    pub(crate) const fn key<'b>(&'b self, key: &'b str) -> At<'b> {
        At { parent: Some(self), step: Step::Key(key) }
    }

    pub(crate) const fn index(&self, index: usize) -> At<'_> {
        At { parent: Some(self), step: Step::Index(index) }
    }

    fn pointer(&self) -> String {
        let parent = self.parent.map(At::pointer).unwrap_or_default();
        match self.step {
            Step::Root(_) => parent,
            Step::Key(key) => format!("{parent}/{}", key.replace('~', "~0").replace('/', "~1")),
            Step::Index(index) => format!("{parent}/{index}"),
        }
    }
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = self.parent.filter(|parent| !matches!(parent.step, Step::Root(_)));
        if let Some(parent) = inner {
            parent.fmt(f)?;
        }
        match self.step {
            Step::Root(name) => f.write_str(name),
            // Names come from the caller, and may have any length.
            Step::Key(key) => write!(f, "{}{key:.200}", if inner.is_some() { "." } else { "" }),
            Step::Index(index) => write!(f, "[{index}]"),
        }
    }
}

/// The faults of a request in the order of its fields, and those that are accepted all the same.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    refused: Vec<Fault>,
    taken: Vec<Fault>,
}

impl Faults {
    /// Adds a fault at a place: the words that follow the name of the place.
    pub(crate) fn add(&mut self, at: At<'_>, problem: impl fmt::Display) {
        push(&mut self.refused, at, problem, INVALID);
    }

    /// Adds a missing field.
    pub(crate) fn missing(&mut self, at: At<'_>) {
        push(&mut self.refused, at, "is missing", "required");
    }

    /// Adds a fault that is accepted all the same, in the words of [`add`](Self::add).
    pub(crate) fn take(&mut self, at: At<'_>, problem: impl fmt::Display) {
        push(&mut self.taken, at, problem, INVALID);
    }

    /// Adds the faults that another check found.
    pub(crate) fn append(&mut self, found: Self) {
        extend(&mut self.refused, found.refused);
        extend(&mut self.taken, found.taken);
    }

    /// Adds the faults that another check found, as accepted.
    pub(crate) fn take_all(&mut self, found: Self) {
        extend(&mut self.taken, found.refused);
        extend(&mut self.taken, found.taken);
    }

    /// Whether nothing is refused.
    pub(crate) const fn is_empty(&self) -> bool {
        self.refused.is_empty()
    }

    /// Whether there is no fault at all.
    pub(crate) const fn is_clean(&self) -> bool {
        self.refused.is_empty() && self.taken.is_empty()
    }

    /// The accepted faults, or all others if there are any. Under a strict contract, no fault is accepted.
    pub(crate) fn into_result(mut self, contract: Contract) -> Result<Vec<Fault>, Vec<Fault>> {
        if contract == Contract::Strict {
            extend(&mut self.refused, std::mem::take(&mut self.taken));
        }
        if self.refused.is_empty() { Ok(self.taken) } else { Err(self.refused) }
    }
}

fn push(list: &mut Vec<Fault>, at: At<'_>, problem: impl fmt::Display, reason: &'static str) {
    if list.len() < MOST_FAULTS {
        list.push(Fault { text: format!("{at} {problem}"), pointer: at.pointer(), reason });
    }
}

fn extend(list: &mut Vec<Fault>, found: Vec<Fault>) {
    list.extend(found.into_iter().take(MOST_FAULTS.saturating_sub(list.len())));
}
