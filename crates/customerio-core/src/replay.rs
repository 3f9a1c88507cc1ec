//! Whether a call may arrive twice.

use http::Method;

/// Whether a request may be sent again when it is not known whether it arrived: whether it is idempotent.
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

impl Replay {
    /// What HTTP says of a method: all but POST, PATCH and CONNECT are idempotent.
    #[must_use]
    pub const fn of(method: Method) -> Self {
        let replay = match method {
            Method::GET | Method::PUT | Method::DELETE | Method::HEAD | Method::OPTIONS | Method::TRACE => Self::Safe,
            _ => Self::OnlyIfNotSent,
        };
        // Its destructor cannot run where constants are made, and frees nothing of a method that HTTP has.
        std::mem::forget(method);
        replay
    }
}
