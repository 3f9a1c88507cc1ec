//! What the store does inside: clocks that jump, and repairs that a crash interrupts.

use std::{
    env, fs,
    path::PathBuf,
    process,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use customerio_core::{Limits, Moment, track::v2::person::Event};
use rusqlite::Connection;

use super::{SqliteStore, files::Files, lease, migrate};
use crate::{Fate, Store as _, Stored};

struct Directory(PathBuf);

impl Directory {
    fn new() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let name = format!("customerio-sqlite-{}-{}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        Self(env::temp_dir().join(name))
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn event(name: &str) -> Stored {
    let now = Moment { monotonic: Duration::ZERO, since_epoch: Duration::from_secs(1_700_000_000), random: 4 };
    Stored::new(Event::new("42", name), &now, &Limits::default()).unwrap()
}

const HOUR: i64 = 60 * 60 * 1000;
const NOW: i64 = 1_700_000_000_000;

#[test]
fn a_lease_ends_though_the_clock_goes_back() {
    let database = Connection::open_in_memory().unwrap();
    migrate(&database).unwrap();
    let lease = |owner: u8, held, at| lease::take(&database, &[owner; 16], held, at, false).unwrap();
    let take = |owner, at| lease(owner, None, at);
    assert_eq!(take(1, NOW + HOUR), Some(1));
    assert_eq!((take(2, NOW), take(2, NOW + 14_999)), (None, None), "at most 15 seconds from now");
    assert_eq!(take(2, NOW + 15_000), Some(2));
    assert_eq!(lease(2, Some(2), NOW + 20_000), Some(2), "it is renewed");
    assert_eq!(take(1, NOW + HOUR), Some(3), "the clock went ahead: the other is fenced");
    assert_eq!((lease(2, Some(2), NOW + HOUR), lease(1, Some(2), NOW + HOUR)), (None, None));
    lease::check(&database, &[2; 16], 2).unwrap_err();
    lease::check(&database, &[1; 16], 3).unwrap();
}

#[test]
fn who_took_over_from_one_that_stood_still_keeps_the_lease() {
    let database = Connection::open_in_memory().unwrap();
    migrate(&database).unwrap();
    let lease = |owner: u8, held, at, has_lock| lease::take(&database, &[owner; 16], held, at, has_lock).unwrap();
    assert_eq!(lease(1, None, NOW, true), Some(1));
    // It stands still, with the lock, past its lease.
    assert_eq!((lease(2, None, NOW + 14_999, false), lease(2, None, NOW + 15_000, false)), (None, Some(2)));
    assert_eq!((lease(1, Some(1), NOW + 15_001, true), lease(1, None, NOW + 15_002, true)), (None, None));
    assert_eq!(lease(2, Some(2), NOW + 20_000, false), Some(2));
    // That one ends, and has had no lock; the next has it, and ends too.
    assert_eq!((lease(1, None, NOW + 34_999, true), lease(1, None, NOW + 35_000, true)), (None, Some(3)));
    assert_eq!((lease(3, None, NOW + 35_001, false), lease(3, None, NOW + 35_001, true)), (None, Some(4)));
    assert!(!lease::release(&database, &[3; 16], 3).unwrap() && lease::release(&database, &[3; 16], 4).unwrap());
}

#[tokio::test(flavor = "current_thread")]
async fn a_repair_that_a_crash_interrupted_is_finished() {
    let directory = Directory::new();
    let path = directory.0.join("calls.db");
    let store = SqliteStore::open(&path).unwrap();
    let stream = event("1").stream();
    store.append(&[event("1"), event("2")]).await.unwrap();
    store.close().await;
    // What replaces it is whole, and the damaged file is still in its place.
    let files = Files::new(path.clone());
    fs::copy(&path, files.salvaged()).unwrap();
    fs::write(&path, "damaged").unwrap();
    let store = SqliteStore::open(&path).unwrap();
    assert_eq!(store.load(&stream, 0, 1 << 20).await.unwrap().len(), 2);
    let repairs = store.repairs();
    assert_eq!((repairs.salvaged, repairs.damaged, repairs.lost), (2, 0, 0));
    assert_eq!(fs::read(&repairs.moved_aside[0]).unwrap(), b"damaged");
    store.close().await;
    // What replaces it was not finished.
    fs::write(files.salvaged(), "").unwrap();
    let store = SqliteStore::open(&path).unwrap();
    assert_eq!(store.load(&stream, 0, 1 << 20).await.unwrap().len(), 2);
    assert!(!store.repairs().any() && !files.salvaged().exists());
    store.close().await;
}

/// What was settled leaves nothing behind, in which it could be found when a damaged file is searched.
#[tokio::test(flavor = "current_thread")]
async fn what_was_settled_is_overwritten() {
    let directory = Directory::new();
    let path = directory.0.join("calls.db");
    let store = SqliteStore::open(&path).unwrap();
    let stream = event("x").stream();
    let calls: Vec<_> = (0..500).map(|n| event(&format!("settled-{n}"))).collect();
    store.append(&calls).await.unwrap();
    store.append(&[event("waits")]).await.unwrap();
    let epoch = store.lease(None).await.unwrap().unwrap().epoch;
    let fates: Vec<_> = (1..=500).map(|number| (number, Fate::Done)).collect();
    store.settle(epoch, &stream, &fates).await.unwrap();
    store.close().await;
    let bytes = fs::read(&path).unwrap();
    let has = |text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
    assert!(has(b"waits") && !has(b"settled-"));
}
