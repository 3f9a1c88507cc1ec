//! Why a template cannot be parsed or rendered.

/// Why a template cannot be parsed or rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The line of the template, from 1; 0 where it is not known.
    pub(crate) line: usize,
    /// What is wrong, in lower case and without the line.
    pub(crate) message: String,
    pub(crate) kind: ProblemKind,
}

/// Which sort of problem a template has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ProblemKind {
    /// The template is not Liquid, or a filter cannot work with what it is given.
    Syntax,
    /// A variable has no value.
    Undefined,
    /// The renderer does not have it, though the service may.
    Unsupported,
    /// The template takes more steps, bytes or levels than a template may.
    Budget,
}

impl Problem {
    fn new(kind: ProblemKind, message: impl Into<String>) -> Self {
        Self { line: 0, message: message.into(), kind }
    }

    pub(crate) fn syntax(message: impl Into<String>) -> Self {
        Self::new(ProblemKind::Syntax, message)
    }

    pub(crate) fn undefined(message: impl Into<String>) -> Self {
        Self::new(ProblemKind::Undefined, message)
    }

    pub(crate) fn unsupported(message: impl Into<String>) -> Self {
        Self::new(ProblemKind::Unsupported, message)
    }

    pub(crate) fn budget(message: impl Into<String>) -> Self {
        Self::new(ProblemKind::Budget, message)
    }

    /// The same problem at a line, unless it has one.
    #[must_use]
    pub(crate) fn at(mut self, line: usize) -> Self {
        if self.line == 0 {
            self.line = line;
        }
        self
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            0 => formatter.write_str(&self.message),
            line => write!(formatter, "line {line}: {}", self.message),
        }
    }
}
