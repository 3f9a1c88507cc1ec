//! The queue: it accepts operations, and delivers them in the background.

use std::{fmt, future::Future, mem, sync::Arc, time::Duration};

use customerio_core::{App, Client, Pipelines, Track};
use customerio_transport::SystemClock;
use tokio::{
    sync::{Mutex, Notify, mpsc, oneshot, watch},
    task::JoinSet,
    time::{Instant, sleep, timeout_at},
};

use crate::{
    Clients, Counts, Enqueue, EnqueueError, Event, Lane, Lease, MachineOptions, Store, StoreError, Stored, Stream,
    buffer::Buffer,
    counts::Counters,
    courier::{Courier, Observer, Order, Right},
    stored::DEFAULT,
    writer::Writer,
};

/// How often the lease is renewed.
const RENEW: Duration = Duration::from_secs(5);

/// How often the lease is requested while another process has it.
const ASK: Duration = Duration::from_secs(1);

/// Accepts operations and delivers them in the background, in order and with retries.
///
/// A clone is cheap and is the same queue.
///
/// ```
/// # mod customerio { pub use customerio_core::facade::*; pub use customerio_delivery as delivery; }
/// use std::time::Duration;
/// use customerio::{Client, Track, delivery::{MemoryStore, Queue}, track::v2::person::Event};
///
/// # fn spawned(track: Client<Track>) { tokio::spawn(async move { run(track).await.map_err(|error| error.to_string()) }); }
/// async fn run(track: Client<Track>) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
///     let queue = Queue::builder(MemoryStore::default()).with_track(track).start();
///     queue.try_send(Event::new("42", "purchase"))?; // in a request handler: it never waits
///     let report = queue.shutdown(Duration::from_secs(10)).await;
///     assert_eq!(report.left, 0);
///     Ok(())
/// }
/// ```
///
/// Operations that are sent in batches, those of `track::v2` and `pipelines`, arrive in the order in which they were
/// enqueued. Other operations, such as `track::Event` or a message, arrive in order for each person. There is no order
/// between two [lanes](Lane), nor with calls that a [`Client`] makes outside the queue: a message can leave before the
/// `Identify` that was enqueued before it, so put everything that it shows into its message data.
///
/// A queue needs a tokio runtime with time enabled, single-threaded or multi-threaded.
#[derive(Clone)]
pub struct Queue {
    shared: Arc<Shared>,
}

struct Shared {
    buffer: Arc<Buffer>,
    store: Arc<dyn Store>,
    counters: Arc<Counters>,
    clients: Clients,
    couriers: Vec<mpsc::UnboundedSender<Order>>,
    right: watch::Receiver<Right>,
    tasks: Mutex<JoinSet<()>>,
}

impl Drop for Shared {
    /// Does not wait: a durable store keeps its calls, and calls in memory are lost.
    fn drop(&mut self) {
        self.buffer.close();
    }
}

/// How many calls of a queue ended, and how, since it was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "calls may be left"]
#[non_exhaustive]
pub struct Report {
    /// Calls that Customer.io accepted.
    pub done: u64,
    /// Calls that failed for good.
    pub dead: u64,
    /// Calls that may have arrived, and are not sent again automatically.
    pub parked: u64,
    /// Calls that have not ended: in the store, or on the way to it.
    pub left: u64,
}

/// Configures and starts a [`Queue`].
pub struct QueueBuilder {
    store: Arc<dyn Store>,
    clients: Clients,
    options: MachineOptions,
    buffer: usize,
    observer: Option<Observer>,
}

impl QueueBuilder {
    /// Adds a client for the Track API.
    #[must_use]
    pub fn with_track(mut self, client: Client<Track>) -> Self {
        self.clients = self.clients.with_track(client);
        self
    }

    /// Adds a client for the Pipelines API.
    #[must_use]
    pub fn with_pipelines(mut self, client: Client<Pipelines>) -> Self {
        self.clients = self.clients.with_pipelines(client);
        self
    }

    /// Adds a client for the App API.
    #[must_use]
    pub fn with_app(mut self, client: Client<App>) -> Self {
        self.clients = self.clients.with_app(client);
        self
    }

    /// Adds the clients of another workspace: for calls [with that destination](Stored::with_destination).
    #[must_use]
    pub fn with_destination(mut self, name: impl Into<Arc<str>>, clients: Clients) -> Self {
        self.clients = self.clients.with_destination(name, clients);
        self
    }

    /// Sets the options of delivery, such as how long a batch waits to fill up.
    #[must_use]
    pub fn with_options(mut self, options: MachineOptions) -> Self {
        self.options = options;
        self
    }

    /// Sets the maximum size, in bytes, of the calls that are enqueued and not in the store yet. The default is 8 MiB.
    #[must_use]
    pub fn with_buffer(mut self, bytes: usize) -> Self {
        self.buffer = bytes;
        self
    }

