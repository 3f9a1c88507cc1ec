//! How long the state may be locked at a time.

use std::time::{Duration, Instant};

/// The longest turn, but for the last thing that is done in it.
const LONGEST: Duration = Duration::from_micros(100);

/// A turn with the state, which begins when it is locked.
#[derive(Debug)]
pub(crate) struct Turn(Instant);

impl Turn {
    pub(crate) fn begin() -> Self {
        Self(Instant::now())
    }

    /// Whether it is time to let others have the state.
    pub(crate) fn is_over(&self) -> bool {
        self.0.elapsed() > LONGEST
    }
}
