//! The stream of changes, as a page or a program reads it.

use std::{
    collections::BTreeSet,
    ops::Range,
    time::{Duration, Instant},
};

use bytes::Bytes;
use customerio_emulator::{Emulator, Workspaces};
use http_body_util::{BodyExt as _, combinators::BoxBody};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::support::World;

const STREAM: &str = "GET /_emulator/v1/stream";

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(10);

/// An open stream.
struct Frames {
    body: BoxBody<Bytes, String>,
    text: String,
}

impl Frames {
    async fn open(world: &World, line: &str, last: Option<&str>) -> Self {
        let mut request = world.request(line, &Value::Null);
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = world.open(request).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { body: response.into_body(), text: String::new() }
    }

    /// The next frame; nothing where the stream has ended.
    async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some((frame, _)) = self.text.split_once("\n\n") {
                let line = |name: &str| frame.lines().find_map(|line| line.strip_prefix(name));
                let data = line("data: ").map(|data| serde_json::from_str::<Value>(data).unwrap());
                if let Some(data) = &data {
                    assert_eq!((line("event: "), line("id: ")), (Some("changes"), Some(&*data["seq"].to_string())));
                }
                let length = frame.len() + 2;
                self.text.drain(..length);
                if data.is_some() {
                    return data;
                }
                continue;
            }
            let frame = timeout(PATIENCE, self.body.frame()).await.unwrap()?;
            self.text.push_str(std::str::from_utf8(&frame.ok()?.into_data().unwrap()).unwrap());
        }
    }

    /// The changes up to a number, and the id of the last frame.
    async fn until(&mut self, seq: u64) -> (Vec<Value>, String) {
        let mut changes = Vec::new();
        loop {
            let frame = self.next().await.unwrap();
            assert!(frame.get("behind").is_none(), "{frame}");
            changes.extend(frame["changes"].as_array().unwrap().clone());
            if frame["seq"].as_u64().unwrap() >= seq {
                return (changes, frame["seq"].to_string());
            }
        }
    }
}

/// So many people are identified. Gives the number of what came last.
async fn identify(world: &World, people: Range<u32>) -> u64 {
    for id in people {
        assert_eq!(world.call(&format!("PUT /api/v1/customers/{id}"), json!({"plan": "pro"})).await.0, 200);
    }
    world.get("counts").await["seq"].as_u64().unwrap()
}

