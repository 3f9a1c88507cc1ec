//! The next action of a driver.

use std::{fmt, time::Duration};

use bytes::Bytes;
use http::Request;

use crate::{Attempt, Error};

/// The next action of the driver of an [`Exchange`](crate::Exchange).
pub enum Step<T> {
    /// Send the request, within [`Attempt::timeout`], and [`receive`](crate::Exchange::receive) the result.
    Send(Request<Bytes>),
    /// Wait this long, or until [`poll_turn`](crate::Exchange::poll_turn) is ready, and take the next step.
    Wait(Duration),
    /// Stop: the call has ended.
    Done(Result<T, Error>),
}

impl<T> fmt::Debug for Step<T> {
    /// Requests and responses contain personal data, and debug output ends up in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Send(request) => {
                let attempt = Attempt::of(request);
                f.debug_tuple("Send").field(&attempt).finish()
            }
            Self::Wait(duration) => f.debug_tuple("Wait").field(duration).finish(),
            Self::Done(result) => f.debug_tuple("Done").field(&result.as_ref().map(|_| ())).finish(),
        }
    }
}
