//! Operations pushed one by one, from any number of tasks, and sent in batches.

use std::{
    fmt,
    future::poll_fn,
    mem,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use super::{Batch, BatchEvent, BatchOptions, FailedItem, IntoItem, Summary, engine::Engine};
use crate::{Client, MaybeSend, Pipelines, PipelinesBatch, Track, TrackBatch};

impl Client<Track> {
    /// Takes operations of [`track::v2`](crate::track::v2) one by one, and sends them in batches: see [`BatchSender`].
    pub fn batch<T: MaybeSend + 'static>(&self, options: BatchOptions) -> BatchSender<TrackBatch, T> {
        BatchSender::new(self.clone(), options)
    }
}

impl Client<Pipelines> {
    /// Takes operations of [`pipelines`](crate::pipelines) one by one, and sends them in batches: see [`BatchSender`].
    pub fn batch<T: MaybeSend + 'static>(&self, options: BatchOptions) -> BatchSender<PipelinesBatch, T> {
        BatchSender::new(self.clone(), options)
    }
}

/// Takes operations one by one, packs them by their exact size, and sends the batches.
///
/// Each has your own tag, by which [`finish`](Self::finish) reports the items that were not accepted. A clone
/// pushes to the same batches, so several tasks can share one. A push waits while the [maximum
/// number](BatchOptions::with_concurrency) of batches is in flight: only those and the one being packed are in memory.
/// A batch that is not full is sent after the [linger](BatchOptions::with_linger). A batch that the server rejects as a
/// whole is sent in parts to find the items at fault, within the bounds of [`Client::send_all`].
///
/// With a transport that has a runtime ([`Transport::spawn`](crate::Transport::spawn)), batches are sent in the
/// background, even after all handles are dropped; a request in flight belongs to the runtime on which it began.
/// Without one, they are sent while somebody pushes, flushes or finishes.
///
/// ```
/// # use customerio_core::facade as customerio;
/// # use customerio::{Client, Track, batch::BatchOptions, track::v2::person::{Event, Identify}};
/// async fn import(track: &Client<Track>, rows: Vec<(u64, String)>) -> u64 {
///     let batch = track.batch(BatchOptions::default());
///     for (line, id) in rows {
///         batch.push(line, Identify::new(&id)).await;
///         batch.push(line, Event::new(id, "imported")).await;
///     }
///     let report = batch.finish().await;
///     for failed in &report.failed {
///         eprintln!("line {}: {}", failed.tag, failed.error);
///     }
///     report.summary.accepted
/// }
/// # mod canned { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/canned.rs")); }
/// # let track = canned::track(|_| (200, "{}"));
/// # let accepted = canned::run(async move { import(&track, vec![(1, "42".to_owned())]).await });
/// # assert_eq!(accepted, 2);
/// ```
#[must_use = "finish it to know what was accepted"]
pub struct BatchSender<B: Batch, T> {
    shared: Arc<Shared<B, T>>,
}

/// The result of a [`BatchSender`].
#[must_use = "items may have been rejected, refused or not delivered"]
#[non_exhaustive]
pub struct BatchReport<T> {
    /// Counts of the items by their result.
    pub summary: Summary,
    /// The items that were not accepted, each with its tag and the reason. Empty where
    /// [`on_event`](BatchSender::on_event) takes them.
    pub failed: Vec<FailedItem<T>>,
    /// Errors of the server that name no item, as they came. Empty where [`on_event`](BatchSender::on_event) takes them.
    pub unknown: Vec<serde_json::Value>,
}

#[cfg(not(target_arch = "wasm32"))]
type OnEvent<T> = Box<dyn FnMut(BatchEvent<T>) + Send>;
#[cfg(target_arch = "wasm32")]
type OnEvent<T> = Box<dyn FnMut(BatchEvent<T>)>;

struct Shared<B: Batch, T> {
    state: Mutex<State<B, T>>,
    wakers: Arc<Wakers>,
    client: Client<B::Api>,
    is_in_background: AtomicBool,
}

struct State<B: Batch, T> {
    engine: Engine<B, T>,
    on_event: Option<OnEvent<T>>,
    failed: Vec<FailedItem<T>>,
    unknown: Vec<serde_json::Value>,
    /// The number of handles, without the one in the background.
    handles: usize,
}

