//! A throttle that several processes share.

use std::{
    fmt,
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use customerio_core::{Demand, Throttle, TurnSource};
use customerio_transport::SystemClock;
use tokio_postgres::{Client, Config, Error};

use super::{
    link::{Connector, Link},
    pace, schema,
};
use crate::StoreError;

/// How long PostgreSQL may take before the process goes on without it.
const TIMEOUT: Duration = Duration::from_secs(1);

/// After so long it is asked again.
const RETRY: Duration = Duration::from_millis(250);

/// A [`Throttle`] that all processes share which use the same database: together they keep to the rate limits of the
/// account, and a busy one uses what an idle one leaves.
///
/// Customer.io counts the calls of a workspace, from whatever process they come. Each replica of a service has a throttle of
/// its own, so together they exceed the limits, unless they share one:
///
/// ```no_run
/// # mod customerio { pub use customerio_core::facade::*; pub use customerio_delivery as delivery; }
/// use customerio::{Client, Track, delivery::postgres::{SharedThrottle, tokio_postgres::Config}};
///
/// # fn spawned(track: Client<Track>) { tokio::spawn(async { start(track).await.map_err(|error| error.to_string()) }); }
/// # async fn start(track: Client<Track>) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
/// let config: Config = "host=db.internal user=shop dbname=shop".parse()?;
/// let shared = SharedThrottle::builder(config).with_processes(4).connect().await?;
/// let track = track.with_throttle(shared.throttle()); // and so for the other clients of the workspace
/// assert!(shared.error().is_none());
/// # drop(track);
/// # Ok(())
/// # }
/// ```
///
/// # How it works
///
/// Each rate of the throttle has a row in the table `customerio_pace`: the next free place in one line of all processes. A
/// process whose calls wait takes places for them by one update, as many as are used within 20 milliseconds, so at the full
/// rate of 1,000 a second there are some 100 updates a second. Processes that are all busy get equal parts. A place that is
/// not used is lost, and a process takes none that no call waits for: when one is killed, the others lose what 20
/// milliseconds have. In any period, all together send no more than the rate allows. For that, half of a rate's burst is
/// given up, and a rate without a burst is a tenth slower. After a 429 to one of them, all have half the rate at once.
///
/// Only the clock of the database counts. Those of the processes may be wrong by any amount.
///
/// # What it costs
///
/// A call that finds no place taken for it waits for one round trip to the database; calls that wait anyway lose nothing by
/// it. If a round trip takes as long as a third of a second (for the App API, an eighth), the database counts as away.
///
/// # Without the database
///
/// While the database does not respond, for a second at most or at once where a connection breaks, calls wait. Then each
/// process goes on at the rate divided by [`with_processes`](SharedThrottleBuilder::with_processes), evenly spaced, so
/// that all together still keep to it. The database is tried each quarter of a second; when it is back, the processes share
/// again, without a burst. Where only some of the processes cannot reach it, all together may exceed the rate by the parts
/// of those.
///
/// # What is not shared
///
/// The rate of broadcasts (each of them has its own), the limit of requests in flight, and the retry budget are each
/// process's own.
///
/// It runs one task and has one connection, until the last client that has its throttle is dropped. It needs a tokio runtime
/// with I/O and time enabled.
#[derive(Clone)]
#[doc(alias = "rate limit")]
#[doc(alias = "rate limiter")]
#[doc(alias = "distributed rate limit")]
#[doc(alias = "account")]
pub struct SharedThrottle {
    throttle: Throttle,
    state: Arc<State>,
}

/// How a [`SharedThrottle`] is made.
#[derive(Clone)]
pub struct SharedThrottleBuilder {
    connector: Connector,
    throttle: Throttle,
    account: String,
    processes: u32,
    migrates: bool,
}

impl SharedThrottle {
    /// A throttle that is shared by all that use that database, without TLS. The tables are created if they are missing.
    #[must_use]
    pub fn builder(config: Config) -> SharedThrottleBuilder {
        SharedThrottleBuilder::of(Connector::plain(config, TIMEOUT))
    }

    /// Shares a throttle over your own connections: with TLS, or with a password that changes. `connect` is called for each
    /// connection, as that of [`PostgresStore::builder_with`](crate::postgres::PostgresStore::builder_with).
    #[must_use]
    pub fn builder_with<F, Fut, C>(connect: F) -> SharedThrottleBuilder
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(Client, C), Error>> + Send + 'static,
        C: Future<Output = Result<(), Error>> + Send + 'static,
    {
        SharedThrottleBuilder::of(Connector::new(connect, TIMEOUT))
    }

    /// The throttle, for [`Client::with_throttle`](customerio_core::Client::with_throttle) and for the clients of a
    /// [`Queue`](crate::Queue). Give it to all clients of a workspace.
    #[must_use]
    pub fn throttle(&self) -> Throttle {
        self.throttle.clone()
    }

    /// Why the rates are not shared at the moment: what the database said, or that it did not respond. `None` while they
    /// are.
    #[must_use]
    #[doc(alias = "health")]
    pub fn error(&self) -> Option<String> {
        self.state.error().clone()
    }
}

impl SharedThrottleBuilder {
    fn of(connector: Connector) -> Self {
        let (throttle, account) = (Throttle::default(), "default".to_owned());
        Self { connector, throttle, account, processes: 10, migrates: true }
    }

    /// Sets the rates, the limit of requests in flight, and the retry budget, to those of `throttle`. The default is
    /// [`Throttle::default`]. All processes should have the same rates.
    #[must_use]
    pub fn with_throttle(mut self, throttle: Throttle) -> Self {
        self.throttle = throttle;
        self
    }

    /// The account or workspace whose limits these are, by a name of your choice: `default` if it is not said. Processes
    /// share where the names are the same.
    #[must_use]
    #[doc(alias = "workspace")]
    pub fn with_account(mut self, name: impl Into<String>) -> Self {
        self.account = name.into();
        self
    }

    /// How many processes there are at most: 10 if it is not said, and 0 counts as 1. While the database does not respond,
    /// each has that part of each rate.
    #[must_use]
    #[doc(alias = "replicas")]
    #[doc(alias = "fallback")]
    pub const fn with_processes(mut self, processes: u32) -> Self {
        self.processes = processes;
        self
    }

    /// How long PostgreSQL may take to respond, or to accept a connection: 1 second if it is not said. So long calls may wait
    /// before the process goes on without it.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.connector = self.connector.with_timeout(timeout);
        self
    }

    /// Leaves the tables to you: see [`migrations`](crate::postgres::migrations). A role needs `select`, `insert` and
    /// `update` on `customerio_pace`.
    #[must_use]
    pub const fn without_migrating(mut self) -> Self {
        self.migrates = false;
        self
    }

    /// Connects, and begins to share.
    ///
    /// # Errors
    ///
    /// As [`PostgresStore::connect`](crate::postgres::PostgresStore::connect). To go on without the database, give the clients
    /// a throttle with a part of the rates then, and try again later.
    pub async fn connect(self) -> Result<SharedThrottle, StoreError> {
        drop(schema::open(&self.connector, self.migrates).await?);
        let (throttle, source) = self.throttle.shared(self.processes);
        let state = State { link: Link::new(self.connector), account: self.account, error: Mutex::default() };
        let shared = SharedThrottle { throttle, state: Arc::new(state) };
        tokio::spawn(run(source, shared.state.clone()));
        Ok(shared)
    }
}

