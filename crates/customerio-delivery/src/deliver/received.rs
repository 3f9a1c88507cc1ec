//! A call that a broker has handed out.

use customerio_core::Replay;

use crate::{Record, Stored, StoredError};

/// A call that a broker has handed out, for [`deliver`](crate::deliver()).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Received {
    /// The call, or why it cannot be read.
    pub call: Result<Stored, StoredError>,
    /// Whether the broker has handed it out before, and may not know how that ended. A call that must not arrive twice is
    /// not sent then.
    pub is_redelivered: bool,
}

impl Received {
    /// A call that has not been handed out before.
    #[must_use]
    pub const fn new(call: Stored) -> Self {
        Self { call: Ok(call), is_redelivered: false }
    }

    /// The call of a message: what [`Stored::to_bytes`] wrote. What cannot be read fails when it is delivered, so that it
    /// holds up nothing.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self { call: Stored::from_bytes(bytes), is_redelivered: false }
    }

    /// The call with whether it has been handed out before. JetStream, Redis Streams and SQS count deliveries. Kafka does not:
    /// keep there what may arrive twice, and in a [`Queue`](crate::Queue) what must not.
    #[must_use]
    pub fn redelivered(mut self, is_redelivered: bool) -> Self {
        self.is_redelivered = is_redelivered;
        self
    }

    /// The call with its number, marked if it may have been sent and must not arrive twice.
    pub(super) fn into_record(self, number: u64) -> Record {
        let is_once = self.call.as_ref().is_ok_and(|call| call.replay() == Replay::OnlyIfNotSent);
        Record::new(number, self.is_redelivered && is_once, self.call)
    }
}

impl From<Stored> for Received {
    fn from(call: Stored) -> Self {
        Self::new(call)
    }
}