    /// Calls `observer` for each call that ended and for each stream that stalls. It runs between requests, so it must
    /// not block.
    #[must_use]
    pub fn with_observer(mut self, observer: impl Fn(&Stream, &Event) + Send + Sync + 'static) -> Self {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// Starts the queue. Calls that are already in the store are delivered first.
    ///
    /// # Panics
    ///
    /// If it is called outside of a tokio runtime.
    #[must_use = "the queue stops when its last handle is dropped"]
    pub fn start(self) -> Queue {
        #[cfg(feature = "metrics")]
        crate::figures::describe();
        let Self { store, clients, options, buffer, observer } = self;
        let (buffer, counters) = (Arc::new(Buffer::new(buffer)), Arc::new(Counters::default()));
        let (granted, right) = watch::channel(Right::Unknown);
        let ended = Arc::new(Notify::new());
        let (mut tasks, mut couriers, mut appended) = (JoinSet::new(), Vec::new(), Vec::new());
        for (destination, workspace) in clients.workspaces() {
            for lane in Lane::ALL {
                let Some(limits) = workspace.limits_of(lane.api()) else { continue };
                let (order, orders) = mpsc::unbounded_channel();
                let notify = Arc::new(Notify::new());
                couriers.push(order);
                appended.push(notify.clone());
                let courier = Courier {
                    stream: Stream { destination: destination.clone(), lane },
                    options: MachineOptions { limits, ..options },
                    store: store.clone(),
                    clients: workspace.clone(),
                    counters: counters.clone(),
                    observer: observer.clone(),
                    right: right.clone(),
                    orders,
                    appended: notify,
                    ended: ended.clone(),
                };
                tasks.spawn(courier.run());
            }
        }
        let writer = Writer {
            buffer: buffer.clone(),
            store: store.clone(),
            counters: counters.clone(),
            appended: Arc::new(move || appended.iter().for_each(|notify| notify.notify_one())),
            ended,
        };
        // Outlives the queue's handles until everything enqueued is in the store.
        tokio::spawn(writer.run());
        tasks.spawn(keep_lease(store.clone(), granted, counters.clone()));
        let shared = Shared { buffer, store, counters, clients, couriers, right, tasks: Mutex::new(tasks) };
        Queue { shared: Arc::new(shared) }
    }
}

/// Acquires the lease, and renews it.
async fn keep_lease(store: Arc<dyn Store>, right: watch::Sender<Right>, counters: Arc<Counters>) {
    let mut held = None;
    loop {
        let wait = match store.lease(held).await {
            Ok(Some(Lease { epoch, left })) => {
                held = Some(epoch);
                let until = SystemClock.clock().monotonic.saturating_add(left);
                right.send_replace(Right::Own { epoch, until });
                #[cfg(feature = "metrics")]
                show(&*store).await;
                RENEW.min(left / 3)
            }
            Ok(None) => {
                right.send_if_modified(|right| !matches!(mem::replace(right, Right::Another), Right::Another));
                #[cfg(feature = "metrics")]
                crate::figures::sends(false);
                // Whoever took it may have released it since.
                if held.take().is_some() { Duration::ZERO } else { ASK }
            }
            // The lease stays valid until it expires.
            Err(_) => {
                counters.store_failed();
                ASK
            }
        };
        sleep(wait).await;
    }
}

/// Publishes the metrics of the store, in the process that sends only, so that they are counted once.
#[cfg(feature = "metrics")]
async fn show(store: &dyn Store) {
    crate::figures::sends(true);
    if let Ok(statistics) = store.statistics().await {
        crate::figures::show(&statistics, SystemClock.clock().timestamp());
    }
}

impl Queue {
    /// Creates a queue over a store, without clients yet.
    pub fn builder(store: impl Store) -> QueueBuilder {
        Self::builder_shared(Arc::new(store))
    }

    /// Like [`builder`](Self::builder), over a store that other code shares, such as a page that shows its dead
    /// letters. Start one queue over a store: a second one takes the lease from the first.
    #[must_use]
    pub fn builder_shared(store: Arc<dyn Store>) -> QueueBuilder {
        QueueBuilder {
            store,
            clients: Clients::new(),
            options: MachineOptions::default(),
            buffer: 8 << 20,
            observer: None,
        }
    }

    /// Enqueues a call without waiting. It reaches the store a moment later; until then it is lost if the process ends.
    ///
    /// # Errors
    ///
    /// [`EnqueueError::Full`] if there is no room, and the other errors as documented there.
    pub fn try_send(&self, call: impl Enqueue) -> Result<(), EnqueueError> {
        let result = self.encode(call).and_then(|call| self.shared.buffer.try_push(call));
        match &result {
            Ok(()) => self.shared.counters.enqueued(),
            Err(EnqueueError::Full { .. }) => self.shared.counters.full(),
            Err(_) => {}
        }
        result
    }

    /// Enqueues a call, waiting for room if there is none, and returns when it is in the store: durably, if the store
    /// is durable. The call is encoded at once. If the future is dropped, the call may be enqueued all the same.
    ///
    /// # Errors
    ///
    /// [`EnqueueError::Store`] if the store failed: the call was not kept.
    pub fn send(&self, call: impl Enqueue) -> impl Future<Output = Result<(), EnqueueError>> + Send + 'static {
        let (call, queue) = (self.encode(call), self.clone());
        async move {
            queue.shared.buffer.push_durably(call?).await?;
            queue.shared.counters.enqueued();
            Ok(())
        }
    }

