//! Whether a call may arrive twice.

use http::Method;

/// Whether a request may be sent again when it is not known whether it arrived: whether it is idempotent.
#[doc(alias = "idempotent")]
#[doc(alias = "idempotency")]
#[doc(alias = "retry")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Replay {
    /// Idempotent: a second request has no further effect, or Customer.io recognises it by its id.
    Safe,
    /// Not idempotent: a second request has a second effect, such as a second message. It is only retried if it
    /// certainly did not arrive.
    OnlyIfNotSent,
}

impl Replay {
    /// Returns the default of a method in HTTP: all but POST, PATCH and CONNECT are idempotent.
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
