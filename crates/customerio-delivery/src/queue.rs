//! Takes operations, and delivers them in the background.

use std::{fmt, future::Future, sync::Arc, time::Duration};

use customerio_core::{App, Client, Pipelines, Track};
use customerio_transport::SystemClock;
use tokio::{
    sync::{Mutex, Notify, mpsc, oneshot, watch},
    task::JoinSet,
    time::{Instant, sleep, timeout_at},
};

use crate::{
    Clients, Counts, Enqueue, EnqueueError, Event, Lane, MachineOptions, Store, StoreError, Stored, Stream,
    buffer::Buffer,
    counts::Counters,
    courier::{Courier, Lease, Observer, Order},
    stored::DEFAULT,
    writer::Writer,
};

/// How often the right to send is renewed.
const RENEW: Duration = Duration::from_secs(5);

/// How often it is asked for while another process has it.
const ASK: Duration = Duration::from_secs(1);

/// Takes operations, and delivers them in the background, in order and with retries. Clones are the same queue.
///
/// ```
/// use std::time::Duration;
/// use customerio_core::{Client, Track, track::v2::person::Event};
/// use customerio_delivery::{MemoryStore, Queue};
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
/// An operation that goes in batches, those of `track::v2` and of `pipelines`, arrives in the order in which it was
/// enqueued. A single one, such as `track::Event` or a message, arrives in order for each person. Calls of different kinds,
/// and calls that a [`Client`] makes beside the queue, have no order between them.
///
/// It needs a tokio runtime with time enabled, of either kind, and has none of its own.
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
    tasks: Mutex<JoinSet<()>>,
}

impl Drop for Shared {
    /// It does not wait: a store that is durable has what it has, and what waits in memory is gone.
    fn drop(&mut self) {
        self.buffer.close();
    }
}

/// What came of the calls of a queue, since it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "calls may be left"]
#[non_exhaustive]
pub struct Report {
    /// Accepted by Customer.io.
    pub done: u64,
    /// Failed for good.
    pub dead: u64,
    /// Parked: they may have arrived, and are not sent again by themselves.
    pub parked: u64,
    /// Not ended: in the store, or on the way there.
    pub left: u64,
}

/// The settings of a [`Queue`].
pub struct QueueBuilder {
    store: Arc<dyn Store>,
    clients: Clients,
    options: MachineOptions,
    buffer: usize,
    observer: Option<Observer>,
}

impl QueueBuilder {
    /// The queue with a client for the Track API.
    #[must_use]
    pub fn with_track(mut self, client: Client<Track>) -> Self {
        self.clients = self.clients.with_track(client);
        self
    }

    /// The queue with a client for the Pipelines API.
    #[must_use]
    pub fn with_pipelines(mut self, client: Client<Pipelines>) -> Self {
        self.clients = self.clients.with_pipelines(client);
        self
    }

    /// The queue with a client for the App API.
    #[must_use]
    pub fn with_app(mut self, client: Client<App>) -> Self {
        self.clients = self.clients.with_app(client);
        self
    }

    /// The queue with the clients of another workspace: for calls [with that destination](Stored::with_destination).
    #[must_use]
    pub fn with_destination(mut self, name: impl Into<Arc<str>>, clients: Clients) -> Self {
        self.clients = self.clients.with_destination(name, clients);
        self
    }

    /// The queue with other options of its machines, such as how long a batch waits to get full.
    #[must_use]
    pub fn with_options(mut self, options: MachineOptions) -> Self {
        self.options = options;
        self
    }

    /// The queue with another bound of what is enqueued and not in the store yet, in bytes. Default: 8 MiB.
    #[must_use]
    pub fn with_buffer(mut self, bytes: usize) -> Self {
        self.buffer = bytes;
        self
    }

    /// The queue with somebody who is told of each call that ended, and of each stream that stands still. It is called
    /// between requests, so it must not block.
    #[must_use]
    pub fn with_observer(mut self, observer: impl Fn(&Stream, &Event) + Send + Sync + 'static) -> Self {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// Starts it: what is in the store already is delivered first.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    #[must_use = "the queue stops when its last handle is dropped"]
    pub fn start(self) -> Queue {
        #[cfg(feature = "metrics")]
        crate::figures::describe();
        let Self { store, clients, options, buffer, observer } = self;
        let (buffer, counters) = (Arc::new(Buffer::new(buffer)), Arc::new(Counters::default()));
        let (has_lease, lease) = watch::channel(None);
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
                    lease: lease.clone(),
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
        // It outlives the queue's handles until what was enqueued is in the store.
        tokio::spawn(writer.run());
        tasks.spawn(keep_lease(store.clone(), has_lease, counters.clone()));
        let shared = Shared { buffer, store, counters, clients, couriers, tasks: Mutex::new(tasks) };
        Queue { shared: Arc::new(shared) }
    }
}

/// Takes the right to send, and renews it.
async fn keep_lease(store: Arc<dyn Store>, lease: watch::Sender<Lease>, counters: Arc<Counters>) {
    loop {
        let wait = match store.lease().await {
            Ok(Some(left)) => {
                let until = SystemClock.clock().monotonic.saturating_add(left);
                lease.send_replace(Some(until));
                #[cfg(feature = "metrics")]
                show(&*store).await;
                RENEW.min(left / 3)
            }
            Ok(None) => {
                lease.send_if_modified(|lease| lease.take().is_some());
                #[cfg(feature = "metrics")]
                crate::figures::sends(false);
                ASK
            }
            // What there is of it lasts until it runs out.
            Err(_) => {
                counters.store_failed();
                ASK
            }
        };
        sleep(wait).await;
    }
}

/// Shows what is in the store. The process that sends does it, so that it is shown once.
#[cfg(feature = "metrics")]
async fn show(store: &dyn Store) {
    crate::figures::sends(true);
    if let Ok(statistics) = store.statistics().await {
        crate::figures::show(&statistics, SystemClock.clock().timestamp());
    }
}

impl Queue {
    /// A queue over a store, without clients yet.
    pub fn builder(store: impl Store) -> QueueBuilder {
        Self::builder_shared(Arc::new(store))
    }

