//! How a store is opened.

use std::{path::PathBuf, time::Duration};

use crate::{StoreError, sqlite::SqliteStore};

/// How a [`SqliteStore`] is opened.
#[derive(Clone, Debug)]
pub struct Builder {
    settings: Settings,
}

#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) path: PathBuf,
    pub(super) limit: u64,
    pub(super) keep_dead: Duration,
}

impl Builder {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { settings: Settings { path, limit: 256 << 20, keep_dead: Duration::from_secs(30 * 24 * 60 * 60) } }
    }

    /// The most bytes of calls that wait, as they are stored: 256 MiB if it is not said. What fails is not counted.
    #[must_use]
    pub const fn with_bytes(mut self, bytes: u64) -> Self {
        self.settings.limit = bytes;
        self
    }

    /// How long failed and damaged calls are kept, to the hour: 30 days if it is not said.
    #[must_use]
    #[doc(alias = "ttl")]
    pub const fn with_dead_letters_kept_for(mut self, time: Duration) -> Self {
        self.settings.keep_dead = time;
        self
    }

    /// Opens the store; see [`SqliteStore::open`].
    ///
    /// # Errors
    ///
    /// As [`SqliteStore::open`].
    pub fn open(self) -> Result<SqliteStore, StoreError> {
        SqliteStore::start(self.settings)
    }
}
