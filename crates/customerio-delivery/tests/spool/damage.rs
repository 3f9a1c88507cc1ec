//! Damaged files: the store opens, only what was harmed is gone, and it is counted.

use std::{
    fs,
    path::{Path, PathBuf},
};

use customerio_delivery::{Failure, Fate, Inspect as _, Lane, Reason, Store as _, sqlite::Repairs};

use crate::{
    figure::counted,
    support::{Directory, event, message, open, stream, waiting},
};

/// How many events there are, and how many messages.
const EVENTS: u64 = 480;
const MESSAGES: u64 = 20;
/// What was settled: one of them failed.
const SETTLED: u64 = 20;

/// The files of a store with a database of about 200 kB, or with all that in its log.
fn files(directory: &Directory, is_in_log: bool) -> Vec<(PathBuf, Vec<u8>)> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let store = open(&directory.file());
        for begin in (1..=EVENTS).step_by(60) {
            store.append(&(begin..begin + 60).map(event).collect::<Vec<_>>()).await.unwrap();
        }
        // Some are larger than a page.
        store
            .append(&(1..=MESSAGES).map(|n| message(n, if n % 5 == 0 { 9000 } else { 100 })).collect::<Vec<_>>())
            .await
            .unwrap();
        let epoch = store.lease(None).await.unwrap().unwrap().epoch;
        let failed = Fate::Failed(Failure::new(Reason::Rejected).with_message(Some("no".to_owned())));
        let fates: Vec<_> = (2..=SETTLED).map(|number| (number, Fate::Done)).chain([(1, failed)]).collect();
        store.settle(epoch, &stream(Lane::TrackBatches), &fates).await.unwrap();
        let read = || {
            let entries = fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().path());
            let files = entries.filter(|path| !path.to_str().unwrap().ends_with("-shm"));
            files.map(|path| (path.clone(), fs::read(path).unwrap())).collect::<Vec<_>>()
        };
        if is_in_log {
            return read();
        }
        store.close().await;
        read()
    })
}

fn restore(files: &[(PathBuf, Vec<u8>)]) {
    let directory = files[0].0.parent().unwrap();
    for entry in fs::read_dir(directory).unwrap() {
        fs::remove_file(entry.unwrap().path()).unwrap();
    }
    for (path, bytes) in files {
        fs::write(path, bytes).unwrap();
    }
}

/// What a store has after damage.
#[derive(Debug)]
struct After {
    events: Vec<u64>,
    messages: Vec<(u64, bool)>,
    dead: usize,
    repairs: Repairs,
}

async fn after(path: &Path) -> After {
    let store = open(path);
    let events = waiting(&store, Lane::TrackBatches).await.into_iter().map(|(_, n, _)| n).collect();
    let messages = waiting(&store, Lane::App).await.into_iter().map(|(_, n, is_marked)| (n, is_marked)).collect();
    let dead = store.list(&customerio_delivery::CallFilter::dead(), 0, 10).await.unwrap().len();
    // It takes calls, behind all others.
    store.append(&[event(1_000_000)]).await.unwrap();
    let (number, n, _) = *waiting(&store, Lane::TrackBatches).await.last().unwrap();
    assert!(n == 1_000_000 && number > EVENTS + MESSAGES, "number {number} was used before");
    let repairs = store.repairs();
    store.close().await;
    After { events, messages, dead, repairs }
}

