//! What it costs, for `benches/delivery`: in release, with the program of the local Customer.io in `EMULATOR`.

use std::{
    env,
    fs::{self, File},
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    time::{Duration, Instant},
};

use customerio_core::{Client, Endpoint, Limits, Region, track::v2::person::Event};
use customerio_delivery::{
    EnqueueError, Lane, MachineOptions, Queue, QueueBuilder, Store as _, Stored, sqlite::SqliteStore,
};
use customerio_hyper::HyperTransport;
use serde_json::json;

use crate::{
    figure::{figure, float, median, micros, per_second, range},
    program::{self, Program},
    receiver::Receiver,
    support::{Directory, child, event, open, stream, told_path},
};

const CALLS: u64 = 100_000;
const ROUNDS: usize = 5;
/// How many calls wait where that is a lot.
const MANY: u64 = 1_000_000;

/// An event of about 300 bytes as it is stored.
fn operation(n: u64) -> Event {
    Event::new(format!("p{}", n % 1000), "purchase").with_attributes(json!({ "n": n, "note": "x".repeat(40) }))
}

/// A queue over that file, with batches of 1,000 events, to the local Customer.io at that address.
fn queue(path: &Path, url: &str) -> QueueBuilder {
    let (site, key) = program::CREDENTIALS;
    let bytes = event(CALLS).call().body().len() + 1;
    let limits = Limits::default().with_batch(1000 * bytes + 20);
    let track = Endpoint::track(Region::Us, site, key).unwrap().with_base_url(url).unwrap().with_limits(limits);
    let store = SqliteStore::builder(path).with_bytes(1 << 30).open().unwrap();
    let mut options = MachineOptions::default();
    options.linger = Duration::from_millis(20);
    Queue::builder(store).with_track(Client::new(track, HyperTransport::new().unwrap())).with_options(options)
}

/// How long the threads of this process have had a processor.
fn processor() -> Duration {
    let tasks = fs::read_dir("/proc/self/task").unwrap();
    let nanos = |task: fs::DirEntry| {
        let times = fs::read_to_string(task.path().join("schedstat")).unwrap();
        times.split_whitespace().next().unwrap().parse::<u64>().unwrap()
    };
    Duration::from_nanos(tasks.map(|task| nanos(task.unwrap())).sum())
}

/// The most memory that this process had, in bytes.
fn most_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.split_whitespace().next().unwrap().parse::<u64>().unwrap() * 1024
}

