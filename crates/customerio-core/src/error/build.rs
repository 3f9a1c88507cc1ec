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

/// The kind of error of an argument.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildErrorKind {
    /// No characters or no entries.
    #[error("is empty")]
    Empty,
    /// No visible characters: only whitespace of any kind, control characters, and invisible ones such as a byte order
    /// mark or a zero width space.
    #[error("has only whitespace or invisible characters")]
    Blank,
    /// A `.` or `..`, which HTTP clients remove from a URL even when they are encoded: the call would reach another
    /// endpoint.
    #[error("is `.` or `..`, which cannot be part of a URL path")]
    DotSegment,
    /// More bytes than the API accepts.
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
    /// Bytes that are not UTF-8.
    #[error("is not UTF-8 from byte {position} on")]
    NotUtf8 {
        /// Where it stops being UTF-8, counted in bytes from 0.
        position: usize,
    },
    /// A character that cannot be sent.
    #[error("has a character at byte {position} that cannot be sent: leave it out")]
    Character {
        /// Where the character begins, counted in bytes from 0.
        position: usize,
    },
    /// A required argument that is missing.
    #[error("is missing")]
    Missing,
    /// A setting that is missing: what to set, and where.
    #[error("is not set: set {0}")]
    NotSet(&'static str),
    /// An argument that was given twice.
    #[error("is given twice")]
    Duplicate,
    /// A value that was set both by a setter and in the attributes or the data: which one applies would be undefined.
    #[error("is set both by a setter and in the attributes")]
    SetTwice,
    /// A value that cannot be encoded as the JSON that the API needs. The text completes the sentence.
    ///
    /// The error of a custom `Serialize` may quote the value, so it is not kept: `serde_json::to_string` of the same
    /// value shows it.
    #[error("{0}")]
    Encoding(String),
    /// A value that is not valid, for the given reason.
    #[error("is not valid: {0}")]
    Invalid(Cow<'static, str>),
}

impl BuildError {
    /// Creates an error about `subject`, such as `"the event name"`.
    pub fn new(subject: impl Into<Cow<'static, str>>, kind: BuildErrorKind) -> Self {
        Self { subject: subject.into(), kind }
    }

    /// Returns the kind of error.
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