    /// [`builder`](Self::builder) over a store that something else has too, such as a page that shows its dead letters.
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

    /// Enqueues a call, and never waits. It is in the store a moment later: until then it is lost with the process.
    ///
    /// # Errors
    ///
    /// [`EnqueueError::Full`] where there is no room, and the others as they say.
    pub fn try_send(&self, call: impl Enqueue) -> Result<(), EnqueueError> {
        let result = self.encode(call).and_then(|call| self.shared.buffer.try_push(call));
        match &result {
            Ok(()) => self.shared.counters.enqueued(),
            Err(EnqueueError::Full { .. }) => self.shared.counters.full(),
            Err(_) => {}
        }
        result
    }

    /// Enqueues a call, waits for room if there is none, and returns when the store has it: durably, if the store is
    /// durable. The call is encoded at once. Whoever gives up the wait may have enqueued it all the same.
    ///
    /// # Errors
    ///
    /// [`EnqueueError::Store`] where the store failed: then the call is not kept.
    pub fn send(&self, call: impl Enqueue) -> impl Future<Output = Result<(), EnqueueError>> + Send + 'static {
        let (call, queue) = (self.encode(call), self.clone());
        async move {
            queue.shared.buffer.push_durably(call?).await?;
            queue.shared.counters.enqueued();
            Ok(())
        }
    }

    /// Encodes an operation as the queue keeps it: to give it a destination or an expiry before it is enqueued.
    ///
    /// # Errors
    ///
    /// Where an argument cannot be sent, or the queue has no client for it.
    pub fn encode(&self, call: impl Enqueue) -> Result<Stored, EnqueueError> {
        // What is enqueued as an operation goes to the default destination; another is chosen for what was encoded.
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

    /// Sends what was enqueued, without waiting for batches to get full, and returns when all of it has ended, or `within`
    /// is over. Calls that are enqueued meanwhile are taken, and not waited for.
    ///
    /// A 429 can ask for a minute: a shorter time may leave calls, which stay in the queue.
    pub async fn flush(&self, within: Duration) -> Report {
        self.flush_until(Instant::now() + within).await;
        self.report().await
    }

    async fn flush_until(&self, deadline: Instant) {
        let all = async {
            let Some(last) = self.shared.buffer.barrier().await else { return };
            let flush = |courier: &mpsc::UnboundedSender<Order>| {
                let (flushed, is_flushed) = oneshot::channel();
                courier.send(Order::Flush(last, flushed)).ok().map(|()| is_flushed)
            };
            for is_flushed in self.shared.couriers.iter().filter_map(flush).collect::<Vec<_>>() {
                // One that has stopped delivers nothing any more.
                let _ = is_flushed.await;
            }
        };
        let _ = timeout_at(deadline, all).await;
    }

    /// Takes no more calls, sends what it can `within` that time, and stops. With a durable store, what is left is sent by
    /// the next queue over it.
    ///
    /// The last quarter of the time is for responses to what is under way: nothing new is sent then.
    pub async fn shutdown(&self, within: Duration) -> Report {
        let begun = Instant::now();
        self.shared.buffer.close();
        self.flush_until(begun + within * 3 / 4).await;
        for courier in &self.shared.couriers {
            // It may have ended before.
            let _ = courier.send(Order::Stop);
        }
        let mut tasks = self.shared.tasks.lock().await;
        // The one that is left keeps the lease.
        let stopped = async {
            while tasks.len() > 1 {
                let _ = tasks.join_next().await;
            }
        };
        let _ = timeout_at(begun + within, stopped).await;
        tasks.shutdown().await;
        // It runs out by itself where the store fails.
        let _ = self.shared.store.release().await;
        self.report().await
    }

    async fn report(&self) -> Report {
        let Counts { done, dead, parked, .. } = self.counts();
        let waiting = self.shared.store.statistics().await.map_or(0, |statistics| statistics.waiting);
        Report { done, dead, parked, left: waiting + self.shared.buffer.len() as u64 }
    }

    /// What it has counted since it began.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.shared.counters.read()
    }

    /// What is in its store: how much waits and since when, for a probe of readiness, and what failed.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
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
