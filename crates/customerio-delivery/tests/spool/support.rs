//! What the tests have in common.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{self, Command, Stdio},
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use customerio_core::{Limits, Moment, app::SendEmail, track::v2::person::Event};
use customerio_delivery::{Fate, Lane, Store, Stored, Stream, sqlite::SqliteStore};
use serde_json::{Value, json};

/// A directory, which is gone when the test ends.
#[derive(Debug)]
pub(crate) struct Directory(PathBuf);

impl Directory {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let name = format!("spool-{}-{}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&path);
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The database in it.
    pub(crate) fn file(&self) -> PathBuf {
        self.0.join("calls.db")
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn now(n: u64) -> Moment {
    Moment { monotonic: Duration::ZERO, since_epoch: Duration::from_secs(1_700_000_000), random: n.into() }
}

/// An event of about 300 bytes as it is stored, with its number in it.
pub(crate) fn event(n: u64) -> Stored {
    let attributes = json!({ "n": n, "note": "x".repeat(40) });
    Stored::new(Event::new("42", "purchase").with_attributes(attributes), &now(n), &Limits::default()).unwrap()
}

/// A message, which must not arrive twice, with its number in it, and of as many bytes as it is told.
pub(crate) fn message(n: u64, bytes: usize) -> Stored {
    let send = SendEmail::from_template("reset", "ada@example.com")
        .with_message_data(json!({ "n": n, "note": "x".repeat(bytes) }));
    Stored::new(send, &now(n), &Limits::default()).unwrap()
}

/// The number in a call.
pub(crate) fn n_of(call: &Stored) -> u64 {
    let body: Value = serde_json::from_slice(call.call().body()).unwrap();
    ["attributes", "message_data"].into_iter().find_map(|field| body[field]["n"].as_u64()).unwrap()
}

pub(crate) fn stream(lane: Lane) -> Stream {
    Stream { destination: "default".into(), lane }
}

/// What waits in a lane: the number in the store, the number in the call, and whether it is marked.
pub(crate) async fn waiting(store: &impl Store, lane: Lane) -> Vec<(u64, u64, bool)> {
    let (stream, mut found) = (stream(lane), Vec::<(u64, u64, bool)>::new());
    loop {
        let after = found.last().map_or(0, |(number, ..)| *number);
        let records = store.load(&stream, after, 1 << 20).await.unwrap();
        if records.is_empty() {
            return found;
        }
        found.extend(records.iter().map(|r| (r.number, n_of(r.call.as_ref().unwrap()), r.is_marked)));
    }
}

/// The numbers in the events that wait.
pub(crate) async fn events(store: &impl Store) -> Vec<u64> {
    waiting(store, Lane::TrackBatches).await.into_iter().map(|(_, n, _)| n).collect()
}

/// Settles all events as done, and says how many they were.
pub(crate) async fn settle_all(store: &impl Store) -> usize {
    let epoch = store.lease(None).await.unwrap().unwrap().epoch;
    let numbers = waiting(store, Lane::TrackBatches).await;
    let fates: Vec<_> = numbers.iter().map(|(number, ..)| (*number, Fate::Done)).collect();
    store.settle(epoch, &stream(Lane::TrackBatches), &fates).await.unwrap();
    fates.len()
}

pub(crate) fn open(path: &Path) -> SqliteStore {
    SqliteStore::open(path).unwrap()
}

/// This program once more, to run one of its tests that are ignored, on that file.
pub(crate) fn child(test: &str, path: &Path) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", test, "--ignored", "--nocapture", "--test-threads=1"]).env("TEST_PATH", path);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    command
}

/// The file that a child is told.
pub(crate) fn told_path() -> PathBuf {
    env::var_os("TEST_PATH").unwrap().into()
}