#[tokio::test]
async fn who_comes_again_has_every_change_once() {
    let world = World::new().await;
    let mut frames = Frames::open(&world, STREAM, None).await;
    assert_eq!(frames.next().await.unwrap()["seq"], 0);
    let mut changes = Vec::new();
    let mut last = String::new();
    for round in 0..6 {
        let range = round * 20..(round + 1) * 20;
        if round % 2 == 0 {
            // Read while they come.
            let seq = identify(&world, range).await;
            let (found, id) = frames.until(seq).await;
            changes.extend(found);
            last = id;
        } else {
            drop(frames);
            let seq = identify(&world, range).await;
            frames = Frames::open(&world, STREAM, Some(&last)).await;
            let (found, id) = frames.until(seq).await;
            changes.extend(found);
            last = id;
        }
    }
    let seqs: Vec<_> = changes.iter().map(|change| change["seq"].as_u64().unwrap()).collect();
    assert!(seqs.windows(2).all(|pair| pair[0] < pair[1]), "{seqs:?}");
    let of = |kind: &str| {
        let of = changes.iter().filter(|change| change["kind"] == kind);
        of.map(|change| change["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let people: BTreeSet<_> = world.emulator.people().into_iter().map(|person| person.cio_id).collect();
    assert_eq!((of("people").len(), of("people").into_iter().collect::<BTreeSet<_>>()), (120, people));
    let requests = world.get("requests?limit=1000").await;
    let requests: BTreeSet<_> =
        requests["items"].as_array().unwrap().iter().map(|item| item["seq"].to_string()).collect();
    assert_eq!((of("requests").len(), of("requests").into_iter().collect::<BTreeSet<_>>()), (120, requests));
}

/// Segments, broadcasts and transactional messages have numbers that people give them, and places like everything else.
#[tokio::test]
async fn what_has_a_number_of_its_own_comes_in_the_order_of_everything() {
    let world = World::new().await;
    let make = |number: u64| {
        world.emulator.create_segment(number);
        world.emulator.create_broadcast(number);
        world.emulator.create_transactional_message(number, format!("number {number}"));
    };
    make(9);
    let seq = world.get("counts").await["seq"].as_u64().unwrap();
    let mut frames = Frames::open(&world, &format!("{STREAM}?after={seq}"), None).await;
    make(2);
    for kind in ["segments", "broadcasts", "templates"] {
        let page = world.get(&format!("{kind}?after={seq}&wait=5s")).await;
        assert_eq!((page["items"].as_array().unwrap().len(), &page["items"][0]["id"]), (1, &json!(2)), "{kind}");
        let all = world.get(kind).await;
        assert_eq!((&all["items"][0]["id"], &all["items"][1]["id"]), (&json!(2), &json!(9)), "the newest first");
        assert!(all["items"][0]["seq"].as_u64() > Some(seq), "{all}");
    }
    let (status, deleted) = world.control("DELETE /_emulator/v1/segments?id=2", Value::Null).await;
    assert_eq!((status, deleted), (200, json!({"deleted": 1})));
    let (changes, _) = frames.until(seq + 4).await;
    let changes: Vec<_> =
        changes.iter().map(|change| json!([change["kind"], change["id"], change["action"]])).collect();
    let expected = [
        json!(["segments", "2", "created"]),
        json!(["broadcasts", "2", "created"]),
        json!(["templates", "2", "created"]),
        json!(["segments", "2", "deleted"]),
    ];
    assert_eq!(changes, expected);
}

#[tokio::test]
async fn two_workspaces_in_parallel_see_their_own_changes_alone() {
    let workspaces = Workspaces::of(Emulator::new()).with_any_credentials();
    let world = World::serving(&workspaces).await;
    let write = async |suite: &'static str, people: Range<u32>| {
        for id in people {
            let body = json!({"userId": format!("{suite}-{id}")});
            let request = world.request("POST /v1/identify", &body).header("authorization", format!("Bearer {suite}"));
            assert_eq!(world.send(request, &body).await.status(), 200);
        }
    };
    let suites = ["pk_one", "pk_two"];
    for suite in suites {
        write(suite, 0..1).await;
    }
    // Some are written while the stream is read, some while it is not, and then it goes on where it ended.
    let follow = async |suite: &'static str| {
        let emulator = workspaces.get(suite).unwrap();
        let line = format!("{STREAM}?workspace={suite}");
        let mut frames = Frames::open(&world, &format!("{line}&after=0"), None).await;
        let mut seen = BTreeSet::new();
        let mut take = |changes: Vec<Value>| {
            for change in changes.iter().filter(|change| change["kind"] == "people") {
                let id = change["id"].as_str().unwrap().to_owned();
                assert!(seen.insert(id.clone()), "{suite}: {id} came twice");
            }
        };
        let seq = |emulator: &Emulator| emulator.requests() * 2;
        write(suite, 1..20).await;
        let (changes, last) = frames.until(seq(&emulator)).await;
        take(changes);
        drop(frames);
        write(suite, 20..40).await;
        let mut frames = Frames::open(&world, &line, Some(&last)).await;
        write(suite, 40..60).await;
        let (changes, _) = frames.until(seq(&emulator)).await;
        take(changes);
        let own: BTreeSet<_> = emulator.people().into_iter().map(|person| person.cio_id).collect();
        assert_eq!((own.len(), &own), (60, &seen), "{suite}");
        assert!(emulator.people().iter().all(|person| person.id.as_deref().unwrap().starts_with(suite)));
    };
    tokio::join!(follow(suites[0]), follow(suites[1]));
    assert_eq!(world.emulator.people_count(), 0);
}

#[tokio::test]
async fn who_missed_too_much_reads_how_much() {
    let world = World::new().await;
    identify(&world, 0..110).await;
    for (line, last) in [(STREAM, Some("0")), (&*format!("{STREAM}?after=0"), None), (STREAM, Some("nonsense"))] {
        let frame = Frames::open(&world, line, last).await.next().await.unwrap();
        assert_eq!((&frame["behind"], &frame["changes"]), (&json!(220), &json!([])), "{last:?}");
        assert_eq!(frame["counts"]["people"], 110);
    }
    let frame = Frames::open(&world, &format!("{STREAM}?after=218"), None).await.next().await.unwrap();
    assert_eq!((frame["changes"].as_array().unwrap().len(), frame.get("behind")), (2, None));
}

#[tokio::test]
async fn a_stream_ends_with_the_server() {
    let world = World::new().await;
    let mut frames = Frames::open(&world, STREAM, None).await;
    frames.next().await.unwrap();
    let World { server, .. } = world;
    let started = Instant::now();
    let (end, ()) = tokio::join!(frames.next(), server.shutdown());
    assert!(end.is_none());
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
}

#[tokio::test]
async fn there_are_so_many_streams_and_one_that_is_left_makes_room() {
    let world = World::new().await;
    let mut all = Vec::new();
    for _ in 0..128 {
        all.push(Frames::open(&world, STREAM, None).await);
    }
    let (status, problem) = world.control(STREAM, Value::Null).await;
    assert_eq!((status, problem["error"].as_str().unwrap().contains("128 streams")), (503, true));
    assert_eq!(world.call("PUT /api/v1/customers/1", json!({})).await.0, 200);
    for frames in &mut all {
        while frames.next().await.unwrap()["counts"]["people"] != 1 {}
    }
    all.pop();
    let freed = async {
        while world.open(world.request(STREAM, &Value::Null)).await.status() != 200 {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, freed).await.unwrap();
}

#[tokio::test]
async fn a_stream_is_for_the_servers_own_page() {
    let world = World::of(Emulator::builder().with_cors().build()).await;
    for (name, value, status) in [
        ("host", "evil.example", 403),
        ("origin", "http://evil.example", 403),
        ("sec-fetch-site", "cross-site", 403),
        ("sec-fetch-site", "same-site", 403),
        ("sec-fetch-site", "same-origin", 200),
    ] {
        let response = world.open(world.request(STREAM, &Value::Null).header(name, value)).await;
        assert_eq!(response.status(), status, "{name}: {value}");
    }
}

/// How much 50 streams slow requests down: `cargo test --release --test control -- --ignored --nocapture fifty`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "it measures, which needs a machine that does nothing else"]
async fn fifty_streams_do_not_slow_requests_down() {
    let world = std::sync::Arc::new(World::of(Emulator::new()).await);
    let run = |world: std::sync::Arc<World>| async move {
        let started = Instant::now();
        let mut tasks = tokio::task::JoinSet::new();
        for task in 0..16 {
            let world = world.clone();
            tasks.spawn(async move {
                for id in 0..1_000 {
                    let line = format!("PUT /api/v1/customers/{}", task * 1_000 + id);
                    assert_eq!(world.call(&line, json!({"plan": "pro"})).await.0, 200);
                }
            });
        }
        tasks.join_all().await;
        16_000.0 / started.elapsed().as_secs_f64()
    };
    run(world.clone()).await;
    let before = run(world.clone()).await;
    let mut streams = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let mut frames = Frames::open(&world, STREAM, None).await;
        streams.spawn(async move { while frames.next().await.is_some() {} });
    }
    let with = run(world.clone()).await;
    println!("{before:.0} requests a second without streams, {with:.0} with 50: {:.2}", with / before);
    assert!(with > before * 0.8, "{with} of {before}");
}