async fn has_delivered(queue: &Queue, calls: u64) {
    while queue.counts().done < calls {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// Another process of this program, that does something and prints a number.
fn number_of(test: &str, path: &Path, url: &str) -> f64 {
    let output = child(test, path).env("TEST_URL", url).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let found = said.lines().find_map(|line| line.split_once("said ")?.1.parse().ok());
    found.unwrap_or_else(|| panic!("{test} says {said} {}", String::from_utf8_lossy(&output.stderr)))
}

fn told_url() -> String {
    env::var("TEST_URL").unwrap()
}

/// Appends calls, says so, and waits to be killed.
#[tokio::test(flavor = "current_thread")]
#[ignore = "a process that other tests start"]
async fn fills() {
    let count: u64 = env::var("TEST_CALLS").unwrap().parse().unwrap();
    let store = SqliteStore::builder(told_path()).with_bytes(1 << 30).open().unwrap();
    for begin in (1..=count).step_by(500) {
        let end = count.min(begin + 499);
        store.append(&(begin..=end).map(event).collect::<Vec<_>>()).await.unwrap();
    }
    println!("said {count}");
    std::io::stdin().read_line(&mut String::new()).unwrap();
}

/// Has another process append calls, and kills it.
fn fill(path: &Path, calls: u64) {
    let mut child = child("figures::fills", path).env("TEST_CALLS", calls.to_string()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("said")));
    child.kill().unwrap();
    child.wait().unwrap();
}

fn raw_syncs_a_second(directory: &Directory, bytes: usize) -> f64 {
    const SYNCS: u64 = 1000;
    fs::create_dir_all(directory.path()).unwrap();
    let mut file = File::create(directory.path().join("raw")).unwrap();
    let (begun, buffer) = (Instant::now(), vec![b'x'; bytes]);
    for _ in 0..SYNCS {
        file.write_all(&buffer).unwrap();
        file.sync_data().unwrap();
    }
    per_second(SYNCS, begun)
}

/// As a handler of requests does: a few calls, and then something else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "it measures"]
async fn measures_try_send() {
    const EACH: usize = 20;
    let program = Program::start();
    let (mut halves, mut most) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let directory = Directory::new();
        let queue = queue(&directory.file(), &program.url).start();
        let caller = queue.clone();
        let measured = tokio::task::spawn_blocking(move || {
            let mut times = Vec::with_capacity(20_000);
            for n in 0..20_000 {
                let operation = operation(n);
                let begun = Instant::now();
                caller.try_send(operation).unwrap();
                times.push(micros(begun.elapsed()));
                if times.len() % EACH == 0 {
                    std::thread::sleep(Duration::from_millis(1));
                }
            }
            times.sort_unstable_by(f64::total_cmp);
            times
        });
        let times = measured.await.unwrap();
        halves.push(times[times.len() / 2]);
        most.push(times[times.len() * 99 / 100]);
        let report = queue.shutdown(Duration::from_secs(30)).await;
        assert_eq!((report.done, report.left), (20_000, 0));
    }
    for (what, times) in [("half", halves), ("99 %", most)] {
        let name = format!("try_send of an event of 300 bytes, {what} of the times, µs");
        figure(&name, median(times.clone()), &range(&times, 1));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "it measures"]
async fn measures_send_by_64_tasks_over_raw_syncs() {
    const TASKS: u64 = 64;
    const EACH: u64 = 300;
    let (mut ratios, mut rates) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let directory = Directory::new();
        let raw = raw_syncs_a_second(&directory, event(CALLS).to_bytes().len());
        // Nobody is there: it is about the way into the store.
        let queue = queue(&directory.file(), "http://127.0.0.1:9").start();
        let begun = Instant::now();
        let send = |task: u64| {
            let queue = queue.clone();
            async move {
                for n in 0..EACH {
                    queue.send(operation(task * EACH + n)).await.unwrap();
                }
            }
        };
        for task in (0..TASKS).map(|task| tokio::spawn(send(task))).collect::<Vec<_>>() {
            task.await.unwrap();
        }
        let rate = per_second(TASKS * EACH, begun);
        assert_eq!(queue.shutdown(Duration::ZERO).await.left, TASKS * EACH);
        // Before and after, because the disk is not the same all the time.
        let raw = f64::midpoint(raw, raw_syncs_a_second(&directory, 300));
        ratios.push(rate / raw);
        rates.push([rate, raw]);
    }
    let middle = |index: usize| median(rates.iter().map(|rates| rates[index]).collect());
    figure(
        "send().await into SQLite from 64 tasks over raw syncs, calls a second",
        median(ratios.clone()),
        &format!("{:.0} over {:.0}; {}", middle(0), middle(1), range(&ratios, 1)),
    );
}

/// Drains the store, and says how many nanoseconds of the processor it took for all calls.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[ignore = "a process that other tests start"]
async fn drains() {
    let queue = queue(&told_path(), &told_url());
    let before = processor();
    let queue = queue.start();
    has_delivered(&queue, CALLS).await;
    println!("said {}", processor().saturating_sub(before).as_nanos());
    assert_eq!(queue.shutdown(Duration::from_secs(5)).await.left, 0);
}

/// Enqueues and delivers, and says how many events a second.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a process that other tests start"]
async fn enqueues_and_delivers() {
    let queue = queue(&told_path(), &told_url()).start();
    let caller = queue.clone();
    let begun = Instant::now();
    let calling = tokio::task::spawn_blocking(move || {
        for n in 0..CALLS {
            while let Err(error) = caller.try_send(operation(n)) {
                assert!(matches!(error, EnqueueError::Full { .. }), "{error}");
                std::thread::sleep(Duration::from_micros(200));
            }
        }
    });
    calling.await.unwrap();
    has_delivered(&queue, CALLS).await;
    println!("said {}", per_second(CALLS, begun));
    assert_eq!(queue.shutdown(Duration::from_secs(5)).await.left, 0);
}

