//! A connection that is opened again when it breaks.

use std::{
    fmt,
    future::{Future, poll_fn},
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use futures_core::Stream as _;
use tokio::{sync::Mutex, task::JoinHandle, time::timeout};
use tokio_postgres::{
    Client, Config, Error, NoTls, Row,
    types::{ToSql, Type},
};

use crate::StoreError;

/// A parameter of a statement, and its type. With those, a statement needs one round trip and is not prepared.
pub(super) type Parameter<'a> = (&'a (dyn ToSql + Sync), Type);

type Connecting = Pin<Box<dyn Future<Output = Result<Open, Error>> + Send>>;

/// How connections are opened.
#[derive(Clone)]
pub(super) struct Connector {
    connect: Arc<dyn Fn() -> Connecting + Send + Sync>,
    timeout: Duration,
}

/// A connection, which ends with this.
pub(super) struct Open {
    pub(super) client: Client,
    driver: JoinHandle<()>,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl Connector {
    /// Without TLS.
    pub(super) fn plain(config: Config, timeout: Duration) -> Self {
        let connect = move || {
            let config = config.clone();
            async move { config.connect(NoTls).await }
        };
        Self::new(connect, timeout)
    }

    pub(super) fn new<F, Fut, C>(connect: F, timeout: Duration) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(Client, C), Error>> + Send + 'static,
        C: Future<Output = Result<(), Error>> + Send + 'static,
    {
        let connect = move || -> Connecting {
            let connecting = connect();
            Box::pin(async move {
                let (client, connection) = connecting.await?;
                // Why it ended, whoever waits for it learns.
                let driver = tokio::spawn(async move { drop(connection.await) });
                Ok(Open { client, driver })
            })
        };
        Self { connect: Arc::new(connect), timeout }
    }

    pub(super) const fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    pub(super) async fn connect(&self) -> Result<Open, StoreError> {
        within(self.timeout, async { (self.connect)().await.map_err(failed) }).await
    }
}

/// A connection that is opened when it is needed, and again when it has broken. Statements that are run at the same time
/// are sent one behind the other, without a wait for the response.
pub(super) struct Link {
    connector: Connector,
    open: Mutex<Option<Arc<Open>>>,
    /// How often it was opened.
    opened: AtomicU64,
}

impl Link {
    pub(super) fn new(connector: Connector) -> Self {
        Self { connector, open: Mutex::new(None), opened: AtomicU64::new(0) }
    }

    /// How often it was opened.
    pub(super) fn opened(&self) -> u64 {
        self.opened.load(Relaxed)
    }

    /// Runs one statement.
    pub(super) async fn query(&self, sql: &str, parameters: &[Parameter<'_>]) -> Result<Vec<Row>, StoreError> {
        let mut rows = Vec::new();
        self.for_each(sql, parameters, |row| {
            rows.push(row);
            Ok(())
        })
        .await?;
        Ok(rows)
    }

    /// Runs one statement, and takes each row when it comes, while PostgreSQL goes on with those behind it.
    pub(super) async fn for_each(
        &self,
        sql: &str,
        parameters: &[Parameter<'_>],
        mut take: impl FnMut(Row) -> Result<(), Error> + Send,
    ) -> Result<(), StoreError> {
        let mut used = None;
        // Others may be waiting for a connection too.
        let result = within(self.connector.timeout, async {
            let open: &Arc<Open> = used.insert(self.open().await?);
            let parameters = parameters.iter().map(|(value, kind)| (*value, kind.clone()));
            let mut rows = pin!(open.client.query_typed_raw(sql, parameters).await.map_err(failed)?);
            while let Some(row) = poll_fn(|context| rows.as_mut().poll_next(context)).await {
                row.and_then(&mut take).map_err(failed)?;
            }
            Ok(())
        })
        .await;
        if let (Err(error), Some(open)) = (&result, used) {
            self.discard(&open, matches!(error, StoreError::Failed(error) if error.is::<TimedOut>())).await;
        }
        result
    }

    /// Runs one statement that has one row.
    pub(super) async fn query_one(&self, sql: &str, parameters: &[Parameter<'_>]) -> Result<Row, StoreError> {
        self.query(sql, parameters).await?.pop().ok_or_else(|| StoreError::failed("the statement has no row"))
    }

    async fn open(&self) -> Result<Arc<Open>, StoreError> {
        let mut slot = self.open.lock().await;
        if let Some(open) = slot.as_ref().filter(|open| !open.client.is_closed()) {
            return Ok(open.clone());
        }
        *slot = None;
        let open = Arc::new(self.connector.connect().await?);
        self.opened.fetch_add(1, Relaxed);
        *slot = Some(open.clone());
        Ok(open)
    }

    /// Forgets a connection that is broken, or that responds no more.
    async fn discard(&self, broken: &Arc<Open>, is_silent: bool) {
        if is_silent || broken.client.is_closed() {
            let mut slot = self.open.lock().await;
            if slot.as_ref().is_some_and(|open| Arc::ptr_eq(open, broken)) {
                *slot = None;
            }
        }
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").field("opened", &self.opened()).finish_non_exhaustive()
    }
}

#[derive(Debug, thiserror::Error)]
#[error("PostgreSQL did not respond within {0:?}")]
struct TimedOut(Duration);

async fn within<T>(limit: Duration, run: impl Future<Output = Result<T, StoreError>> + Send) -> Result<T, StoreError> {
    timeout(limit, run).await.unwrap_or_else(|_| Err(StoreError::failed(TimedOut(limit))))
}

/// What PostgreSQL or its client says, without the details: those quote rows.
#[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` calls")]
pub(super) fn failed(error: Error) -> StoreError {
    let text = match error.as_db_error() {
        Some(error) => format!("PostgreSQL says: {} ({})", error.message(), error.code().code()),
        None => match std::error::Error::source(&error) {
            Some(source) => format!("{error}: {source}"),
            None => error.to_string(),
        },
    };
    StoreError::failed(text)
}
