//! What can be enqueued, and why it was not.

use customerio_core::{Api as _, BuildError, Limits, Moment, Operation};

use crate::{StoreError, Stored};

/// Calls that a queue accepts: an operation, or a [`Stored`] call, which can have a destination and an expiry.
pub trait Enqueue {
    /// Encodes it, if that is still to be done, within the limits of its API.
    #[doc(hidden)]
    fn into_stored(self, now: &Moment, limits: impl FnOnce(&'static str) -> Limits) -> Result<Stored, BuildError>;
}

impl<O: Operation> Enqueue for O {
    fn into_stored(self, now: &Moment, limits: impl FnOnce(&'static str) -> Limits) -> Result<Stored, BuildError> {
        Stored::new(self, now, &limits(O::Api::NAME))
    }
}

impl Enqueue for Stored {
    fn into_stored(self, _: &Moment, _: impl FnOnce(&'static str) -> Limits) -> Result<Stored, BuildError> {
        Ok(self)
    }
}

/// Why a call was not enqueued.
///
/// It is not sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EnqueueError {
    /// The call cannot be sent: an argument is missing, too long or not valid.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// There is no room: Customer.io or the store is slower than what is enqueued. Wait with [`send`](crate::Queue::send),
    /// give the queue more room, or count it as lost.
    #[error("the queue is full: {limit} bytes wait to be stored")]
    Full {
        /// The most bytes that wait.
        limit: usize,
    },
    /// The queue was shut down.
    #[error("the queue was shut down")]
    Closed,
    /// The queue has no client for the call's API at its destination.
    #[error(
        "the queue has no client for the {api} API of the destination `{destination}`: give it one when it is built"
    )]
    NoClient {
        /// The API.
        api: &'static str,
        /// The destination.
        destination: String,
    },
    /// The store could not keep it.
    #[error(transparent)]
    Store(#[from] StoreError),
}