/// What runs in the background. When it ends, for example with its runtime, the next push begins it again.
struct Background<B: Batch, T>(Arc<Shared<B, T>>);

impl<B: Batch, T> Drop for Background<B, T> {
    /// Without the lock: a transport without a background drops it where the lock is held.
    fn drop(&mut self) {
        self.0.is_in_background.store(false, Ordering::Relaxed);
    }
}

/// The wakers of all who wait for a batch sender. Whatever changes wakes all of them: each checks for what it waits
/// for, and the first polls for all.
#[derive(Default)]
struct Wakers(Mutex<Vec<Waker>>);

impl Wakers {
    fn register(&self, waker: &Waker) {
        let mut wakers = self.lock();
        if !wakers.iter().any(|one| one.will_wake(waker)) {
            wakers.push(waker.clone());
        }
    }

    fn wake_all(&self) {
        let wakers = mem::take(&mut *self.lock());
        wakers.into_iter().for_each(Waker::wake);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Waker>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wake for Wakers {
    fn wake(self: Arc<Self>) {
        self.wake_all();
    }
    fn wake_by_ref(self: &Arc<Self>) {
        self.wake_all();
    }
}

impl<B: Batch, T> Shared<B, T> {
    fn lock(&self) -> MutexGuard<'_, State<B, T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Goes on as far as it can. Whoever waits is woken when it can go on further.
    fn advance(&self, state: &mut State<B, T>) {
        let waker = Waker::from(self.wakers.clone());
        state.engine.poll(&mut Context::from_waker(&waker));
        state.report();
    }

    /// What runs in the background: it ends when there is no handle left, and nothing to send.
    fn poll_background(&self, context: &Context<'_>) -> Poll<()> {
        let mut state = self.lock();
        self.wakers.register(context.waker());
        if state.handles == 0 {
            state.engine.flush();
        }
        let waker = Waker::from(self.wakers.clone());
        loop {
            self.advance(&mut state);
            if !state.engine.poll_linger(&mut Context::from_waker(&waker)) {
                break;
            }
        }
        if state.handles == 0 && state.engine.is_idle() { Poll::Ready(()) } else { Poll::Pending }
    }
}

impl<B: Batch, T> State<B, T> {
    /// Hands over what there is to report.
    fn report(&mut self) {
        for event in self.engine.take_events() {
            match (&mut self.on_event, event) {
                (Some(on_event), event) => on_event(event),
                (None, BatchEvent::Failed(failed)) => self.failed.push(failed),
                (None, BatchEvent::Unknown(error)) => self.unknown.push(error),
                (None, BatchEvent::Progress(_)) => {}
            }
        }
    }
}

impl<B: Batch, T: MaybeSend + 'static> BatchSender<B, T> {
    fn new(client: Client<B::Api>, options: BatchOptions) -> Self {
        let state = State {
            engine: Engine::new(client.clone(), options).lingering(),
            on_event: None,
            failed: Vec::new(),
            unknown: Vec::new(),
            handles: 1,
        };
        let (state, is_in_background) = (Mutex::new(state), AtomicBool::new(false));
        Self { shared: Arc::new(Shared { state, wakers: Arc::default(), client, is_in_background }) }
    }

    /// Reports to `on_event` at once, instead of keeping failed items for the report. Use it if even the items that
    /// fail do not fit into memory. It is called while the sender is locked, so it must not push.
    pub fn on_event(self, on_event: impl FnMut(BatchEvent<T>) + MaybeSend + 'static) -> Self {
        self.shared.lock().on_event = Some(Box::new(on_event));
        self
    }

    /// Adds an operation, or an [`Item`](crate::Item) that was encoded before, as soon as there is room.
    ///
    /// An event without an id gets one, and the time of this call. An operation that cannot be sent is reported like
    /// one that the server rejects. Dropping the future before it is ready adds nothing.
    pub fn push(&self, tag: T, item: impl IntoItem<B>) -> impl Future<Output = ()> {
        let now = self.shared.client.now();
        // Encoded at once, so that the operation need not move into the future.
        let mut item = Some((tag, item.into_parts(&now, self.shared.client.limits())));
        poll_fn(move |context| {
            let mut state = self.shared.lock();
            if !state.engine.has_room() {
                self.shared.wakers.register(context.waker());
                self.shared.advance(&mut state);
                if !state.engine.has_room() {
                    return Poll::Pending;
                }
            }
            let is_first = item.take().is_some_and(|(tag, parts)| state.engine.push(tag, parts));
            state.engine.flush_if_late(now.monotonic);
            // What there is to do now is begun at once. The linger is the background's, which must know of it.
            if state.engine.is_idle() {
                state.report();
            } else {
                self.shared.advance(&mut state);
            }
            self.go_to_background(&mut state);
            if is_first {
                self.shared.wakers.wake_all();
            }
            Poll::Ready(())
        })
    }

    /// Has the rest done in the background, if there is such a thing.
    fn go_to_background(&self, state: &mut State<B, T>) {
        let is_in_background = &self.shared.is_in_background;
        // Read before it is set, because setting it takes longer, and it usually is set.
        if !is_in_background.load(Ordering::Relaxed) && !is_in_background.swap(true, Ordering::Relaxed) {
            // What was in the background before had a timer of its own, of a runtime that is perhaps no more.
            state.engine.restart_linger();
            let background = Background(self.shared.clone());
            let task = Box::pin(poll_fn(move |context| background.0.poll_background(context)));
            // What comes back is dropped, and then nothing is in the background.
            drop(self.shared.client.spawn(task));
        }
    }

    /// Sends the current batch, full or not, and waits until every item that was pushed has a result.
    pub async fn flush(&self) {
        let mut has_flushed = false;
        poll_fn(|context| {
            let mut state = self.shared.lock();
            if !mem::replace(&mut has_flushed, true) {
                state.engine.flush();
            }
            self.shared.wakers.register(context.waker());
            self.shared.advance(&mut state);
            if state.engine.is_idle() { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    /// [Flushes](Self::flush), and returns the report. It includes what clones have pushed until now; what they push
    /// later is in their own report.
    pub async fn finish(self) -> BatchReport<T> {
        self.flush().await;
        let mut state = self.shared.lock();
        BatchReport {
            summary: state.engine.summary().clone(),
            failed: mem::take(&mut state.failed),
            unknown: mem::take(&mut state.unknown),
        }
    }

    /// The counts so far.
    pub fn summary(&self) -> Summary {
        self.shared.lock().engine.summary().clone()
    }
}

impl<B: Batch, T> Clone for BatchSender<B, T> {
    fn clone(&self) -> Self {
        self.shared.lock().handles += 1;
        Self { shared: self.shared.clone() }
    }
}

impl<B: Batch, T> Drop for BatchSender<B, T> {
    /// Never waits: what was pushed is sent in the background, if there is such a thing.
    fn drop(&mut self) {
        self.shared.lock().handles -= 1;
        self.shared.wakers.wake_all();
    }
}

impl<B: Batch, T> fmt::Debug for BatchSender<B, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchSender").field("engine", &self.shared.lock().engine).finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for BatchReport<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchReport")
            .field("summary", &self.summary)
            .field("failed", &self.failed)
            .field("unknown", &self.unknown.len())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;
    use http::{Request, Response};

    use super::*;
    use crate::{
        BoxFuture, Endpoint, Moment, Region, Transport, TransportError, async_trait, track::v2::person::Identify,
    };

    /// Its waits cannot be waited for.
    #[derive(Debug)]
    struct WithoutTimer;

    #[async_trait]
    impl Transport for WithoutTimer {
        async fn send(&self, _: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
            Ok(Response::new(Bytes::from_static(b"{}")))
        }
        fn sleep<'s, 'f>(&'s self, duration: Duration) -> BoxFuture<'f, ()>
        where
            's: 'f,
            Self: 'f,
        {
            Box::pin(poll_fn(move |_| panic!("a wait of {duration:?}")))
        }
        fn now(&self) -> Moment {
            Moment { monotonic: Duration::ZERO, since_epoch: Duration::ZERO, random: 1 }
        }
    }

    #[tokio::test]
    async fn a_linger_without_an_end_needs_no_timer() {
        let client = Client::new(Endpoint::track(Region::Us, "site", "key").unwrap(), WithoutTimer);
        let batch = client.batch(BatchOptions::default().with_linger(Duration::MAX));
        batch.push(1, Identify::new(1)).await;
        assert_eq!(batch.summary().batches, 0);
        batch.flush().await;
        batch.push(2, Identify::new(2)).await;
        let summary = batch.finish().await.summary;
        assert_eq!((summary.accepted, summary.batches), (2, 2));
    }
}
