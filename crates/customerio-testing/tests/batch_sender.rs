//! A [`BatchSender`] that is shared by tasks: nothing is lost, nothing is counted twice, and little is in memory.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod over_tokio;

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use customerio_core::{
    BatchEvent, BatchOptions, BatchReport, BatchSender, Client, Endpoint, ItemError, Limits, Moment, Pipelines, Region,
    RetryPolicy, Throttle, Track, TrackBatch, Transport, TransportError, TransportErrorKind, async_trait,
    bytes::Bytes,
    http::{Request, Response},
    pipelines,
    track::v2::person::{Event, Identify},
};
use customerio_emulator::Emulator;
use customerio_testing::Recorder;
use over_tokio::OverTokio;
use tokio::{sync::Semaphore, task::JoinSet, time::sleep};

/// So long that no batch leaves by it.
const NEVER: Duration = Duration::from_secs(24 * 60 * 60);

/// Long enough for tasks to do all that they can.
const A_WHILE: Duration = Duration::from_millis(100);

/// Three items a batch: an item has 86 bytes at most up to number 99.
fn in_threes(endpoint: Endpoint<Track>) -> Endpoint<Track> {
    endpoint.with_limits(Limits::default().with_batch(275))
}

fn client(emulator: &Emulator) -> Client<Track> {
    Client::new(in_threes(emulator.track_endpoint().unwrap()), OverTokio(emulator.clone()))
}

fn patient() -> BatchOptions {
    BatchOptions::default().with_linger(NEVER)
}

