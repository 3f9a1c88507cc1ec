//! Arguments that cannot be sent.

use std::{borrow::Cow, error::Error as StdError, fmt};

/// Why a request could not be built. Nothing was sent.
///
/// It names what is wrong, and never shows the value: that may be a secret or a person's.
#[derive(Clone, PartialEq, Eq)]
pub struct BuildError {
    subject: Cow<'static, str>,
    kind: BuildErrorKind,
}

/// What is wrong with an argument.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildErrorKind {
    /// It has no characters or no entries.
    #[error("is empty")]
    Empty,
    /// It has characters, and none that can be seen: whitespace of any kind, control characters, and invisible ones such as
    /// a byte order mark or a zero width space.
    #[error("has only whitespace or invisible characters")]
    Blank,
    /// It is `.` or `..`, which HTTP clients remove from a URL even when they are encoded: the call would reach another
    /// endpoint.
    #[error("is `.` or `..`, which cannot stand in a URL path")]
    DotSegment,
    /// It has more bytes than the API takes.
    #[error("has {bytes} bytes, and the limit is {limit}")]
    TooLong {
        /// Its length in bytes, as it would be sent.
        bytes: usize,
        /// The most that the API takes.
        limit: usize,
    },
    /// There are fewer or more of it than the API takes.
    #[error("has {count} entries, and must have from {least} to {most}")]
    Count {
        /// How many there are.
        count: usize,
        /// The least that the API takes.
        least: usize,
        /// The most that the API takes.
        most: usize,
    },
    /// It is not UTF-8.
    #[error("is not UTF-8 from byte {position} on")]
    NotUtf8 {
        /// Where it stops being UTF-8, counted in bytes from 0.
        position: usize,
    },
    /// A character stands in it that cannot be sent.
    #[error("has a character at byte {position} that cannot be sent: leave it out")]
    Character {
        /// Where the character begins, counted in bytes from 0.
        position: usize,
    },
    /// The operation cannot do without it.
    #[error("is missing")]
    Missing,
    /// It is not configured: what to set, and where.
    #[error("is not set: set {0}")]
    NotSet(&'static str),
    /// It is given twice.
    #[error("is given twice")]
    Duplicate,
    /// It was set by a setter and is among the attributes or the data too: which of the two counts would be up to the
    /// reader.
    #[error("is set both by a setter and in the attributes")]
    SetTwice,
    /// It cannot be written as JSON the way that the API needs it: the rest of the sentence.
    ///
    /// What a `Serialize` of your own says as it fails may quote the value, and is not kept: `serde_json::to_string` of the
    /// same value shows it.
    #[error("{0}")]
    Encoding(String),
    /// It is not something that the API takes, for the reason given.
    #[error("is not valid: {0}")]
    Invalid(Cow<'static, str>),
}

impl BuildError {
    /// An error about `subject`, such as `"the event name"`.
    pub fn new(subject: impl Into<Cow<'static, str>>, kind: BuildErrorKind) -> Self {
        Self { subject: subject.into(), kind }
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> &BuildErrorKind {
        &self.kind
    }

    /// The argument that is wrong, such as `the event name`.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.subject, self.kind)
    }
}

impl fmt::Debug for BuildError {
    /// The sentence, because `main` shows the error that it returns this way.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BuildError").field(&format_args!("{self}")).finish()
    }
}

impl StdError for BuildError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_that_ends_a_program_is_a_sentence() {
        let build = BuildError::new("the event name", BuildErrorKind::Empty);
        assert_eq!(format!("{build:?}"), "BuildError(the event name is empty)");
    }
}