/// Harms the file at each of these offsets, one after the other, and looks what is left.
fn harm(is_in_log: bool, suffix: &str, offsets: impl Fn(usize) -> Vec<usize>) {
    let directory = Directory::new();
    let files = files(&directory, is_in_log);
    let at = files.iter().position(|(path, _)| path.to_str().unwrap().ends_with(suffix)).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (mut worst, mut times) = (0, 0);
    for offset in offsets(files[at].1.len()) {
        let mut harmed = files.clone();
        harmed[at].1[offset] ^= 1 << (offset % 8);
        restore(&harmed);
        let after = runtime.block_on(after(&directory.file()));
        let found = (after.events.len() + after.messages.len()) as u64;
        let Repairs { damaged, lost, .. } = after.repairs;
        // An event of which it was lost that it was settled comes again: it has an id by which that is seen.
        let again = after.events.iter().filter(|n| **n <= SETTLED).count() as u64;
        let context = format!("{suffix} at {offset}: found {found}, again {again}, {after:?}");
        let accounted = found - again + damaged + lost;
        // Of numbers that the log has lost, it cannot be said which were settled.
        let settled = if is_in_log { SETTLED } else { 0 };
        let wait = EVENTS + MESSAGES - SETTLED;
        assert!((wait..=wait + settled.min(lost)).contains(&accounted), "{context}");
        assert!(damaged + lost <= 1 || is_in_log, "only the harmed: {context}");
        assert!(after.events.is_sorted() && after.messages.is_sorted(), "{context}");
        assert!(again == 0 || is_in_log, "{context}");
        assert!(after.messages.iter().all(|(_, is_marked)| !is_marked || after.repairs.any()), "{context}");
        assert!(after.dead <= 1, "{context}");
        (worst, times) = (worst.max(damaged + lost), times + 1);
    }
    println!("{suffix}: at most {worst} calls were harmed by a bit");
    let what = format!("SQLite: a bit is flipped in the file `{}`", files[at].0.file_name().unwrap().to_str().unwrap());
    counted(&what, times, EVENTS + MESSAGES, [Some(0), None, Some(0), None]);
}

/// What a person can wait for: every page is harmed in several places, and all that SQLite has at its begin.
fn some(length: usize) -> Vec<usize> {
    (0..110).step_by(7).chain((110..length).step_by(7 * 1499)).collect()
}

fn all(length: usize) -> Vec<usize> {
    (0..length).step_by(7).collect()
}

/// SQLite comes across it while the store is used, and not when it is opened.
#[tokio::test(flavor = "current_thread")]
async fn damage_that_comes_while_the_store_is_open_is_repaired() {
    const CALLS: u64 = 1500;
    let directory = Directory::new();
    let store = open(&directory.file());
    store.append(&(1..=CALLS).map(|n| message(n, 2000)).collect::<Vec<_>>()).await.unwrap();
    store.close().await;
    let store = open(&directory.file());
    let mut bytes = fs::read(directory.file()).unwrap();
    bytes[100 * 4096..110 * 4096].fill(0);
    fs::write(directory.file(), &bytes).unwrap();
    let found = waiting(&store, Lane::App).await;
    let repairs = store.repairs();
    assert!((1..=30).contains(&repairs.damaged), "{repairs:?}");
    assert_eq!(repairs.moved_aside.len(), 1, "{repairs:?}");
    let numbers: std::collections::BTreeSet<_> = found.iter().map(|(_, n, _)| *n).collect();
    assert_eq!(numbers.len() as u64 + repairs.damaged, CALLS);
    assert_eq!(store.statistics().await.unwrap().waiting + repairs.damaged, CALLS);
    store.append(&[message(CALLS + 1, 10)]).await.unwrap();
    let last = *waiting(&store, Lane::App).await.last().unwrap();
    assert_eq!(last, (CALLS + 1, CALLS + 1, false));
    store.close().await;
}

#[test]
fn a_bit_of_the_database_harms_one_call() {
    harm(false, ".db", some);
}

#[test]
fn a_bit_of_the_log_harms_few_calls() {
    harm(true, "-wal", some);
}

#[test]
fn a_bit_of_the_file_beside_harms_none() {
    harm(false, "-last", |length| (0..length).step_by(3).collect());
}

#[test]
#[ignore = "takes minutes"]
fn a_bit_at_every_seventh_offset_of_the_database_harms_one_call() {
    harm(false, ".db", all);
}

#[test]
#[ignore = "takes minutes"]
fn a_bit_at_every_seventh_offset_of_the_log_harms_few_calls() {
    harm(true, "-wal", all);
}