/// Looks again and again until it is so.
async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..1_000 {
        if is_so() {
            return;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("it never came to this: {what}");
}

/// That each item ended once: pushed, and no other than that.
fn assert_whole(report: &BatchReport<usize>, pushed: usize) {
    let summary = &report.summary;
    assert_eq!(
        summary.accepted + summary.rejected + summary.invalid + summary.undelivered,
        pushed as u64,
        "{report:?}"
    );
    assert_eq!(summary.ended(), pushed as u64);
    assert_eq!(report.failed.len() as u64, summary.rejected + summary.invalid + summary.undelivered, "{report:?}");
    let tags: BTreeSet<_> = report.failed.iter().map(|failed| failed.tag).collect();
    assert_eq!(tags.len(), report.failed.len(), "a tag is reported once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tasks_push_to_one_sender_by_clones() {
    let emulator = Emulator::new();
    let batch = client(&emulator).batch::<usize>(patient().with_concurrency(4));
    let mut tasks = JoinSet::new();
    for task in 0..8_usize {
        let batch = batch.clone();
        tasks.spawn(async move {
            for number in 0..50 {
                let tag = task * 50 + number;
                // Every tenth cannot be sent.
                let id = if number % 10 == 9 { String::new() } else { tag.to_string() };
                batch
                    .push(
                        tag,
                        Identify::new(&id).with_attributes(
                            [("task", task)].into_iter().collect::<std::collections::BTreeMap<_, _>>(),
                        ),
                    )
                    .await;
            }
        });
    }
    while let Some(task) = tasks.join_next().await {
        task.unwrap();
    }
    let report = batch.finish().await;
    assert_whole(&report, 400);
    assert_eq!((report.summary.accepted, report.summary.invalid), (360, 40));
    assert!(report.failed.iter().all(|failed| failed.tag % 10 == 9 && matches!(failed.error, ItemError::Invalid(_))));
    assert_eq!(emulator.people_count(), 360);
    assert_eq!(emulator.requests(), report.summary.batches);
}

#[tokio::test(flavor = "multi_thread")]
async fn events_of_the_pipelines_api_go_in_batches_too() {
    let emulator = Emulator::new();
    let client: Client<Pipelines> = Client::new(emulator.pipelines_endpoint().unwrap(), OverTokio(emulator.clone()));
    let batch = client.batch(patient());
    for number in 0..100_u64 {
        batch.push((), pipelines::Track::new(number.to_string(), "visit")).await;
    }
    let report = batch.finish().await;
    assert_eq!((report.summary.accepted, report.summary.batches), (100, 1));
    assert_eq!(emulator.events().len(), 100);
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_is_not_full_leaves_after_the_linger() {
    let emulator = Emulator::new();
    let linger = Duration::from_secs(5);
    let batch = client(&emulator).batch::<u32>(BatchOptions::default().with_linger(linger));
    for round in 1..=3 {
        batch.push(1, Identify::new(1)).await;
        sleep(Duration::from_secs(2)).await;
        batch.push(2, Identify::new(2)).await;
        // The linger is the first item's, and the second does not make it longer.
        sleep(Duration::from_millis(2_990)).await;
        assert_eq!(emulator.requests(), round - 1, "it does not leave before");
        sleep(Duration::from_millis(20)).await;
        assert_eq!(emulator.requests(), round, "it leaves, though nobody pushes or flushes");
        assert_eq!(batch.summary().accepted, 2 * round);
        // Where nothing waits, nothing is sent.
        sleep(Duration::from_secs(60)).await;
        assert_eq!(emulator.requests(), round);
    }
    // Three items and one more: the batch that is full leaves at once, and the linger of the rest begins then.
    for id in 0..4 {
        batch.push(id, Identify::new(id)).await;
    }
    sleep(Duration::from_millis(4_990)).await;
    assert_eq!(emulator.requests(), 4);
    sleep(Duration::from_millis(20)).await;
    assert_eq!((emulator.requests(), batch.summary().accepted), (5, 10));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_pushed_is_sent_when_all_handles_are_gone() {
    // Over each transport that has a background: tokio's time, and the emulator's own.
    for pushed in [1, 3, 4, 50] {
        let emulator = Emulator::new();
        for client in [client(&emulator), Client::new(in_threes(emulator.track_endpoint().unwrap()), emulator.clone())]
        {
            let before = emulator.events().len();
            let batch = client.batch(patient());
            let other = batch.clone();
            for number in 0..pushed {
                let batch = if number % 2 == 0 { &batch } else { &other };
                batch.push((), Event::new(number, "x")).await;
            }
            drop((client, batch, other));
            until("all have arrived", || emulator.events().len() == before + pushed).await;
        }
    }
}

#[tokio::test]
async fn without_a_background_all_is_sent_when_it_is_finished() {
    let recorder = Recorder::new();
    let client = Client::new(in_threes(Endpoint::track(Region::Us, "site", "key").unwrap()), recorder.clone());
    let batch = client.batch(patient());
    for number in 0..10 {
        batch.push(number, Identify::new(number)).await;
    }
    let report = batch.finish().await;
    assert_whole(&report, 10);
    assert_eq!(report.summary.accepted, 10);
    let bodies: usize = recorder
        .requests()
        .iter()
        .map(|request| request.body().windows(10).filter(|part| *part == b"\"identify\"").count())
        .sum();
    assert_eq!(bodies, 10);
}

/// Holds each request until there is a permit for it.
#[derive(Debug)]
struct Held<T> {
    inner: T,
    permits: Arc<Semaphore>,
}

#[async_trait]
impl<T: Transport> Transport for Held<T> {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        self.permits.acquire().await.unwrap().forget();
        self.inner.send(request).await
    }
    async fn sleep(&self, duration: Duration) {
        self.inner.sleep(duration).await;
    }
    fn now(&self) -> Moment {
        self.inner.now()
    }
}

/// A tag that counts how many of it there are, and how many there were at most.
struct Live(Arc<[AtomicUsize; 2]>);

impl Live {
    fn new(counts: &Arc<[AtomicUsize; 2]>) -> Self {
        let now = counts[0].fetch_add(1, Ordering::SeqCst) + 1;
        counts[1].fetch_max(now, Ordering::SeqCst);
        Self(counts.clone())
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.0[0].fetch_sub(1, Ordering::SeqCst);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_more_is_in_memory_than_the_batches_under_way_and_the_one_that_is_packed() {
    const CONCURRENCY: usize = 2;
    const TASKS: usize = 4;
    // The batches, and what each task waits with.
    const MOST: usize = (CONCURRENCY + 1) * 3 + TASKS;
    // Whether the one that is packed leaves in the meantime, too.
    for linger in [NEVER, Duration::from_millis(1)] {
        let (emulator, permits) = (Emulator::new(), Arc::new(Semaphore::new(0)));
        let held = Held { inner: emulator.clone(), permits: permits.clone() };
        let client = Client::new(in_threes(emulator.track_endpoint().unwrap()), OverTokio(held));
        let batch = client.batch::<Live>(BatchOptions::default().with_linger(linger).with_concurrency(CONCURRENCY));
        let counts: Arc<[AtomicUsize; 2]> = Arc::default();
        let mut tasks = JoinSet::new();
        for task in 0..TASKS {
            let (batch, counts) = (batch.clone(), counts.clone());
            tasks.spawn(async move {
                for number in 0..25 {
                    batch.push(Live::new(&counts), Identify::new(task * 25 + number)).await;
                }
            });
        }
        sleep(A_WHILE).await;
        let held = counts[0].load(Ordering::SeqCst);
        assert!((CONCURRENCY * 3..=MOST).contains(&held), "{held} while nothing goes");
        assert_eq!((tasks.len(), emulator.requests()), (TASKS, 0), "nobody is done");
        // One by one, and then all.
        for requests in 1..=5 {
            permits.add_permits(1);
            until("one has gone", || emulator.requests() == requests).await;
        }
        permits.add_permits(1_000);
        while let Some(task) = tasks.join_next().await {
            task.unwrap();
        }
        let report = batch.finish().await;
        assert_eq!((report.summary.accepted, emulator.people_count()), (100, 100));
        let [now, most] = [&counts[0], &counts[1]].map(|count| count.load(Ordering::SeqCst));
        assert!(now == 0 && most <= MOST, "{most} at most, {now} in the end");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_that_is_given_up_takes_nothing() {
    let (emulator, permits) = (Emulator::new(), Arc::new(Semaphore::new(0)));
    let held = Held { inner: emulator.clone(), permits: permits.clone() };
    let client = Client::new(in_threes(emulator.track_endpoint().unwrap()), OverTokio(held));
    let batch = client.batch::<usize>(patient());
    let mut pushed = 0;
    while tokio::time::timeout(A_WHILE, batch.push(pushed, Identify::new(pushed))).await.is_ok() {
        pushed += 1;
    }
    assert_eq!(pushed, 4, "a batch, and the one that did not fit");
    permits.add_permits(100);
    let report = batch.finish().await;
    assert_whole(&report, pushed);
    assert_eq!(emulator.people_count(), pushed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn credentials_that_are_not_good_stop_it_and_everything_is_reported() {
    let emulator = Emulator::builder().with_track_credentials("site", "another").build();
    let endpoint = in_threes(Endpoint::track(Region::Us, "site", "key").unwrap());
    let batch = Client::new(endpoint, OverTokio(emulator.clone())).batch::<usize>(patient().with_concurrency(3));
    let mut tasks = JoinSet::new();
    for task in 0..4 {
        let batch = batch.clone();
        tasks.spawn(async move {
            for number in 0..50 {
                batch.push(task * 50 + number, Identify::new(number)).await;
            }
        });
    }
    while let Some(task) = tasks.join_next().await {
        task.unwrap();
    }
    until("it has stopped", || batch.summary().stopped.is_some()).await;
    let requests = emulator.requests();
    assert!((1..=3).contains(&requests), "{requests} requests for 200 items");
    batch.push(200, Identify::new(200)).await;
    // What cannot be sent is what it is, stopped or not.
    batch.push(201, Identify::new("")).await;
    let report = batch.finish().await;
    assert_whole(&report, 202);
    assert_eq!((report.summary.undelivered, report.summary.invalid), (201, 1));
    for failed in &report.failed {
        match &failed.error {
            ItemError::Undelivered(error) => assert_eq!(error.status().unwrap(), 401),
            ItemError::Invalid(_) => assert_eq!(failed.tag, 201),
            other => panic!("{other:?}"),
        }
        assert_eq!(failed.json.is_some(), failed.tag != 201, "what was not sent can be sent by hand");
    }
    assert_eq!(report.summary.stopped.unwrap().status().unwrap(), 401);
    assert_eq!((emulator.requests(), emulator.people_count()), (requests, 0));
}

/// What can happen to batches, in an order that the scheduler decides.
fn eventful(seed: u64) -> Recorder {
    let mut random = fastrand::Rng::with_seed(seed);
    (0..40).fold(Recorder::new(), |recorder, _| match random.u8(..10) {
        0 => recorder.responding(207, r#"{"errors":[{"batch_index":0,"reason":"invalid"}]}"#),
        1 => recorder.responding(207, r#"{"errors":[{"batch_index":7},{"message":"of nobody"}]}"#),
        2 => recorder.responding(400, r#"{"meta":{"error":"no"}}"#),
        3 => recorder.responding(413, ""),
        4 => recorder.responding(503, ""),
        5 => recorder.responding_with(Err(TransportError::maybe_sent(TransportErrorKind::Connection))),
        6 => recorder.responding(422, "{}"),
        7 => recorder.responding(200, "<html>"),
        8 if seed.is_multiple_of(3) => recorder.responding(401, "{}"),
        _ => recorder.responding(200, "{}"),
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whatever_the_server_says_each_item_ends_once() {
    let mut ends = [0; 5];
    for seed in 0..60 {
        let client =
            Client::new(in_threes(Endpoint::track(Region::Us, "site", "key").unwrap()), OverTokio(eventful(seed)))
                .with_retry_policy(RetryPolicy::default().with_backoff(Duration::ZERO, Duration::ZERO))
                .with_throttle(Throttle::off());
        let options = BatchOptions::default().with_concurrency(3).with_linger(Duration::from_millis(1));
        let batch = client.batch::<usize>(options);
        let mut tasks = JoinSet::new();
        for task in 0..4 {
            let batch: BatchSender<TrackBatch, usize> = batch.clone();
            tasks.spawn(async move {
                for number in 0..25 {
                    let id = if number == 7 { String::new() } else { number.to_string() };
                    batch.push(task * 25 + number, Identify::new(id)).await;
                    if number == 13 {
                        batch.flush().await;
                    }
                }
            });
        }
        while let Some(task) = tasks.join_next().await {
            task.unwrap();
        }
        let report = batch.finish().await;
        assert_whole(&report, 100);
        assert_eq!(report.unknown.len() as u64, report.summary.unknown);
        let summary = report.summary;
        for (end, count) in ends.iter_mut().zip([
            summary.accepted,
            summary.rejected,
            summary.invalid,
            summary.undelivered,
            u64::from(summary.stopped.is_some()),
        ]) {
            *end += count;
        }
    }
    assert!(ends.iter().all(|count| *count > 10), "there is some of each: {ends:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_clone_reports_what_was_pushed_since_the_last_report() {
    let emulator = Emulator::new();
    let one = client(&emulator).batch::<usize>(patient());
    let two = one.clone();
    one.push(1, Identify::new("1")).await;
    two.push(2, Identify::new("")).await;
    let report = one.finish().await;
    assert_whole(&report, 2);
    assert_eq!(report.failed[0].tag, 2);
    two.push(3, Identify::new("")).await;
    two.push(4, Identify::new("4")).await;
    let report = two.finish().await;
    assert_eq!(report.summary.ended(), 4, "the counts are of all");
    assert_eq!(report.failed.iter().map(|failed| failed.tag).collect::<Vec<_>>(), [3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_can_be_reported_at_once() {
    let emulator = Emulator::new();
    let tags = Arc::new(Mutex::new(Vec::new()));
    let reported = tags.clone();
    let batch = client(&emulator).batch(patient()).on_event(move |event| {
        if let BatchEvent::Failed(failed) = event {
            reported.lock().unwrap().push(failed.tag);
        }
    });
    for number in 0..9 {
        batch.push(number, Identify::new(if number % 3 == 0 { "" } else { "42" })).await;
    }
    let report = batch.finish().await;
    assert_eq!((report.summary.accepted, report.summary.invalid, report.failed.len()), (6, 3, 0));
    assert_eq!(*tags.lock().unwrap(), [0, 3, 6]);
}

/// Where time is a test's own, a wait is over at once: only who waits may take it.
#[tokio::test]
async fn where_waits_take_no_time_batches_get_full_all_the_same() {
    let (emulator, recorder) = (Emulator::new(), Recorder::new());
    let endpoint = || in_threes(emulator.track_endpoint().unwrap());
    for client in [Client::new(endpoint(), emulator.clone()), Client::new(endpoint(), recorder.clone())] {
        let batch = client.batch::<usize>(BatchOptions::default());
        for number in 0..10 {
            batch.push(number, Identify::new(number)).await;
        }
        let report = batch.finish().await;
        assert_whole(&report, 10);
        assert_eq!((report.summary.accepted, report.summary.batches), (10, 4));
    }
    assert!(recorder.waits().is_empty());
}

/// A program may have several runtimes, one after the other: what was in the background of the first goes on in the next.
#[test]
fn the_background_outlives_its_runtime() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let emulator = Emulator::new();
    let options = BatchOptions::default().with_linger(A_WHILE);
    let sender = client(&emulator).batch(options);
    runtime().block_on(async {
        sender.push(1, Identify::new(1)).await;
        // So that what is in the background begins.
        sleep(Duration::from_millis(1)).await;
    });
    runtime().block_on(async {
        sender.push(2, Identify::new(2)).await;
        until("both arrive, though nobody flushes", || emulator.people_count() == 2).await;
    });
    assert_eq!(sender.summary().accepted, 2);
}