#[test]
#[ignore = "it measures"]
fn measures_from_the_application_until_it_is_accepted() {
    let (mut rates, mut kept, mut drains, mut costs) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (receiver, directory) = (Receiver::start(), Directory::new());
        rates.push(number_of("figures::enqueues_and_delivers", &directory.file(), &receiver.url));
        assert_eq!(receiver.events(), CALLS);
        let (program, directory) = (Program::start(), Directory::new());
        kept.push(number_of("figures::enqueues_and_delivers", &directory.file(), &program.url));
        assert_eq!(program.counts()["events"], CALLS);
        let (program, directory) = (Program::start(), Directory::new());
        fill(&directory.file(), CALLS);
        let begun = Instant::now();
        costs.push(number_of("figures::drains", &directory.file(), &program.url) / float(CALLS) / 1e3);
        drains.push(per_second(CALLS, begun));
        assert_eq!(program.counts()["events"], CALLS);
    }
    for (name, numbers, digits) in [
        ("app to accepted through SQLite, events a second", rates, 0),
        ("app to accepted through SQLite, by the local Customer.io, events a second", kept, 0),
        ("worker that drains SQLite, events a second, from its start", drains, 0),
        ("worker that drains SQLite, processor for an event, µs", costs, 2),
    ] {
        figure(name, median(numbers.clone()), &range(&numbers, digits));
    }
}

/// Delivers for a while, and says how much memory it had at most.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[ignore = "a process that other tests start"]
async fn delivers_some() {
    let queue = queue(&told_path(), &told_url()).start();
    let waiting = queue.statistics().await.unwrap().waiting;
    has_delivered(&queue, waiting.min(CALLS)).await;
    println!("said {}", most_memory());
}

#[test]
#[ignore = "it measures"]
fn measures_memory_with_many_calls_waiting() {
    let program = Program::start();
    let most = |calls| {
        let directory = Directory::new();
        fill(&directory.file(), calls);
        number_of("figures::delivers_some", &directory.file(), &program.url) / 1e6
    };
    let (idle, full) = (most(1), most(MANY));
    figure(
        "most memory with 1,000,000 calls waiting in SQLite above idle, MB",
        full - idle,
        &format!("{full:.1} over {idle:.1}, while it delivers"),
    );
}

#[tokio::test(flavor = "current_thread")]
#[ignore = "it measures"]
async fn measures_opening_after_a_kill() {
    let killed = Directory::new();
    fill(&killed.file(), CALLS);
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let directory = Directory::new();
        fs::create_dir_all(directory.path()).unwrap();
        for entry in fs::read_dir(killed.path()).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), directory.path().join(entry.file_name())).unwrap();
        }
        let begun = Instant::now();
        let store = open(&directory.file());
        assert!(!store.load(&stream(Lane::TrackBatches), 0, 1 << 20).await.unwrap().is_empty());
        times.push(micros(begun.elapsed()) / 1e3);
        assert_eq!((store.statistics().await.unwrap().waiting, store.repairs().any()), (CALLS, false), "0 lost");
        store.close().await;
    }
    let name = "SQLite opened with 100,000 calls after `kill -9`, first batch read, ms";
    figure(name, median(times.clone()), &range(&times, 0));
}

/// How many calls a second a store takes in groups, and how many are loaded and settled.
#[tokio::test(flavor = "current_thread")]
#[ignore = "it measures"]
async fn measures_groups() {
    const GROUP: u64 = 500;
    let calls: Vec<Stored> = (1..=GROUP).map(event).collect();
    let (mut appended, mut settled) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let directory = Directory::new();
        let store = open(&directory.file());
        let begun = Instant::now();
        for _ in 0..CALLS / GROUP {
            store.append(&calls).await.unwrap();
        }
        appended.push(per_second(CALLS, begun));
        let begun = Instant::now();
        let epoch = store.lease(None).await.unwrap().unwrap().epoch;
        let (stream, bytes) = (stream(Lane::TrackBatches), 500 * calls[0].to_bytes().len());
        loop {
            let records = store.load(&stream, 0, bytes).await.unwrap();
            if records.is_empty() {
                break;
            }
            let done = |record: &customerio_delivery::Record| (record.number, customerio_delivery::Fate::Done);
            store.settle(epoch, &stream, &records.iter().map(done).collect::<Vec<_>>()).await.unwrap();
        }
        settled.push(per_second(CALLS, begun));
        store.close().await;
    }
    figure("SQLite, append in groups of 500, calls a second", median(appended.clone()), &range(&appended, 0));
    figure("SQLite, load and settle of 500, calls a second", median(settled.clone()), &range(&settled, 0));
}
