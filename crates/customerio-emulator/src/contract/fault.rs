//! What is wrong with a request, and where.

use std::fmt;

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

/// What is wrong with a request, in the order of the fields.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    /// Notes a fault at a place, as the words that follow the place's name.
    pub(crate) fn add(&mut self, at: At<'_>, problem: impl fmt::Display) {
        if self.0.len() < MOST_FAULTS {
            self.0.push(Fault { text: format!("{at} {problem}"), pointer: at.pointer(), reason: INVALID });
        }
    }

    /// Notes that a field is missing.
    pub(crate) fn missing(&mut self, at: At<'_>) {
        if self.0.len() < MOST_FAULTS {
            self.0.push(Fault { text: format!("{at} is missing"), pointer: at.pointer(), reason: "required" });
        }
    }

    /// Whether there are none.
    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The faults, as an error if there are any.
    pub(crate) fn into_result(self) -> Result<(), Vec<Fault>> {
        if self.0.is_empty() { Ok(()) } else { Err(self.0) }
    }
}
