//! What a client's throttle promises with many calls at once.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use customerio_core::{
    App, Client, Endpoint, Moment, Quota, Rate, Region, Throttle, Track, Transport, TransportError,
    app::{DefaultAudience, TriggerBroadcast},
    async_trait,
    bytes::Bytes,
    http::{Request, Response},
};
use customerio_hyper::HyperTransport;
use customerio_reqwest::ReqwestTransport;
use customerio_testing::{Recorder, WireServer};
use customerio_ureq::UreqTransport;
use tokio::{task::JoinSet, time};

/// Notes when each request goes out.
#[derive(Debug)]
struct Noted<T> {
    inner: T,
    times: Mutex<Vec<Instant>>,
}

#[async_trait]
impl<T: Transport> Transport for Noted<T> {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        self.times.lock().unwrap().push(Instant::now());
        self.inner.send(request).await
    }
    async fn sleep(&self, duration: Duration) {
        self.inner.sleep(duration).await;
    }
    fn now(&self) -> Moment {
        self.inner.now()
    }
}

const COUNT: usize = 20;
const PERIOD: Duration = Duration::from_millis(200);

/// How many go out at most in any period.
fn busiest(times: &[Instant]) -> usize {
    // A request is noted a little after its turn: the clock of the test is late by some milliseconds, now and then.
    let period = PERIOD * 9 / 10;
    let within = |from: &Instant| times.iter().filter(|time| **time >= *from && **time < *from + period).count();
    times.iter().map(within).max().unwrap()
}

#[tokio::test]
async fn clients_that_share_a_throttle_keep_to_its_rate_together() {
    let server = WireServer::start().unwrap();
    let transport = Arc::new(Noted { inner: HyperTransport::new().unwrap(), times: Mutex::default() });
    let client = || -> Client<Track> {
        let endpoint = Endpoint::track(Region::Us, "site", "key").unwrap().with_base_url(&server.url()).unwrap();
        Client::new(endpoint, transport.clone())
    };
    let calls = async |clients: [Client<Track>; 2]| {
        transport.times.lock().unwrap().clear();
        let mut calls = JoinSet::new();
        for number in 0..50_usize {
            let client = clients[number % 2].clone();
            calls.spawn(async move { client.delete(number.to_string().as_str()).await });
            if number % 10 == 9 {
                // Some are given up while they wait: their turns are the others'.
                tokio::task::yield_now().await;
                calls.abort_all();
                while calls.join_next().await.is_some() {}
            }
        }
        for number in 0..60_usize {
            let client = clients[number % 2].clone();
            calls.spawn(async move { client.delete(number.to_string().as_str()).await });
        }
        while let Some(call) = calls.join_next().await {
            call.unwrap().unwrap();
        }
        let times = transport.times.lock().unwrap().clone();
        assert!(times.len() >= 60);
        (busiest(&times), times[times.len() - 1] - times[times.len() - 60])
    };

    let rate = Rate::at_most(20, PERIOD).with_burst(5);
    let throttle = Throttle::off().with_rate(Quota::Ingest, rate);
    let (busiest, took) = calls([client().with_throttle(throttle.clone()), client().with_throttle(throttle)]).await;
    assert!(busiest <= COUNT, "{busiest}");
    // 16 in each 200 milliseconds after the burst: no turn is lost to those that were given up.
    assert!((Duration::from_millis(600)..Duration::from_secs(10)).contains(&took), "{took:?}");

    let (busiest, took) =
        calls([client().with_throttle(Throttle::off()), client().with_throttle(Throttle::off())]).await;
    assert!(busiest > COUNT, "without a throttle they go at once: {busiest} in {took:?}");
}

/// Responds two seconds after a request, by tokio's clock. Its own monotonic clock stands as much `ahead`.
#[derive(Debug)]
struct Slow {
    started: time::Instant,
    ahead: Duration,
    in_flight: AtomicUsize,
    most: AtomicUsize,
}

impl Slow {
    fn new(started: time::Instant, ahead: Duration) -> Arc<Self> {
        Arc::new(Self { started, ahead, in_flight: AtomicUsize::new(0), most: AtomicUsize::new(0) })
    }
}

struct InFlight<'a>(&'a AtomicUsize);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl Transport for Slow {
    async fn send(&self, _request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let in_flight = self.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
        let _in_flight = InFlight(&self.in_flight);
        self.most.fetch_max(in_flight, Ordering::SeqCst);
        time::sleep(Duration::from_secs(2)).await;
        Ok(Response::new(Bytes::from_static(b"{}")))
    }
    async fn sleep(&self, duration: Duration) {
        time::sleep(duration).await;
    }
    fn now(&self) -> Moment {
        let passed = self.started.elapsed();
        Moment { monotonic: self.ahead + passed, since_epoch: Duration::from_secs(1_700_000_000) + passed, random: 4 }
    }
}

