use std::{
    sync::OnceLock,
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use customerio_core::{Moment, Timestamp};

/// The clock of the system, and random bits: what a driver passes to `customerio-core`, which reads neither.
///
/// Each [`Moment`] has the time on a monotonic clock since the first use of a `SystemClock` in this process, the time on
/// the wall clock, and 128 random bits. All values of this type are the same clock, so clients over different transports
/// can share a [`Throttle`](customerio_core::Throttle).
///
/// The random bits are fit for ids and for jitter, and not for secrets.
///
/// ```
/// use customerio_transport::SystemClock;
///
/// let (one, two) = (SystemClock.now(), SystemClock.now());
/// assert!(one.monotonic <= two.monotonic);
/// assert_ne!(one.random, two.random);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl SystemClock {
    /// Reads both clocks, and draws new random bits.
    ///
    /// A wall clock that stands before 1970 is read as 1970.
    #[must_use]
    pub fn now(self) -> Moment {
        static STARTED: OnceLock<Instant> = OnceLock::new();
        Moment {
            monotonic: STARTED.get_or_init(Instant::now).elapsed(),
            since_epoch: SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default(),
            random: fastrand::u128(..),
        }
    }
}

/// The current time in whole seconds, for an argument or a setter that takes a [`Timestamp`].
///
/// ```
/// use std::time::SystemTime;
/// use customerio_core::Timestamp;
///
/// let before = Timestamp::from(SystemTime::now());
/// assert!(customerio_transport::now() >= before);
/// ```
#[must_use]
pub fn now() -> Timestamp {
    SystemTime::now().into()
}
