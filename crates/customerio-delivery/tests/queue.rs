//! The queue against the local Customer.io over a real socket, which counts.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use customerio_core::{
    App, Client, Limits, Moment, Track, Transport, TransportError,
    app::SendEmail,
    async_trait,
    bytes::Bytes,
    http::{Request, Response, StatusCode},
    track,
    track::v2::person,
};
use customerio_delivery::{
    CallFilter, EnqueueError, Event, Inspect, MachineOptions, MemoryStore, ParkedCalls, Queue, QueueBuilder, Reason,
    Replayed, Report, Store,
};
use customerio_emulator::{Emulator, Fault, Server};
use customerio_hyper::HyperTransport;
use serde_json::json;
use tokio::time::Instant;

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(180);

struct Here {
    emulator: Emulator,
    _server: Server,
    track: Client<Track>,
    app: Client<App>,
}

impl Here {
    async fn new() -> Self {
        let server = Emulator::new().serve_on_loopback().await.unwrap();
        let transport = Arc::new(HyperTransport::new().unwrap());
        Self {
            emulator: server.emulator().clone(),
            track: Client::new(server.track_endpoint().unwrap(), transport.clone()),
            app: Client::new(server.app_endpoint().unwrap(), transport),
            _server: server,
        }
    }

    fn queue(&self, store: impl Store) -> QueueBuilder {
        Queue::builder(store).with_track(self.track.clone()).with_app(self.app.clone())
    }

    /// The numbers of the events that arrived, in the order in which they did, of each person.
    fn numbers(&self) -> BTreeMap<String, Vec<u64>> {
        let mut numbers: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for event in self.emulator.events() {
            let person = event.person.clone().unwrap_or_default();
            numbers.entry(format!("{person:?}")).or_default().push(event.data()["n"].as_u64().unwrap());
        }
        numbers
    }
}

fn batched(n: u64) -> person::Event {
    person::Event::new(format!("p{}", n % 7), "count").with_attributes(json!({ "n": n }))
}

fn single(n: u64) -> track::Event {
    track::Event::new(format!("p{}", n % 7), "count").with_data(json!({ "n": n }))
}

fn email(n: u64) -> SendEmail {
    SendEmail::from_template("welcome", "ada@example.com").with_identifiers(format!("p{n}"))
}