impl fmt::Debug for SharedThrottle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedThrottle")
            .field("account", &self.state.account)
            .field("throttle", &self.throttle)
            .field("error", &*self.state.error())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for SharedThrottleBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedThrottleBuilder")
            .field("account", &self.account)
            .field("throttle", &self.throttle)
            .field("processes", &self.processes)
            .finish_non_exhaustive()
    }
}

/// What the tasks have in common.
struct State {
    link: Link,
    account: String,
    error: Mutex<Option<String>>,
}

impl State {
    fn error(&self) -> MutexGuard<'_, Option<String>> {
        self.error.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes how it went, and says so where that is news.
    fn note(&self, error: Option<String>) {
        let mut last = self.error();
        #[cfg(feature = "tracing")]
        if last.is_some() != error.is_some() {
            tell(&self.account, error.as_deref());
        }
        *last = error;
    }
}

#[cfg(feature = "tracing")]
fn tell(account: &str, error: Option<&str>) {
    if let Some(error) = error {
        tracing::warn!(target: "customerio", account, error, "the rate limit is not shared: this process keeps to its part");
    } else {
        tracing::info!(target: "customerio", account, "the rate limit is shared again");
    }
}

/// Gets what the throttle wants, until there is none any more.
async fn run(mut source: TurnSource, state: Arc<State>) {
    while let Some(demand) = source.demand(|| SystemClock.clock()).await {
        // Each quota by itself, so that none waits for another's row.
        tokio::spawn(serve(demand, state.clone()));
    }
}

/// Gets what is wanted, however long that takes.
async fn serve(mut demand: Demand, state: Arc<State>) {
    loop {
        let error = match pace::ask(&state.link, &state.account, &demand).await {
            Ok(grant) if demand.grant(grant, &SystemClock.clock()) => return state.note(None),
            Ok(grant) => format!("PostgreSQL is too slow: it took {:?}", grant.took),
            Err(error) => error.to_string(),
        };
        state.note(Some(error));
        if !demand.fall_back(&SystemClock.clock()) {
            return;
        }
        tokio::time::sleep(RETRY).await;
    }
}
