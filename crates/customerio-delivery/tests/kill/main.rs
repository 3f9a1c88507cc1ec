//! Delivery through `kill -9`: a process that delivers from a store is killed at any moment, and another goes on. The local
//! Customer.io is in this process, lives on, and counts.
//!
//! `KILLS=1000 cargo test -p customerio-delivery --test kill -- --nocapture` is the long form.
#![cfg(all(unix, feature = "spool"))]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[cfg(target_os = "linux")]
mod clocks;
#[path = "../common/figure.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod figure;
mod place;
#[cfg(feature = "postgres")]
#[path = "../postgres/server.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod server;
#[cfg(target_os = "linux")]
#[path = "../common/shim.rs"]
mod shim;

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    io::{BufRead as _, BufReader, Lines},
    process::{Child, ChildStdout, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use customerio_core::{Api, Client, Endpoint, Limits, Moment, Region, app::SendEmail, track, track::v2::person};
use customerio_delivery::{CallFilter, MachineOptions, Queue, Reason, Stored};
use customerio_emulator::{Emulator, Server};
use customerio_hyper::HyperTransport;
use serde_json::json;

use crate::{figure::counted, place::Place};

const KEY: &str = "key";
const PEOPLE: u64 = 13;

/// How often it is killed, in rounds: the local Customer.io keeps 100,000 events.
fn rounds() -> Vec<u64> {
    const ROUND: u64 = 400;
    let kills: u64 = env::var("KILLS").map_or(12, |kills| kills.parse().unwrap());
    (0..kills.div_ceil(ROUND)).map(|round| ROUND.min(kills - round * ROUND)).collect()
}

fn now(n: u64) -> Moment {
    // The random part is the id of the event.
    Moment { monotonic: Duration::ZERO, since_epoch: Duration::from_secs(1_700_000_000), random: n.into() }
}

fn batched(n: u64) -> Stored {
    let event = person::Event::new(format!("p{}", n % PEOPLE), "count").with_attributes(json!({ "n": n }));
    Stored::new(event, &now(n), &Limits::default()).unwrap()
}

fn single(n: u64) -> Stored {
    let event = track::Event::new(format!("p{}", n % PEOPLE), "count").with_data(json!({ "n": n }));
    Stored::new(event, &now(n), &Limits::default()).unwrap()
}

fn message(n: u64) -> Stored {
    let email = SendEmail::from_template("welcome", "ada@example.com")
        .with_identifiers(format!("m{n}"))
        .with_message_data(json!({ "n": n }));
    Stored::new(email, &now(n), &Limits::default()).unwrap()
}

/// The endpoint of an API at the emulator of the parent.
fn at<A: Api>(endpoint: Endpoint<A>) -> Endpoint<A> {
    endpoint.with_base_url(&env::var("TEST_URL").unwrap()).unwrap()
}

/// The process that is killed.
#[test]
#[ignore = "a child process of the other tests"]
fn child() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (store, _) = place::open(&env::var("TEST_PLACE").unwrap()).await;
        let transport = Arc::new(HyperTransport::new().unwrap());
        // Small batches, so that there are many moments.
        let limits = Limits::default().with_batch(4_000);
        let track = at(Endpoint::track(Region::Us, KEY, KEY).unwrap()).with_limits(limits);
        let app = at(Endpoint::app(Region::Us, KEY).unwrap());
        let mut options = MachineOptions::default();
        options.concurrency = 8;
        let queue = Queue::builder_shared(store)
            .with_track(Client::new(track, transport.clone()))
            .with_app(Client::new(app, transport))
            .with_options(options)
            .start();
        println!("begun");
        loop {
            let statistics = queue.statistics().await.unwrap();
            if statistics.waiting == 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let _ = queue.shutdown(Duration::from_secs(5)).await;
    });
}

async fn server() -> Server {
    let emulator = Emulator::builder().with_track_credentials(KEY, KEY).with_app_api_key(KEY).build();
    emulator.serve_on_loopback().await.unwrap()
}

