//! The contract of a store: ours keep it, and who breaks it is found out.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod broken;

use std::{
    fs,
    path::PathBuf,
    process,
    sync::atomic::{AtomicU64, Ordering},
    thread,
};

use broken::{Break, Broken};
use customerio_delivery::{MemoryStore, sqlite::SqliteStore};
use customerio_testing::stores::{Check, Stores, async_trait, check};

struct InMemory;

#[async_trait]
impl Stores for InMemory {
    type Store = MemoryStore;

    async fn fresh(&self, bytes: u64) -> MemoryStore {
        MemoryStore::new(bytes)
    }
}

/// Stores in files of a directory, which is gone when the test ends; each breaks a rule, or none.
struct InFiles {
    directory: PathBuf,
    files: AtomicU64,
    rule: Option<Break>,
}

impl InFiles {
    fn new(rule: Option<Break>) -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let name = format!("stores-{}-{}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&directory);
        Self { directory, files: AtomicU64::new(0), rule }
    }
}

impl Drop for InFiles {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.directory);
    }
}

#[async_trait]
impl Stores for InFiles {
    type Store = Broken;

    async fn fresh(&self, bytes: u64) -> Broken {
        let path = self.directory.join(format!("{}.db", self.files.fetch_add(1, Ordering::Relaxed)));
        Broken::new(SqliteStore::builder(&path).with_bytes(bytes).open().unwrap(), path, self.rule)
    }

    async fn other(&self, store: &Broken) -> Option<Broken> {
        let path = store.path();
        Some(Broken::new(SqliteStore::open(path).unwrap(), path.to_owned(), self.rule))
    }
}

#[tokio::test(flavor = "current_thread")]
async fn memory_keeps_the_contract() {
    check(&InMemory).await.assert();
}

#[tokio::test(flavor = "current_thread")]
async fn a_file_keeps_the_contract() {
    let report = check(&InFiles::new(None)).await;
    report.assert();
    assert_eq!(report.checks().len(), 24);
}

/// Has a store break each rule, and wants that check to fail; others may fail with it.
#[test]
fn each_check_finds_the_store_that_breaks_its_rule() {
    let report = |rule| {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(check(&InFiles::new(rule)))
    };
    // At the same time, since they wait for the disk most of it.
    thread::scope(|scope| {
        for (rule, expected) in Break::ALL {
            scope.spawn(move || {
                let report = report(Some(rule));
                let fails = report.failed().any(|check| check.name() == expected);
                assert!(fails, "{rule:?} should fail {expected}:\n{report}");
            });
        }
    });
    let found: Vec<_> = Break::ALL.into_iter().map(|(_, check)| check).collect();
    let all = report(None);
    let missed: Vec<_> = all.checks().iter().map(Check::name).filter(|name| !found.contains(name)).collect();
    assert!(missed.is_empty(), "no broken store is known to fail {missed:?}");
}