    /// Encodes an operation as the queue stores it, so that you can set its destination or expiry before you enqueue
    /// it.
    ///
    /// # Errors
    ///
    /// Fails if an argument cannot be sent, or if the queue has no client for the operation's API.
    pub fn encode(&self, call: impl Enqueue) -> Result<Stored, EnqueueError> {
        // An operation goes to the default destination. Another one is chosen after encoding.
        let limits = |api| {
            let clients = &self.shared.clients;
            let workspace = clients.of(DEFAULT).or_else(|| clients.workspaces().map(|(_, workspace)| workspace).next());
            workspace.and_then(|workspace| workspace.limits_of(api)).unwrap_or_default()
        };
        let call = call.into_stored(&SystemClock.now(), limits)?;
        let Stream { destination, lane } = call.stream();
        if self.shared.clients.of(&destination).and_then(|workspace| workspace.limits_of(lane.api())).is_some() {
            return Ok(call);
        }
        Err(EnqueueError::NoClient { api: lane.api(), destination: destination.to_string() })
    }

    /// Sends everything enqueued, without waiting for batches to fill up, and returns when all of it has ended or
    /// `within` is over. That includes what your transactions and earlier processes left in the store, where this process
    /// has the right to send. Calls that are enqueued meanwhile are accepted, and not waited for.
    ///
    /// After a 429 the service may ask to wait for a minute, so a shorter time may leave calls in the queue.
    pub async fn flush(&self, within: Duration) -> Report {
        self.flush_until(Instant::now() + within).await;
        self.report().await
    }

    /// The number of the last call in the store, whoever appended it, where this process sends. Calls that another process
    /// sends are not waited for.
    async fn last_of_all(&self) -> u64 {
        let mut right = self.shared.right.clone();
        // It is not known at the start. Once the queue has stopped, it stays as it was.
        let right = right.wait_for(|right| !matches!(right, Right::Unknown)).await;
        if !right.is_ok_and(|right| matches!(*right, Right::Own { .. })) {
            return 0;
        }
        // Where the store fails, the calls of this queue are waited for.
        self.shared.store.statistics().await.map_or(0, |statistics| statistics.last)
    }

    async fn flush_until(&self, deadline: Instant) {
        let all = async {
            let Some(last) = self.shared.buffer.barrier().await else { return };
            let last = last.max(self.last_of_all().await);
            let flush = |courier: &mpsc::UnboundedSender<Order>| {
                let (flushed, is_flushed) = oneshot::channel();
                courier.send(Order::Flush(last, flushed)).ok().map(|()| is_flushed)
            };
            for is_flushed in self.shared.couriers.iter().filter_map(flush).collect::<Vec<_>>() {
                // A sender that has stopped delivers nothing more.
                let _ = is_flushed.await;
            }
        };
        let _ = timeout_at(deadline, all).await;
    }

    /// Stops the queue: accepts no more calls, and sends what it can `within` that time. With a durable store, the next
    /// queue over it sends the rest.
    ///
    /// The last quarter of the time is for the responses to requests in flight: no new request is sent then.
    pub async fn shutdown(&self, within: Duration) -> Report {
        let begun = Instant::now();
        self.shared.buffer.close();
        self.flush_until(begun + within * 3 / 4).await;
        for courier in &self.shared.couriers {
            // It may have ended before.
            let _ = courier.send(Order::Stop);
        }
        let mut tasks = self.shared.tasks.lock().await;
        // Whichever is left keeps the lease.
        let stopped = async {
            while tasks.len() > 1 {
                let _ = tasks.join_next().await;
            }
        };
        let _ = timeout_at(begun + within, stopped).await;
        tasks.shutdown().await;
        let right = *self.shared.right.borrow();
        if let Right::Own { epoch, .. } = right {
            // The lease expires by itself if the store fails.
            let _ = self.shared.store.release(epoch).await;
        }
        self.report().await
    }

    async fn report(&self) -> Report {
        let Counts { done, dead, parked, .. } = self.counts();
        let waiting = self.shared.store.statistics().await.map_or(0, |statistics| statistics.waiting);
        Report { done, dead, parked, left: waiting + self.shared.buffer.len() as u64 }
    }

    /// Returns what the queue has counted since it was started.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.shared.counters.read()
    }

    /// Reads the statistics of the store: how many calls wait and since when, for a readiness probe, and how many
    /// failed.
    ///
    /// # Errors
    ///
    /// Fails if the store cannot be read.
    pub async fn statistics(&self) -> Result<crate::Statistics, StoreError> {
        self.shared.store.statistics().await
    }
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue").field("store", &self.shared.store).field("counts", &self.counts()).finish()
    }
}

impl fmt::Debug for QueueBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueueBuilder")
            .field("store", &self.store)
            .field("clients", &self.clients)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