fn command(server: &Server, place: &Place) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .args(["--exact", "child", "--ignored", "--nocapture", "--test-threads=1"])
        .envs([("TEST_URL", server.url()), ("TEST_PLACE", place.name())])
        .stdout(Stdio::piped());
    command
}

/// Waits until it delivers. What it says is to be kept for as long as it lives: it fails where nobody listens.
fn begins(child: &mut Child) -> Lines<BufReader<ChildStdout>> {
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    // It may have ended before.
    let _ = tokio::task::block_in_place(|| lines.by_ref().map_while(Result::ok).any(|line| line.ends_with("begun")));
    lines
}

/// Kills the process that delivers again and again, and then lets one end. Says how often it was killed.
async fn deliver(server: &Server, place: &Place, kills: u64) -> u64 {
    let mut random = 7_u64;
    for killed in 0..kills {
        let mut child = command(server, place).spawn().unwrap();
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        // Some are killed before they deliver, the others when that number of requests has arrived.
        let _said = (random >> 60 != 0).then(|| begins(&mut child));
        let requests = server.emulator().requests() + if random >> 60 == 0 { 0 } else { (random >> 40) % 16 };
        let status = loop {
            let status = child.try_wait().unwrap();
            if status.is_some() || server.emulator().requests() >= requests {
                break status;
            }
            tokio::time::sleep(Duration::from_micros(100)).await;
        };
        if let Some(status) = status {
            assert!(status.success(), "{status}");
            return killed;
        }
        // What comes after a request has arrived.
        std::thread::sleep(Duration::from_micros((random >> 20) % 3_000));
        // Its own id: it has not been waited for.
        child.kill().unwrap();
        child.wait().unwrap();
        place.was_killed().await;
    }
    let mut last = command(server, place).stdout(Stdio::null()).spawn().unwrap();
    let mut progress = (server.emulator().requests(), Instant::now());
    while last.try_wait().unwrap().is_none() {
        let requests = server.emulator().requests();
        if requests > progress.0 {
            progress = (requests, Instant::now());
        }
        assert!(progress.1.elapsed() < Duration::from_secs(120), "it stands still");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(last.wait().unwrap().success());
    kills
}

#[tokio::test(flavor = "multi_thread")]
async fn events_in_a_file_are_there_once_and_in_order_through_kills() {
    let mut all = Counted::default();
    for kills in rounds() {
        all.add(&events_through_kills(&Place::file("events"), kills).await);
    }
    all.print("SQLite: events, `kill -9`");
}

#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread")]
async fn events_in_postgresql_are_there_once_and_in_order_through_kills() {
    let mut all = Counted::default();
    for kills in rounds() {
        let Some(place) = Place::database().await else { return };
        all.add(&events_through_kills(&place, kills).await);
    }
    all.print("PostgreSQL: events, `kill -9`");
}

/// What was counted.
#[derive(Default)]
struct Counted {
    kills: u64,
    calls: u64,
    lost: u64,
    doubled: u64,
    /// Where there is an order.
    disordered: Option<u64>,
    parked: u64,
    repeated: u64,
}

impl Counted {
    fn add(&mut self, other: &Self) {
        self.kills += other.kills;
        self.calls += other.calls;
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.disordered = self.disordered.into_iter().chain(other.disordered).reduce(|one, more| one + more);
        self.parked += other.parked;
        self.repeated += other.repeated;
    }

    fn print(&self, what: &str) {
        let Self { kills, calls, lost, doubled, disordered, parked, repeated } = *self;
        println!("{what}: {repeated} requests more than needed");
        counted(what, kills, calls, [Some(lost), Some(doubled), disordered, Some(parked)]);
        assert_eq!((lost, doubled, disordered.unwrap_or_default()), (0, 0, 0), "{what}");
    }
}

async fn events_through_kills(place: &Place, kills: u64) -> Counted {
    let server = server().await;
    let count = 120 * kills;
    // In batches, and alone.
    let of_batches = (0..count).map(batched);
    let alone = (count..count + count / 10).map(single);
    place.append(of_batches.chain(alone).collect()).await;

    let kills = deliver(&server, place, kills).await;

    assert_eq!(server.emulator().dropped(), 0, "it has forgotten some");
    let mut numbers: BTreeMap<_, Vec<u64>> = BTreeMap::new();
    for event in server.emulator().events() {
        numbers.entry(event.person.clone()).or_default().push(event.data()["n"].as_u64().unwrap());
    }
    let arrived: Vec<_> = numbers.values().flatten().copied().collect();
    let distinct: BTreeSet<_> = arrived.iter().copied().collect();
    let mut disordered = 0;
    for numbers in numbers.into_values() {
        let (of_batches, alone): (Vec<_>, Vec<_>) = numbers.into_iter().partition(|n| *n < count);
        let falls = |numbers: &[u64]| numbers.windows(2).filter(|pair| pair[0] > pair[1]).count() as u64;
        disordered += falls(&of_batches) + falls(&alone);
    }
    let (calls, distinct) = (count + count / 10, distinct.len() as u64);
    // A batch takes 4,000 bytes.
    let ideal = count.div_ceil(4_000 / (batched(count).call().body().len() as u64 + 1)) + count / 10;
    Counted {
        kills,
        calls,
        lost: calls - distinct,
        doubled: arrived.len() as u64 - distinct,
        disordered: Some(disordered),
        parked: 0,
        repeated: server.emulator().requests().saturating_sub(ideal),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_in_a_file_are_sent_once_or_parked_through_kills() {
    let mut all = Counted::default();
    for kills in rounds() {
        all.add(&messages_through_kills(&Place::file("messages"), kills).await);
    }
    all.print("SQLite: messages, `kill -9`");
}

#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread")]
async fn messages_in_postgresql_are_sent_once_or_parked_through_kills() {
    let mut all = Counted::default();
    for kills in rounds() {
        let Some(place) = Place::database().await else { return };
        all.add(&messages_through_kills(&place, kills).await);
    }
    all.print("PostgreSQL: messages, `kill -9`");
}

async fn messages_through_kills(place: &Place, kills: u64) -> Counted {
    let server = server().await;
    let calls = 20 * kills;
    place.append((0..calls).map(message).collect()).await;

    let kills = deliver(&server, place, kills).await;

    let counted = messages_counted(&server, place, calls).await;
    // Not more than may be under way at a kill, and as many whose responses have come, but whose fates are not written yet.
    assert!(counted.parked <= 2 * 8 * kills, "{} parked", counted.parked);
    Counted { kills, ..counted }
}

/// What became of messages: each has arrived once, or is parked because nobody knows whether it has.
async fn messages_counted(server: &Server, place: &Place, calls: u64) -> Counted {
    let mut arrived = BTreeMap::new();
    for message in server.emulator().messages() {
        let n = message.body()["message_data"]["n"].as_u64().unwrap();
        *arrived.entry(n).or_insert(0) += 1;
    }
    let (_, letters) = place::open(&place.name()).await;
    let parked = letters.list(&CallFilter::dead(), 0, usize::MAX).await.unwrap();
    assert!(parked.iter().all(|call| call.failure().unwrap().reason == Reason::UnknownOutcome), "{parked:?}");
    let n = |call: customerio_delivery::KeptCall| {
        let body: serde_json::Value = serde_json::from_slice(call.call.unwrap().call().body()).unwrap();
        body["message_data"]["n"].as_u64().unwrap()
    };
    let parked: BTreeSet<_> = parked.into_iter().map(n).collect();
    let all: BTreeSet<_> = arrived.keys().copied().chain(parked.iter().copied()).collect();
    println!(
        "{} parked, of which {} had arrived",
        parked.len(),
        parked.iter().filter(|n| arrived.contains_key(n)).count()
    );
    Counted {
        calls,
        lost: calls - all.len() as u64,
        doubled: arrived.values().map(|times| times - 1).sum(),
        parked: parked.len() as u64,
        ..Counted::default()
    }
}
