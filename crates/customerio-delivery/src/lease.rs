//! The right to send.

use std::time::Duration;

/// The right to send what a [`Store`](crate::Store) keeps, for a while.
///
/// One sender has it at a time, and renews it before it runs out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lease {
    /// Which lease it is.
    pub epoch: Epoch,
    /// How long it lasts from now on.
    pub left: Duration,
}

impl Lease {
    /// A lease that lasts for that time.
    #[must_use]
    pub const fn new(epoch: Epoch, left: Duration) -> Self {
        Self { epoch, left }
    }
}

/// The number of a [`Lease`], which serves as its fencing token: what is written under a lease that is over is refused.
///
/// It rises each time that the lease is taken, and stays when it is renewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(pub u64);
