//! The result of one check.

/// What a check found. The error is the sentence that the report shows.
pub(crate) type Outcome<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;
