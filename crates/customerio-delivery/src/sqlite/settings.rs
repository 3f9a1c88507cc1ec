//! How a store is opened.

use std::{path::PathBuf, time::Duration};

/// How a store is opened.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) path: PathBuf,
    /// The most bytes of calls that wait.
    pub(super) limit: u64,
    /// How long failed calls are kept.
    pub(super) keep_dead: Duration,
    /// Whether it is there already, and something else keeps it in order.
    pub(super) existing_only: bool,
}
