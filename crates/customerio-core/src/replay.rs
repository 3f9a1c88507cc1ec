//! Whether a call may arrive twice.

/// Whether an operation may be done again when nobody knows if it was done.
#[doc(alias = "idempotent")]
#[doc(alias = "idempotency")]
#[doc(alias = "retry")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Replay {
    /// Doing it twice is the same as doing it once, or Customer.io recognises the second by its id.
    Safe,
    /// Doing it twice does two things, such as sending two messages: it is only repeated when it certainly did not
    /// arrive.
    OnlyIfNotSent,
}
