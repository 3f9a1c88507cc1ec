//! Figures, to be read by people: run them in release, with `--nocapture`.

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader, Write as _},
    time::{Duration, Instant},
};

use customerio_delivery::{Fate, Lane, Store as _, Stored};

use crate::support::{Directory, child, event, open, stream, told_path};

const CALLS: usize = 100_000;
/// How often each is measured: the best counts, because the disk is shared.
const RUNS: usize = 3;

fn per_second(calls: usize, begin: Instant) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "there are few")]
    let calls = calls as f64;
    calls / begin.elapsed().as_secs_f64()
}

fn best(run: impl FnMut() -> f64) -> f64 {
    std::iter::repeat_with(run).take(RUNS).fold(0.0, f64::max)
}

fn raw(directory: &Directory, group: usize, bytes: usize) -> f64 {
    fs::create_dir_all(directory.path()).unwrap();
    best(|| {
        let mut file = File::create(directory.path().join("raw")).unwrap();
        let (begin, buffer) = (Instant::now(), vec![b'x'; group * bytes]);
        for _ in 0..CALLS / group {
            file.write_all(&buffer).unwrap();
            file.sync_data().unwrap();
        }
        per_second(CALLS / group * group, begin)
    })
}

#[test]
#[ignore = "figures, for people"]
fn appended_and_settled_in_groups() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let calls: Vec<Stored> = (1..=500).map(event).collect();
    let bytes = calls[0].to_bytes().len();
    for group in [64, 500] {
        let raw = raw(&Directory::new(), group, bytes);
        let mut settled: f64 = 0.0;
        let appended = best(|| {
            let directory = Directory::new();
            runtime.block_on(async {
                let store = open(&directory.file());
                let begin = Instant::now();
                for _ in 0..CALLS / group {
                    store.append(&calls[..group]).await.unwrap();
                }
                let appended = per_second(CALLS / group * group, begin);
                settled = settled.max(drain(&store, 500 * bytes).await);
                store.close().await;
                appended
            })
        });
        println!(
            "groups of {group}: {bytes} bytes, {appended:.0} calls/s = {:.2} of {raw:.0} raw; load and settle 500: {settled:.0} calls/s",
            appended / raw
        );
    }
}

async fn drain(store: &impl customerio_delivery::Store, bytes: usize) -> f64 {
    assert!(store.lease().await.unwrap().is_some());
    let (begin, stream, mut calls) = (Instant::now(), stream(Lane::TrackBatches), 0);
    loop {
        let records = store.load(&stream, 0, bytes).await.unwrap();
        if records.is_empty() {
            return per_second(calls, begin);
        }
        calls += records.len();
        let fates: Vec<_> = records.iter().map(|record| (record.number, Fate::Done)).collect();
        store.settle(&stream, &fates).await.unwrap();
    }
}

#[test]
#[ignore = "figures, for people"]
fn sent_by_64_tasks_one_each() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let one = raw(&Directory::new(), 1, event(1).to_bytes().len());
    let sent = best(|| {
        let directory = Directory::new();
        runtime.block_on(async {
            let store = std::sync::Arc::new(open(&directory.file()));
            let begin = Instant::now();
            let tasks: Vec<_> = (0..64)
                .map(|_| {
                    let store = store.clone();
                    tokio::spawn(async move {
                        for n in 0..CALLS as u64 / 64 {
                            store.append(&[event(n)]).await.unwrap();
                        }
                    })
                })
                .collect();
            for task in tasks {
                task.await.unwrap();
            }
            per_second(CALLS / 64 * 64, begin)
        })
    });
    println!("64 tasks, one call each: {sent:.0} calls/s = {:.1} of {one:.0} raw syncs a second", sent / one);
}

/// Appends as many calls as the figure wants, says so, and waits to be killed.
#[tokio::test(flavor = "current_thread")]
#[ignore = "a process that other tests start"]
async fn fills() {
    let store = open(&told_path());
    for begin in (1..=CALLS as u64).step_by(500) {
        store.append(&(begin..begin + 500).map(event).collect::<Vec<_>>()).await.unwrap();
    }
    println!("told {CALLS}");
    std::io::stdin().read_line(&mut String::new()).unwrap();
}

#[tokio::test(flavor = "current_thread")]
#[ignore = "figures, for people"]
async fn opened_after_a_kill() {
    let directory = Directory::new();
    let mut child = child("figures::fills", &directory.file()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("told")));
    child.kill().unwrap();
    child.wait().unwrap();
    let begin = Instant::now();
    let store = open(&directory.file());
    let first = store.load(&stream(Lane::TrackBatches), 0, 1 << 20).await.unwrap().len();
    let time = begin.elapsed();
    let statistics = store.statistics().await.unwrap();
    println!("{} calls after a kill: the first {first} of them in {time:?}", statistics.waiting);
    assert_eq!((statistics.waiting, store.repairs().any()), (CALLS as u64, false));
    // The target is 200 ms in release; it fails only where it is far off.
    assert!(time < Duration::from_secs(5), "{time:?}");
    store.close().await;
}
