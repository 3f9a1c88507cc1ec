//! One rate limit for several throttles and processes.

use std::{
    env,
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use customerio_core::{
    Client, Endpoint, Error, Moment, Quota, Rate, Region, RetryPolicy, Throttle, Track, Transport, TransportError,
    async_trait,
    bytes::Bytes,
    http::{Request, Response},
};
use customerio_delivery::postgres::{SharedThrottle, SharedThrottleBuilder};
use customerio_emulator::{Emulator, LoggedRequest};
use customerio_hyper::HyperTransport;
use customerio_transport::SystemClock;
use tokio::task::JoinSet;

use crate::{
    server::{Database, Server, database},
    support::until,
};

const PERIOD: Duration = Duration::from_secs(1);
const COUNT: usize = 200;

/// In steady state that is a request each 7.1 milliseconds: 140 in a second.
fn rate() -> Rate {
    Rate::at_most(u32::try_from(COUNT).unwrap(), PERIOD).with_burst(60)
}

const STEADY: f64 = 141.0;

fn shared(database: &Database) -> SharedThrottleBuilder {
    let throttle = Throttle::default().with_rate(Quota::Ingest, rate());
    SharedThrottle::builder(database.config()).with_throttle(throttle).with_processes(3)
}

async fn connect(database: &Database) -> SharedThrottle {
    shared(database).connect().await.unwrap()
}

/// The most requests in any period, of times in any order.
fn busiest(times: &[Duration]) -> usize {
    let mut times = times.to_vec();
    times.sort_unstable();
    let within = |index: usize| times[index..].partition_point(|time| *time < times[index] + PERIOD);
    (0..times.len()).map(within).max().unwrap_or_default()
}

/// How many in a second, from one time to another.
fn pace(times: &[Duration], from: Duration, until: Duration) -> f64 {
    let count = times.iter().filter(|time| (from..until).contains(*time)).count();
    f64::from(u32::try_from(count).unwrap()) / until.saturating_sub(from).as_secs_f64()
}

/// Notes when each request goes out, and responds at once: with a 429 if that is told.
#[derive(Debug)]
struct Noted {
    started: Instant,
    times: Mutex<Vec<Duration>>,
    refuses: AtomicUsize,
}

impl Noted {
    fn new(started: Instant) -> Arc<Self> {
        let (times, refuses) = (Mutex::default(), AtomicUsize::new(0));
        Arc::new(Self { started, times, refuses })
    }

    fn times(&self) -> Vec<Duration> {
        self.times.lock().unwrap().clone()
    }
}

#[async_trait]
impl Transport for Noted {
    async fn send(&self, _: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        self.times.lock().unwrap().push(self.started.elapsed());
        let is_refused = self.refuses.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1)).is_ok();
        let status = if is_refused { 429 } else { 200 };
        Ok(Response::builder().status(status).body(Bytes::from_static(b"{}")).unwrap())
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    fn now(&self) -> Moment {
        SystemClock.now()
    }
}

/// Calls of one process, as many at once as make it wait for its turns.
struct Busy {
    transport: Arc<Noted>,
    is_over: Arc<AtomicBool>,
    calls: JoinSet<Result<(), Error>>,
}

impl Busy {
    fn start(throttle: Throttle, started: Instant) -> Self {
        let transport = Noted::new(started);
        let endpoint = Endpoint::track(Region::Us, "site", "key").unwrap();
        let client: Client<Track> = Client::new(endpoint, transport.clone())
            .with_throttle(throttle)
            .with_retry_policy(RetryPolicy::default().with_attempts(9));
        let (is_over, mut calls) = (Arc::new(AtomicBool::new(false)), JoinSet::new());
        for _ in 0..40 {
            let (client, is_over) = (client.clone(), is_over.clone());
            calls.spawn(async move {
                loop {
                    client.delete("42").await?;
                    if is_over.load(Relaxed) {
                        return Ok(());
                    }
                }
            });
        }
        Self { transport, is_over, calls }
    }

    /// Ends the calls after one more each, none of which fails, and says when the requests went out.
    async fn end(self) -> Vec<Duration> {
        self.is_over.store(true, Relaxed);
        for call in self.calls.join_all().await {
            call.unwrap();
        }
        self.transport.times()
    }
}

async fn go_on(started: Instant, until: Duration) {
    tokio::time::sleep_until((started + until).into()).await;
}