fn ended(report: Report) -> (u64, u64, u64, u64) {
    (report.done, report.dead, report.parked, report.left)
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_of_all_kinds_arrive_in_order_and_once() {
    let here = Here::new().await;
    let queue = here.queue(MemoryStore::default()).start();
    for n in 0..2_000 {
        queue.try_send(batched(n)).unwrap();
    }
    for n in 2_000..2_100 {
        queue.send(single(n)).await.unwrap();
    }
    queue.try_send(email(1)).unwrap();
    let report = queue.flush(LONG).await;
    assert_eq!(ended(report), (2_101, 0, 0, 0));
    let numbers = here.numbers();
    assert_eq!(numbers.values().map(Vec::len).sum::<usize>(), 2_100);
    for (person, numbers) in numbers {
        let (of_batches, alone): (Vec<_>, Vec<_>) = numbers.into_iter().partition(|n| *n < 2_000);
        assert!(of_batches.is_sorted() && alone.is_sorted(), "{person}");
    }
    assert_eq!(here.emulator.messages().len(), 1);
    // A few batches, a hundred singles, and one message.
    assert!(here.emulator.requests() < 120, "{}", here.emulator.requests());
    let counts = queue.counts();
    assert_eq!(
        (counts.enqueued, counts.done, counts.delays.iter().map(|(_, n)| n).sum::<u64>()),
        (2_101, 2_101, 2_101)
    );
}

/// As a `main` that is not multi-threaded has it.
#[tokio::test]
async fn it_works_on_one_thread_and_inside_of_a_spawned_task() {
    let here = Here::new().await;
    let queue = here.queue(MemoryStore::default()).start();
    let task = tokio::spawn({
        let queue = queue.clone();
        async move {
            queue.send(batched(1)).await.unwrap();
            queue.flush(LONG).await
        }
    });
    assert_eq!(ended(task.await.unwrap()), (1, 0, 0, 0));
    assert_eq!(ended(queue.shutdown(LONG).await), (1, 0, 0, 0));
    assert!(matches!(queue.try_send(batched(2)), Err(EnqueueError::Closed)));
    assert!(matches!(queue.send(batched(2)).await, Err(EnqueueError::Closed)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_and_rate_limits_lose_nothing_and_double_nothing() {
    let here = Here::new().await;
    for (status, seed) in [(StatusCode::SERVICE_UNAVAILABLE, 1), (StatusCode::TOO_MANY_REQUESTS, 2)] {
        here.emulator.add_fault(Fault::status(status).with_probability(0.1, seed));
    }
    here.emulator.add_fault(Fault::cut_after().with_route("/api/v2/batch").with_times(1));
    here.emulator.add_fault(Fault::cut_before().with_times(1));
    let queue = here.queue(MemoryStore::default()).start();
    for n in 0..300 {
        queue.try_send(batched(n)).unwrap();
    }
    for n in 300..314 {
        queue.try_send(single(n)).unwrap();
    }
    let report = queue.flush(LONG).await;
    assert_eq!(ended(report), (314, 0, 0, 0));
    let numbers = here.numbers();
    assert_eq!(numbers.values().map(Vec::len).sum::<usize>(), 314, "an event is recognised by its id");
    assert!(queue.counts().retries > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_whose_outcome_is_unknown_is_parked_and_a_person_decides() {
    let here = Here::new().await;
    // It was sent, and the response is lost; and one that was not sent, which nobody can know either.
    here.emulator.add_fault(Fault::cut_after().with_person("p1").with_times(1));
    here.emulator.add_fault(Fault::cut_before().with_person("p2").with_times(1));
    let store = Arc::new(MemoryStore::default());
    let queue = Queue::builder_shared(store.clone()).with_app(here.app.clone()).start();
    for n in 0..4 {
        queue.try_send(email(n)).unwrap();
    }
    let report = queue.flush(LONG).await;
    assert_eq!(ended(report), (2, 0, 2, 0));
    assert_eq!(here.emulator.messages().len(), 3);

    let parked = store.list(&CallFilter::dead(), 0, 10).await.unwrap();
    assert!(parked.iter().all(|letter| letter.failure().unwrap().reason == Reason::UnknownOutcome));
    let numbers: Vec<_> = parked.iter().map(|letter| letter.number).collect();
    let left = store.replay(&numbers, ParkedCalls::Leave).await.unwrap();
    assert_eq!(left, [Replayed::Parked, Replayed::Parked]);
}

/// Sends, and panics instead of returning the first response.
#[derive(Debug)]
struct Panics {
    transport: Arc<dyn Transport>,
    has_panicked: AtomicBool,
}

#[async_trait]
impl Transport for Panics {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let response = self.transport.send(request).await;
        assert!(self.has_panicked.swap(true, Ordering::Relaxed), "the transport panics");
        response
    }

    async fn sleep(&self, duration: Duration) {
        self.transport.sleep(duration).await;
    }

    fn now(&self) -> Moment {
        self.transport.now()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_not_sent_again_after_a_panic() {
    let here = Here::new().await;
    let transport =
        Panics { transport: Arc::new(HyperTransport::new().unwrap()), has_panicked: AtomicBool::new(false) };
    let app = Client::new(here.app.endpoint().clone(), transport);
    let queue = Queue::builder(MemoryStore::default()).with_app(app).start();
    queue.try_send(email(1)).unwrap();
    let report = queue.flush(LONG).await;
    assert_eq!((ended(report), here.emulator.messages().len()), ((0, 0, 1, 0), 1));
    queue.try_send(email(2)).unwrap();
    let report = queue.flush(LONG).await;
    assert_eq!((ended(report), here.emulator.messages().len()), ((1, 0, 1, 0), 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_held_to_the_limits_of_the_endpoint_of_its_api() {
    let here = Here::new().await;
    let limits = Limits::default().with_batch_item(20);
    let track = Client::new(here.track.endpoint().clone().with_limits(limits), HyperTransport::new().unwrap());
    let queue = Queue::builder(MemoryStore::default()).with_track(track).with_app(here.app.clone()).start();
    assert!(matches!(queue.try_send(batched(1)), Err(EnqueueError::Build(_))));
    queue.try_send(email(1)).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_rejected_is_found_and_its_neighbours_arrive() {
    let here = Here::new().await;
    let events = Arc::new(Mutex::new(Vec::new()));
    let queue = here
        .queue(MemoryStore::default())
        .with_observer({
            let events = events.clone();
            move |_, event| events.lock().unwrap().push(event.clone())
        })
        .start();
    for n in 0..50 {
        queue.try_send(batched(n)).unwrap();
    }
    here.emulator.add_fault(Fault::status(StatusCode::BAD_REQUEST).with_person("p3"));
    let report = queue.flush(LONG).await;
    let of_p3 = (0..50).filter(|n| n % 7 == 3).count() as u64;
    assert_eq!(ended(report), (50 - of_p3, of_p3, 0, 0));
    let events = events.lock().unwrap();
    let rejected = events.iter().filter(|event| event.reason() == Some(Reason::Rejected)).count() as u64;
    assert_eq!(rejected, of_p3);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_credentials_stop_the_stream_loudly_and_lose_nothing() {
    let here = Here::new().await;
    let blocked = Arc::new(Mutex::new(0));
    here.emulator.add_fault(Fault::status(StatusCode::UNAUTHORIZED));
    let queue = here
        .queue(MemoryStore::default())
        .with_observer({
            let blocked = blocked.clone();
            move |_, event| *blocked.lock().unwrap() += u32::from(matches!(event, Event::Blocked(_)))
        })
        .start();
    for n in 0..20 {
        queue.try_send(batched(n)).unwrap();
        queue.try_send(single(n)).unwrap();
    }
    let report = queue.flush(Duration::from_millis(500)).await;
    assert_eq!(ended(report), (0, 0, 0, 40));
    assert!(*blocked.lock().unwrap() >= 2);
    // The batch, and at most what was under way.
    assert!(here.emulator.requests() <= 33, "{}", here.emulator.requests());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_expired_is_not_sent() {
    let here = Here::new().await;
    here.emulator.refuse_next(StatusCode::SERVICE_UNAVAILABLE);
    let queue = here.queue(MemoryStore::default()).start();
    let code = queue.encode(email(1)).unwrap().with_expiry(Duration::ZERO);
    queue.try_send(code).unwrap();
    let report = queue.flush(LONG).await;
    assert_eq!((ended(report), here.emulator.requests()), ((0, 1, 0, 0), 0));
    assert_eq!(queue.counts().failed.iter().find(|(reason, _)| *reason == Reason::Expired).unwrap().1, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_says_so_and_drops_nothing() {
    let here = Here::new().await;
    here.emulator.add_fault(Fault::status(StatusCode::UNAUTHORIZED));
    // The store is full first, and then what waits to get there.
    let queue = here.queue(MemoryStore::new(4_000)).with_buffer(2_000).start();
    let (mut taken, mut since) = (0, Instant::now());
    // For a while after it says so the writer makes room, until the store is full too.
    let error = loop {
        match queue.try_send(batched(taken)) {
            Ok(()) => (taken, since) = (taken + 1, Instant::now()),
            Err(error) if since.elapsed() > Duration::from_millis(300) => break error,
            Err(_) => tokio::time::sleep(Duration::from_millis(1)).await,
        }
    };
    assert_eq!(error.to_string(), "the queue is full: 2000 bytes wait to be stored");
    assert!(queue.counts().full > 0);
    // Room is waited for, and there is none.
    assert!(tokio::time::timeout(Duration::from_millis(100), queue.send(batched(taken))).await.is_err());
    let report = queue.flush(Duration::from_millis(50)).await;
    assert_eq!(report.left, taken);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shutdown_keeps_to_its_time_and_reports_what_is_left() {
    let here = Here::new().await;
    let retry_after = Duration::from_secs(60);
    here.emulator.add_fault(Fault::status_with_retry_after(StatusCode::TOO_MANY_REQUESTS, retry_after));
    for within in [Duration::ZERO, Duration::from_millis(300)] {
        let queue = here.queue(MemoryStore::default()).start();
        queue.try_send(batched(1)).unwrap();
        queue.try_send(email(1)).unwrap();
        let begun = Instant::now();
        let report = queue.shutdown(within).await;
        assert!(begun.elapsed() < within + Duration::from_millis(400), "{:?}", begun.elapsed());
        assert_eq!(report.left, 2, "{report:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_the_queue_has_no_client_for_is_an_error_at_once() {
    let here = Here::new().await;
    let queue = Queue::builder(MemoryStore::default()).with_track(here.track.clone()).start();
    let error = queue.try_send(email(1)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the queue has no client for the app API of the destination `default`: give it one when it is built"
    );
    let elsewhere = queue.encode(batched(1)).unwrap().with_destination("eu-shop");
    assert!(queue.try_send(elsewhere).unwrap_err().to_string().contains("`eu-shop`"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_leaves_when_it_is_full_or_its_first_call_has_waited() {
    let here = Here::new().await;
    let linger = Duration::from_millis(50);
    let mut options = MachineOptions::default();
    options.linger = linger;
    let queue = here.queue(MemoryStore::default()).with_options(options).start();
    let begun = Instant::now();
    queue.send(batched(1)).await.unwrap();
    while here.emulator.events().is_empty() {
        assert!(begun.elapsed() < LONG);
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert!(begun.elapsed() >= linger);
}
