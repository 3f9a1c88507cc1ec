//! What is wrong with a request, and where.

use std::fmt;

use crate::contract::mode::Contract;

/// No answer lists more faults than this.
pub(crate) const MOST_FAULTS: usize = 20;

/// One thing that is wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) text: String,
    /// The place as a JSON pointer; empty where the whole body is meant.
    pub(crate) pointer: String,
    /// The kind of the fault, where an API names it.
    pub(crate) reason: &'static str,
}

impl Fault {
    /// One that is about the request as a whole.
    pub(crate) fn of_all(text: impl Into<String>) -> Self {
        Self { text: text.into(), pointer: String::new(), reason: INVALID }
    }
}

/// The reason of what is there and wrong.
pub(crate) const INVALID: &str = "invalid";

/// Where a value stands.
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
    /// The top, under the name that messages give it.
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
            // Names come from the caller and may be of any length.
            Step::Key(key) => write!(f, "{}{key:.200}", if inner.is_some() { "." } else { "" }),
            Step::Index(index) => write!(f, "[{index}]"),
        }
    }
}

/// What is wrong with a request, in the order of the fields; and beside it what is wrong and taken all the same.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    refused: Vec<Fault>,
    taken: Vec<Fault>,
}

impl Faults {
    /// Notes a fault at a place, as the words that follow the place's name.
    pub(crate) fn add(&mut self, at: At<'_>, problem: impl fmt::Display) {
        push(&mut self.refused, at, problem, INVALID);
    }

    /// Notes that a field is missing.
    pub(crate) fn missing(&mut self, at: At<'_>) {
        push(&mut self.refused, at, "is missing", "required");
    }

    /// Notes what the contract does not allow and what is taken all the same, in the words of [`add`](Self::add).
    pub(crate) fn take(&mut self, at: At<'_>, problem: impl fmt::Display) {
        push(&mut self.taken, at, problem, INVALID);
    }

    /// Adds what another check has found.
    pub(crate) fn append(&mut self, found: Self) {
        extend(&mut self.refused, found.refused);
        extend(&mut self.taken, found.taken);
    }

    /// Adds what another check has found, as what is taken all the same.
    pub(crate) fn take_all(&mut self, found: Self) {
        extend(&mut self.taken, found.refused);
        extend(&mut self.taken, found.taken);
    }

    /// Whether nothing is refused.
    pub(crate) const fn is_empty(&self) -> bool {
        self.refused.is_empty()
    }

    /// Whether the contract allows everything.
    pub(crate) const fn is_clean(&self) -> bool {
        self.refused.is_empty() && self.taken.is_empty()
    }

    /// What is taken all the same; or the faults, if there are any. Where the contract is kept strictly, nothing is taken all
    /// the same.
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