fn track(transport: Arc<Slow>) -> Client<Track> {
    Client::new(Endpoint::track(Region::Us, "site", "key").unwrap(), transport)
}

#[tokio::test(start_paused = true)]
async fn three_thousand_calls_at_once_are_a_few_hundred_at_a_time() {
    let transport = Slow::new(time::Instant::now(), Duration::ZERO);
    let client = track(transport.clone());
    let mut calls = JoinSet::new();
    for _ in 0..3_000 {
        let client = client.clone();
        calls.spawn(async move { client.delete("42").await });
    }
    while let Some(call) = calls.join_next().await {
        call.unwrap().unwrap();
    }
    assert_eq!(transport.most.load(Ordering::SeqCst), 256);
    // 12 rounds of two seconds.
    assert_eq!(transport.started.elapsed().as_secs(), 24);
}

#[tokio::test(start_paused = true)]
async fn calls_that_are_dropped_make_way_wherever_they_are() {
    let transport = Slow::new(time::Instant::now(), Duration::ZERO);
    let client = track(transport.clone()).with_throttle(Throttle::off().with_concurrency(10));
    let calls: Vec<_> = (0..100)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.delete("42").await })
        })
        .collect();
    time::sleep(Duration::from_secs(1)).await;
    // Those in flight, and more of those that wait than there are places: some are dropped as they get theirs.
    calls[..50].iter().for_each(tokio::task::JoinHandle::abort);
    for call in calls.into_iter().skip(50) {
        call.await.unwrap().unwrap();
    }
    assert_eq!((transport.most.load(Ordering::SeqCst), transport.started.elapsed().as_secs()), (10, 11));
}

#[tokio::test(start_paused = true)]
async fn transports_with_clocks_of_their_own_are_paced_together() {
    let started = time::Instant::now();
    let throttle = Throttle::off().with_rate(Quota::Ingest, Rate::at_most(10, Duration::from_secs(1)));
    let clients = [Duration::ZERO, Duration::from_secs(3600)]
        .map(|ahead| track(Slow::new(started, ahead)).with_throttle(throttle.clone()));
    let mut calls = JoinSet::new();
    for number in 0..50 {
        let client = clients[number % 2].clone();
        calls.spawn(async move { client.delete("42").await });
    }
    while let Some(call) = calls.join_next().await {
        call.unwrap().unwrap();
    }
    // 49 turns after the first, and the response to the last.
    let took = started.elapsed();
    assert!((Duration::from_millis(6_900)..Duration::from_secs(7)).contains(&took), "{took:?}");
}

#[tokio::test]
async fn the_transports_of_this_sdk_have_the_same_clock() {
    let started = Instant::now();
    let first = HyperTransport::new().unwrap().now().monotonic;
    time::sleep(Duration::from_millis(20)).await;
    let clocks: [Box<dyn Transport>; 3] = [
        Box::new(HyperTransport::new().unwrap()),
        Box::new(ReqwestTransport::new().unwrap()),
        Box::new(UreqTransport::new().unwrap()),
    ];
    for clock in clocks {
        let passed = clock.now().monotonic.saturating_sub(first);
        assert!((Duration::from_millis(20)..=started.elapsed()).contains(&passed), "{clock:?}: {passed:?}");
    }
}

#[tokio::test]
async fn triggers_of_different_broadcasts_do_not_wait_for_each_other() {
    let recorder = (1..=5).fold(Recorder::new(), |recorder, id| recorder.responding(200, format!(r#"{{"id":{id}}}"#)));
    let client: Client<App> = Client::new(Endpoint::app(Region::Us, "key").unwrap(), recorder.clone());
    let trigger = async |client: &Client<App>, broadcast: u64| {
        client.trigger_broadcast(TriggerBroadcast::new(broadcast, DefaultAudience::new())).await.unwrap();
    };
    for broadcast in 1..=3 {
        trigger(&client, broadcast).await;
    }
    // One with the same number, of another workspace.
    trigger(&client.in_workspace(7), 1).await;
    assert!(recorder.waits().is_empty(), "{:?}", recorder.waits());
    trigger(&client, 1).await;
    assert_eq!(recorder.waits(), [Duration::from_secs(10)]);
}
