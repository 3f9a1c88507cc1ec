//! How a store is opened.

use std::{fmt, future::Future, time::Duration};

use tokio_postgres::{Client, Config, Error};

use super::{link::Connector, settings::Settings, store::PostgresStore};
use crate::StoreError;

const TIMEOUT: Duration = Duration::from_secs(10);

/// How a [`PostgresStore`] is opened.
#[derive(Clone)]
pub struct Builder {
    connector: Connector,
    settings: Settings,
}

impl PostgresStore {
    /// Opens the store in that database, without TLS, and creates its tables if they are missing.
    ///
    /// # Errors
    ///
    /// Where the database cannot be used: it does not respond, is older than version 15 or not in UTF-8, or a newer version
    /// of this crate made the tables.
    pub async fn connect(config: Config) -> Result<Self, StoreError> {
        Self::builder(config).connect().await
    }

    /// Opens it otherwise than [`connect`](Self::connect) does.
    #[must_use]
    pub fn builder(config: Config) -> Builder {
        Builder::new(config)
    }

    /// Opens it with your connections: with TLS, or with a password that changes. `connect` is called for each connection,
    /// and returns what [`Config::connect`] does.
    ///
    /// ```no_run
    /// # use customerio_delivery::postgres::{PostgresStore, tokio_postgres::{Config, NoTls}};
    /// # fn spawned(config: Config, tls: NoTls) {
    /// let builder = PostgresStore::builder_with(move || {
    ///     let (config, tls) = (config.clone(), tls.clone());
    ///     async move { config.connect(tls).await }
    /// });
    /// # tokio::spawn(async move { builder.connect().await.is_ok() });
    /// # }
    /// ```
    #[must_use]
    pub fn builder_with<F, Fut, C>(connect: F) -> Builder
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(Client, C), Error>> + Send + 'static,
        C: Future<Output = Result<(), Error>> + Send + 'static,
    {
        Builder::with_connector(connect)
    }
}

impl Builder {
    fn new(config: Config) -> Self {
        Self { connector: Connector::plain(config, TIMEOUT), settings: Settings::default() }
    }

    fn with_connector<F, Fut, C>(connect: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(Client, C), Error>> + Send + 'static,
        C: Future<Output = Result<(), Error>> + Send + 'static,
    {
        Self { connector: Connector::new(connect, TIMEOUT), settings: Settings::default() }
    }

    /// The most bytes of calls that wait, as they are stored: no limit if it is not said. It holds for what is
    /// [appended](crate::Store::append), by a queue among others, and not for what the application enqueues in its
    /// transactions, though that is counted. To count takes a read of the table, at most each 10 seconds unless it is full;
    /// stores that append at the same time may go over it by what they append meanwhile.
    #[must_use]
    pub const fn with_bytes(mut self, bytes: u64) -> Self {
        self.settings.limit = Some(bytes);
        self
    }

    /// How long the right to send lasts, to the millisecond: 15 seconds if it is not said. When a sender ends without
    /// giving it back, another takes over after that time. It is renewed three times within it, and a
    /// [`Machine`](crate::Machine) sends nothing in its last 2 seconds.
    #[must_use]
    pub const fn with_lease(mut self, lease: Duration) -> Self {
        self.settings.lease = lease;
        self
    }

    /// How long failed calls are kept, to the hour: 30 days if it is not said. The one that sends deletes them.
    #[must_use]
    #[doc(alias = "ttl")]
    pub const fn with_dead_letters_kept_for(mut self, time: Duration) -> Self {
        self.settings.keep_dead = time;
        self
    }

    /// How long PostgreSQL may take to respond, or to accept a connection: 10 seconds if it is not said. Then the
    /// connection is given up, and the call has failed.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.connector = self.connector.with_timeout(timeout);
        self
    }

    /// Leaves the tables to you: see [`migrations`](crate::postgres::migrations).
    #[must_use]
    pub const fn without_migrating(mut self) -> Self {
        self.settings.migrates = false;
        self
    }

    /// Opens the store; see [`PostgresStore::connect`].
    ///
    /// # Errors
    ///
    /// As [`PostgresStore::connect`].
    pub async fn connect(self) -> Result<PostgresStore, StoreError> {
        PostgresStore::start(self.connector, self.settings).await
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("settings", &self.settings).finish_non_exhaustive()
    }
}
