//! Delivery through `kill -9`: a process that delivers from a store is killed at any moment, and another goes on. The local
//! Customer.io is in this process, lives on, and counts.
//!
//! `KILLS=1000 cargo test -p customerio-delivery --test kill -- --nocapture` is the long form.
#![cfg(all(unix, feature = "spool"))]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod place;
#[cfg(feature = "postgres")]
#[path = "../postgres/server.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod server;

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use customerio_core::{Api, Client, Endpoint, Limits, Moment, Region, app::SendEmail, track, track::v2::person};
use customerio_delivery::{CallFilter, MachineOptions, Queue, Reason, Stored};
use customerio_emulator::{Emulator, Server};
use customerio_hyper::HyperTransport;
use serde_json::json;

use crate::place::Place;

const KEY: &str = "key";
const PEOPLE: u64 = 13;

/// How often it is killed.
fn kills() -> u32 {
    env::var("KILLS").map_or(12, |kills| kills.parse().unwrap())
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

fn start(server: &Server, place: &Place) -> Child {
    Command::new(env::current_exe().unwrap())
        .args(["--exact", "child", "--ignored", "--test-threads=1"])
        .envs([("TEST_URL", server.url()), ("TEST_PLACE", place.name())])
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// Kills the process that delivers again and again, and then lets one end. Says how often it was killed.
async fn deliver(server: &Server, place: &Place) -> u32 {
    let mut killed = 0;
    let mut random = 7_u64;
    loop {
        let mut child = start(server, place);
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let life = if killed < kills() {
            place.opens_within() + Duration::from_millis((random >> 33) % 60)
        } else {
            Duration::from_secs(120)
        };
        let begun = tokio::time::Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break Some(status);
            }
            if begun.elapsed() >= life {
                break None;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        };
        if let Some(status) = status {
            assert!(status.success(), "{status}");
            return killed;
        }
        // Its own id: it has not been waited for.
        child.kill().unwrap();
        child.wait().unwrap();
        place.was_killed().await;
        killed += 1;
        assert!(killed <= kills(), "it does not end");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn events_in_a_file_are_there_once_and_in_order_through_kills() {
    events_through_kills(&Place::file("events")).await;
}

#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread")]
async fn events_in_postgresql_are_there_once_and_in_order_through_kills() {
    let Some(place) = Place::database().await else { return };
    events_through_kills(&place).await;
}

async fn events_through_kills(place: &Place) {
    let server = server().await;
    let count = 200 * u64::from(kills());
    // In batches, and alone.
    let of_batches = (0..count).map(batched);
    let alone = (count..count + count / 10).map(single);
    place.append(of_batches.chain(alone).collect()).await;

    let killed = deliver(&server, place).await;

    let mut numbers: BTreeMap<_, Vec<u64>> = BTreeMap::new();
    for event in server.emulator().events() {
        numbers.entry(event.person.clone()).or_default().push(event.data()["n"].as_u64().unwrap());
    }
    let all: Vec<_> = numbers.values().flatten().copied().collect();
    let distinct: BTreeSet<_> = all.iter().copied().collect();
    assert_eq!((all.len() as u64, distinct.len() as u64), (count + count / 10, count + count / 10));
    for numbers in numbers.into_values() {
        let (of_batches, alone): (Vec<_>, Vec<_>) = numbers.into_iter().partition(|n| *n < count);
        assert!(of_batches.is_sorted() && alone.is_sorted(), "{of_batches:?} {alone:?}");
    }
    let requests = server.emulator().requests();
    println!(
        "events: {count} in batches, {} alone; {killed} kills; {requests} requests; 0 lost, 0 doubled, 0 out of order",
        count / 10
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_in_a_file_are_sent_once_or_parked_through_kills() {
    messages_through_kills(&Place::file("messages")).await;
}

#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread")]
async fn messages_in_postgresql_are_sent_once_or_parked_through_kills() {
    let Some(place) = Place::database().await else { return };
    messages_through_kills(&place).await;
}

async fn messages_through_kills(place: &Place) {
    let server = server().await;
    let count = 40 * u64::from(kills());
    place.append((0..count).map(message).collect()).await;

    let killed = deliver(&server, place).await;

    let mut arrived = BTreeMap::new();
    for message in server.emulator().messages() {
        let n = message.body()["message_data"]["n"].as_u64().unwrap();
        *arrived.entry(n).or_insert(0) += 1;
    }
    assert!(arrived.values().all(|times| *times == 1), "0 doubled");
    let (_, letters) = place::open(&place.name()).await;
    let parked = letters.list(&CallFilter::dead(), 0, usize::MAX).await.unwrap();
    assert!(parked.iter().all(|letter| letter.failure().unwrap().reason == Reason::UnknownOutcome), "{parked:?}");
    let parked: BTreeSet<_> = parked
        .into_iter()
        .map(|letter| {
            let body: serde_json::Value = serde_json::from_slice(letter.call.unwrap().call().body()).unwrap();
            body["message_data"]["n"].as_u64().unwrap()
        })
        .collect();
    let both = parked.iter().filter(|n| arrived.contains_key(n)).count();
    let all: BTreeSet<_> = arrived.keys().copied().chain(parked.iter().copied()).collect();
    assert_eq!(all.len() as u64, count, "0 lost");
    // Not more than may be under way at a kill.
    assert!(parked.len() as u64 <= 8 * u64::from(killed), "{} parked", parked.len());
    println!(
        "messages: {count}; {killed} kills; 0 lost, 0 doubled, {} parked, of which {both} had arrived",
        parked.len()
    );
}
