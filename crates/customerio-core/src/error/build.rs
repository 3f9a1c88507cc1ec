//! Arguments that cannot be sent.

use std::{borrow::Cow, error::Error as StdError, fmt};

/// Why a request could not be built.
///
/// Nothing was sent.
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
    #[error("is `.` or `..`, which cannot be part of a URL path")]
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
    #[error("has {count} entries, expected {least} to {most}")]
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
    /// It has a character that cannot be sent.
    #[error("has a character at byte {position} that cannot be sent: leave it out")]
    Character {
        /// Where the character begins, counted in bytes from 0.
        position: usize,
    },
    /// It is required.
    #[error("is missing")]
    Missing,
    /// It is not configured: what to set, and where.
    #[error("is not set: set {0}")]
    NotSet(&'static str),
    /// It is given twice.
    #[error("is given twice")]
    Duplicate,
    /// It is set both by a setter and in the attributes or the data: which of the two counts would be up to the reader.
    #[error("is set both by a setter and in the attributes")]
    SetTwice,
    /// It cannot be encoded as the JSON that the API needs. The text completes the sentence.
    ///
    /// The error of a custom `Serialize` may quote the value, so it is not kept: `serde_json::to_string` of the same
    /// value shows it.
    #[error("{0}")]
    Encoding(String),
    /// It is not valid, for the reason given.
    #[error("is not valid: {0}")]
    Invalid(Cow<'static, str>),
}

impl BuildError {
    /// Creates an error about `subject`, such as `"the event name"`.
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
    /// Shows the message, because a `main` that returns an error prints it with `Debug`.
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
