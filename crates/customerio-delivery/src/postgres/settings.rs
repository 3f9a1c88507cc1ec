//! The settings of a store.

use std::time::Duration;

#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) limit: Option<u64>,
    pub(super) lease: Duration,
    pub(super) keep_dead: Duration,
    pub(super) migrates: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            limit: None,
            lease: Duration::from_secs(15),
            keep_dead: Duration::from_secs(30 * 24 * 60 * 60),
            migrates: true,
        }
    }
}
