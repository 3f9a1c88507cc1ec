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
/// The random bits come from the system each time: the process keeps nothing of them. After a `fork()`, or after a
/// snapshot of a virtual machine, the copies draw different bits, so their events get different ids. That costs a
/// system call, 0.4 microseconds or less.
///
/// ```
/// # mod customerio { pub mod transport { pub use customerio_transport::SystemClock; } }
/// use customerio::transport::SystemClock;
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
    /// A wall clock before 1970 is read as 1970.
    ///
    /// # Panics
    ///
    /// Panics if the system provides no random bits, such as in a sandbox that allows neither the system call
    /// `getrandom` nor `/dev/urandom`. Other bits could make the same id twice, and Customer.io would silently drop the
    /// second event.
    ///
    /// On `wasm32-unknown-unknown`, where `std` has no clock: there the host provides the time and the bits.
    #[must_use]
    pub fn now(self) -> Moment {
        let clock = self.clock();
        Moment { random: random(), ..clock }
    }

    /// Reads both clocks, without random bits: for [`Transport::clock`](customerio_core::Transport::clock).
    #[must_use]
    pub fn clock(self) -> Moment {
        static STARTED: OnceLock<Instant> = OnceLock::new();
        Moment {
            monotonic: STARTED.get_or_init(Instant::now).elapsed(),
            since_epoch: SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default(),
            random: 0,
        }
    }
}

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
fn random() -> u128 {
    let mut bits = [0; 16];
    if let Err(error) = getrandom::fill(&mut bits) {
        panic!("the system gives no random bits, which ids of events need: {error}");
    }
    u128::from_ne_bytes(bits)
}

#[cfg(all(target_family = "wasm", target_os = "unknown"))]
fn random() -> u128 {
    unreachable!("the clock has panicked")
}

/// Returns the current time in whole seconds, for an argument or a setter that takes a [`Timestamp`].
///
/// ```
/// use std::time::SystemTime;
/// # mod customerio { pub use customerio_core::Timestamp; pub use customerio_transport::now; }
/// use customerio::Timestamp;
///
/// let before = Timestamp::from(SystemTime::now());
/// assert!(customerio::now() >= before);
/// ```
#[must_use]
pub fn now() -> Timestamp {
    SystemTime::now().into()
}