fn secs(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_busy_have_equal_parts_of_one_rate_and_one_alone_has_all() {
    let Some(database) = database().await else { return };
    let throttles = [connect(&database).await, connect(&database).await, connect(&database).await];
    let started = Instant::now();
    let busy = throttles.each_ref().map(|shared| Busy::start(shared.throttle(), started));
    go_on(started, secs(4.0)).await;
    let mut times = Vec::new();
    let mut parts = Vec::new();
    let [first, others @ ..] = busy;
    for busy in others {
        times.push(busy.end().await);
    }
    let alone_from = started.elapsed() + secs(0.3);
    go_on(started, alone_from + secs(2.5)).await;
    let alone = first.end().await;
    parts.push(pace(&alone, secs(1.0), secs(4.0)));
    parts.extend(times.iter().map(|times| pace(times, secs(1.0), secs(4.0))));
    let pace_alone = pace(&alone, alone_from, alone_from + secs(2.5));
    let all: Vec<_> = times.concat().into_iter().chain(alone).collect();
    println!("of three busy ones {parts:?}/s, one alone {pace_alone}/s, busiest period {}", busiest(&all));
    assert!(busiest(&all) <= COUNT, "{} in a period", busiest(&all));
    let whole = parts.iter().sum::<f64>();
    assert!(whole > STEADY * 0.85, "{parts:?}");
    assert!(parts.iter().all(|part| *part > whole / 3.0 * 0.75), "{parts:?}");
    assert!(pace_alone > STEADY * 0.85, "{pace_alone}");
    assert!(throttles.iter().all(|shared| shared.error().is_none()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_429_to_one_slows_all_down() {
    let Some(database) = database().await else { return };
    let throttles = [connect(&database).await, connect(&database).await];
    let started = Instant::now();
    let [first, second] = throttles.each_ref().map(|shared| Busy::start(shared.throttle(), started));
    go_on(started, secs(2.0)).await;
    first.transport.refuses.store(1, Relaxed);
    let slowed = "select count(*) from customerio_pace where slowed_at is not null";
    until("it is shared", async || database.number(slowed).await == 1).await;
    let from = started.elapsed();
    go_on(started, from + secs(1.0)).await;
    first.end().await;
    let times = second.end().await;
    let (before, after) = (pace(&times, secs(1.0), secs(2.0)), pace(&times, from, from + secs(1.0)));
    println!("before {before}/s, after the other's 429 {after}/s");
    assert!(before > STEADY / 2.0 * 0.7, "{before}");
    // Half of it, of which a tenth of the whole comes back in this second.
    assert!(after < before * 0.75 && after > before * 0.25, "{before} {after}");
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_have_paces_of_their_own_and_the_rows_come_back() {
    let Some(database) = database().await else { return };
    let calls = async |shared: &SharedThrottle| {
        Busy::start(shared.throttle(), Instant::now()).end().await;
    };
    calls(&connect(&database).await).await;
    let other = shared(&database).with_account("other").connect().await.unwrap();
    calls(&other).await;
    let rows = "select count(*) from customerio_pace where account in ('default', 'other') and quota = 'ingest'";
    assert_eq!(database.number(rows).await, 2);
    database.run("truncate customerio_pace").await;
    calls(&other).await;
    assert_eq!((database.number(rows).await, other.error()), (1, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_database_each_has_its_part_and_afterwards_they_share_again() {
    let Some(server) = Server::start(&["-c", "fsync=off"]) else { return };
    let server = Arc::new(server);
    let database = server.database().await;
    let throttles = [connect(&database).await, connect(&database).await];
    let started = Instant::now();
    let busy = throttles.each_ref().map(|shared| Busy::start(shared.throttle(), started));
    go_on(started, secs(1.5)).await;
    server.crash();
    until("it is seen", async || throttles.iter().all(|shared| shared.error().is_some())).await;
    let away = started.elapsed();
    go_on(started, away + secs(2.0)).await;
    let back = started.elapsed();
    assert!(server.start_again().success());
    until("they share again", async || throttles.iter().all(|shared| shared.error().is_none())).await;
    let again = started.elapsed();
    go_on(started, again + secs(2.0)).await;
    let mut all = Vec::new();
    for busy in busy {
        let times = busy.end().await;
        let part = pace(&times, away, back);
        assert!(part > 66.0 * 0.8 && part < 66.0 * 1.1, "its part of the rate is a third: {part}");
        all.extend(times);
    }
    let shared = pace(&all, again, again + secs(2.0));
    println!("away from {away:?} to {back:?}, shared from {again:?} at {shared}/s, busiest period {}", busiest(&all));
    assert!(shared > STEADY * 0.85, "{shared}");
    assert!(busiest(&all) <= COUNT, "{} in a period", busiest(&all));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_does_not_respond_stops_nothing() {
    let Some(database) = database().await else { return };
    let throttle = shared(&database).with_timeout(Duration::from_millis(300)).connect().await.unwrap();
    let mut other = database.connect().await;
    let lock = other.transaction().await.unwrap();
    lock.batch_execute("lock table customerio_pace").await.unwrap();
    let busy = Busy::start(throttle.throttle(), Instant::now());
    until("it goes on", async || busy.transport.times().len() > 20).await;
    assert!(throttle.error().unwrap().contains("did not respond within 300ms"), "{:?}", throttle.error());
    lock.rollback().await.unwrap();
    until("it shares again", async || throttle.error().is_none()).await;
    busy.end().await;
}

/// One of several processes at full speed.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[ignore = "a child process of the other tests"]
async fn child() {
    let throttle = Throttle::default().with_rate(Quota::Ingest, rate());
    let builder = SharedThrottle::builder(env::var("TEST_PLACE").unwrap().parse().unwrap());
    let shared = builder.with_throttle(throttle).connect().await.unwrap();
    let endpoint = Endpoint::track(Region::Us, "site", "key").unwrap();
    let endpoint = endpoint.with_base_url(&env::var("TEST_URL").unwrap()).unwrap();
    let client: Client<Track> =
        Client::new(endpoint, Arc::new(HyperTransport::new().unwrap())).with_throttle(shared.throttle());
    let person = env::var("TEST_PERSON").unwrap();
    let mut calls = JoinSet::new();
    for _ in 0..20 {
        let (client, person) = (client.clone(), person.clone());
        calls.spawn(async move { while client.delete(&*person).await.is_ok() {} });
    }
    // It is killed before one fails.
    calls.join_all().await;
}

struct Process(Child);

impl Process {
    fn start(database: &Database, url: &str, person: &str) -> Self {
        let mut command = Command::new(env::current_exe().unwrap());
        command.args(["--exact", "pace::child", "--ignored", "--test-threads=1"]);
        command.envs([("TEST_PLACE", database.place()), ("TEST_URL", url), ("TEST_PERSON", person)]);
        Self(command.stdout(Stdio::null()).spawn().unwrap())
    }
}

impl Drop for Process {
    /// As `kill -9` does.
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_keep_to_one_rate_and_one_that_is_killed_leaves_its_part_to_the_others() {
    let Some(database) = database().await else { return };
    connect(&database).await;
    let emulator = Emulator::builder().with_track_credentials("site", "key").with_request_log(10_000, 64 << 20).build();
    let service = emulator.serve_on_loopback().await.unwrap();
    let log = || service.emulator().request_log();
    let of = |log: &[LoggedRequest], person: &str| -> Vec<Duration> {
        log.iter().filter(|request| request.path.ends_with(person)).map(|request| request.at).collect()
    };
    let people = ["one", "two", "three"];
    let mut processes = people.map(|person| Some(Process::start(&database, &service.url(), person)));
    until("all send", async || people.iter().all(|person| of(&log(), person).len() > 30)).await;
    let from = log().last().unwrap().at;
    tokio::time::sleep(secs(3.0)).await;
    processes[0] = None;
    let killed = log().last().unwrap().at;
    tokio::time::sleep(secs(2.5)).await;
    let requests = log();
    drop(processes);

    let parts = people.map(|person| pace(&of(&requests, person), from, killed));
    let all: Vec<_> = requests.iter().map(|request| request.at).collect();
    let rest = pace(&all, killed, killed + secs(2.5));
    println!("of three processes {parts:?}/s, after a kill {rest}/s, busiest period {}", busiest(&all));
    assert!(busiest(&all) <= COUNT, "{} in a period", busiest(&all));
    let whole = parts.iter().sum::<f64>();
    assert!(whole > STEADY * 0.8 && parts.iter().all(|part| *part > whole / 3.0 * 0.7), "{parts:?}");
    assert!(rest > STEADY * 0.8, "{rest}");
}
