//! The power is lost, and syncs fail. What a process writes is recorded; then every state is opened in which a disk may be
//! that had what was synced, and of the rest all, nothing, or any part.
//!
//! `POWER=all cargo test -p customerio-delivery --test spool power -- --nocapture` is the long form.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    fs::File,
    io::Write as _,
    path::Path,
};

use customerio_delivery::{Epoch, Fate, Lane, Store as _, Stored, sqlite::SqliteStore};

use crate::{
    figure::counted,
    shim,
    support::{Directory, child, event, message, n_of, open, stream, told_path, waiting},
};

const ROUNDS: u64 = 70;

/// Where the process says what it does.
const TOLD: &str = "told";

/// What it does with calls, before and after.
struct Work {
    store: SqliteStore,
    epoch: Epoch,
    told: File,
}

impl Work {
    /// Does something with these calls, and says before that it begins, and after whether it was done.
    async fn run<E>(&mut self, what: &str, calls: &[u64], run: impl AsyncFnOnce(&SqliteStore) -> Result<(), E>) {
        self.tell("begin", what, calls);
        let done = run(&self.store).await.is_ok();
        self.tell(if done { "done" } else { "failed" }, what, calls);
    }

    fn tell(&mut self, how: &str, what: &str, calls: &[u64]) {
        let calls: Vec<_> = calls.iter().map(u64::to_string).collect();
        self.told.write_all(format!("{how} {what} {}\n", calls.join(" ")).as_bytes()).unwrap();
    }

    async fn append(&mut self, calls: Vec<Stored>) {
        let numbers: Vec<_> = calls.iter().map(n_of).collect();
        self.run("append", &numbers, async |store| store.append(&calls).await.map(drop)).await;
    }

    /// The first calls of a lane: their numbers in the store, and their own.
    async fn first(&self, lane: Lane, is_marked: bool, most: usize) -> (Vec<u64>, Vec<u64>) {
        let Ok(records) = self.store.load(&stream(lane), 0, 1 << 20).await else { return Default::default() };
        let of_mark = records.into_iter().filter(|record| record.is_marked == is_marked);
        of_mark.take(most).map(|record| (record.number, n_of(&record.call.unwrap()))).unzip()
    }

    async fn settle(&mut self, lane: Lane, is_marked: bool, most: usize) {
        let (numbers, calls) = self.first(lane, is_marked, most).await;
        let fates: Vec<_> = numbers.iter().map(|number| (*number, Fate::Done)).collect();
        let epoch = self.epoch;
        self.run("settle", &calls, async |store| store.settle(epoch, &stream(lane), &fates).await).await;
    }

    async fn mark(&mut self) {
        let (numbers, calls) = self.first(Lane::App, false, 1).await;
        let epoch = self.epoch;
        self.run("mark", &calls, async |store| store.mark(epoch, &stream(Lane::App), &numbers).await.map(drop)).await;
    }
}

#[tokio::test(flavor = "current_thread")]
#[ignore = "a process that other tests start"]
async fn works() {
    let told = File::create(told_path().with_file_name(TOLD)).unwrap();
    let store = loop {
        if let Ok(store) = SqliteStore::open(told_path()) {
            break store;
        }
    };
    let epoch = loop {
        if let Ok(Some(lease)) = store.lease(None).await {
            break lease.epoch;
        }
    };
    let (mut work, mut n) = (Work { store, epoch, told }, 0);
    for round in 1..=ROUNDS {
        let mut next = || {
            n += 1;
            n
        };
        work.append((0..=round % 5).map(|_| event(next())).collect()).await;
        if round % 3 == 0 {
            // Some are larger than a page.
            work.append(vec![message(next(), if round % 2 == 0 { 50 } else { 6_000 })]).await;
            work.mark().await;
        }
        if round % 4 == 0 {
            work.settle(Lane::TrackBatches, false, 5).await;
        }
        if round % 10 == 0 {
            work.settle(Lane::App, true, 1).await;
        }
    }
    // Its thread must not be writing the log when the process ends: half an operation cannot be read.
    work.store.close().await;
}

/// Something that was done to a file.
struct Operation {
    kind: u8,
    name: String,
    offset: usize,
    bytes: Vec<u8>,
}

fn operations(log: &[u8]) -> Vec<Operation> {
    let (mut rest, mut operations) = (log, Vec::new());
    while !rest.is_empty() {
        let (head, after) = rest.split_at(32);
        let value = |at: usize| usize::try_from(u64::from_ne_bytes(head[at..at + 8].try_into().unwrap())).unwrap();
        let (name, after) = after.split_at(value(16));
        let (bytes, after) = after.split_at(value(24));
        rest = after;
        let (kind, name) = (head[0], String::from_utf8(name.to_vec()).unwrap());
        // It is memory that processes share, and begins anew.
        if !name.ends_with("-shm") {
            operations.push(Operation { kind, name, offset: value(8), bytes: bytes.to_vec() });
        }
    }
    operations
}

/// What was said of calls when the power was lost.
#[derive(Debug, Default)]
struct Told {
    begun: BTreeMap<String, BTreeSet<u64>>,
    done: BTreeMap<String, BTreeSet<u64>>,
    failed: BTreeMap<String, BTreeSet<u64>>,
}

impl Told {
    fn at(operations: &[Operation]) -> Self {
        let mut told = Self::default();
        for operation in operations.iter().filter(|operation| operation.name == TOLD && operation.kind == b'w') {
            let mut words = std::str::from_utf8(&operation.bytes).unwrap().split_whitespace();
            let kept = match words.next().unwrap() {
                "begin" => &mut told.begun,
                "done" => &mut told.done,
                _ => &mut told.failed,
            };
            let calls = kept.entry(words.next().unwrap().to_owned()).or_default();
            calls.extend(words.map(|n| n.parse::<u64>().unwrap()));
        }
        told
    }
}

fn of(told: &BTreeMap<String, BTreeSet<u64>>, what: &str) -> BTreeSet<u64> {
    told.get(what).cloned().unwrap_or_default()
}

/// What a disk has of what was not synced.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Rest {
    Nothing,
    All,
    /// Of each write, all, nothing, or the first sectors.
    Some(u64),
}

impl Rest {
    /// How many of that many bytes it has.
    fn of(&mut self, bytes: usize) -> usize {
        const SECTOR: usize = 512;
        match self {
            Self::Nothing => 0,
            Self::All => bytes,
            Self::Some(random) => {
                *random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                match (*random >> 33) % 4 {
                    0 => usize::try_from(*random >> 40).unwrap() % (bytes.div_ceil(SECTOR) + 1) * SECTOR,
                    1 => 0,
                    _ => bytes,
                }
                .min(bytes)
            }
        }
    }
}

/// What a disk may have. A file that was synced has its name too, as it is on every file system of Linux.
fn disk(operations: &[Operation], mut rest: Rest) -> BTreeMap<&str, Vec<u8>> {
    let mut files: BTreeMap<&str, Vec<u8>> = BTreeMap::new();
    for (index, operation) in operations.iter().enumerate().filter(|(_, operation)| operation.name != TOLD) {
        let name = &*operation.name;
        let of_folder = if operation.kind == b'u' { "" } else { name };
        // What a sync has failed for is not tried again by the next: the system holds it for written.
        let sync =
            operations[index..].iter().find(|other| matches!(other.kind, b's' | b'f') && other.name == of_folder);
        let is_synced = sync.is_some_and(|sync| sync.kind == b's');
        let mut rest = |bytes| if is_synced { bytes } else { rest.of(bytes) };
        match operation.kind {
            b'w' => {
                let kept = rest(operation.bytes.len());
                let file = files.entry(name).or_default();
                if kept > 0 {
                    let end = operation.offset + kept;
                    file.resize(file.len().max(end), 0);
                    file[operation.offset..end].copy_from_slice(&operation.bytes[..kept]);
                }
            }
            b't' if rest(1) == 1 => files.entry(name).or_default().resize(operation.offset, 0),
            b'u' if rest(1) == 1 => drop(files.remove(name)),
            b's' => drop(files.entry(name).or_default()),
            _ => {}
        }
    }
    files.remove("");
    files
}

/// Opens a disk, and compares what is there to what was told.
async fn check(directory: &Directory, files: &BTreeMap<&str, Vec<u8>>, told: &Told, context: &str) {
    let _ = fs::remove_dir_all(directory.path());
    fs::create_dir_all(directory.path()).unwrap();
    for (name, bytes) in files {
        fs::write(directory.path().join(name), bytes).unwrap();
    }
    let store = open(&directory.file());
    let (events, messages) = (waiting(&store, Lane::TrackBatches).await, waiting(&store, Lane::App).await);
    let repairs = store.repairs();
    store.close().await;
    let found: BTreeSet<_> = events.iter().chain(&messages).map(|(_, n, _)| *n).collect();
    let marked: BTreeSet<_> = messages.iter().filter(|(.., is_marked)| *is_marked).map(|(_, n, _)| *n).collect();
    let context = format!("{context}: {told:?}, {repairs:?}");

    let owed = &of(&told.done, "append") - &of(&told.begun, "settle");
    let lost: Vec<_> = owed.difference(&found).collect();
    assert!(lost.is_empty(), "{lost:?} are lost: {context}");
    let again: Vec<_> = of(&told.done, "settle").intersection(&found).copied().collect();
    assert!(again.is_empty(), "{again:?} have ended and are there: {context}");
    let unmarked: Vec<_> =
        of(&told.done, "mark").intersection(&found).filter(|n| !marked.contains(n)).copied().collect();
    assert!(unmarked.is_empty(), "{unmarked:?} may have been sent, and are not marked: {context}");
    assert!(found.is_subset(&of(&told.begun, "append")), "{found:?}: {context}");
    assert!(events.is_sorted() && messages.is_sorted(), "{context}");
    assert!(!repairs.any(), "nothing is damaged: {context}");
}

/// Runs the process, loses the power at many moments, and says how often.
fn lose_power(fail: Option<u32>) {
    let directory = Directory::new();
    let log = directory.path().with_extension("log");
    fs::create_dir_all(directory.path()).unwrap();
    let mut command = child("power::works", &directory.file());
    command.env("LD_PRELOAD", shim::library()).env("SHIM_FOLDER", directory.path()).env("SHIM_LOG", &log);
    if let Some(each) = fail {
        command.env("SHIM_FAIL", each.to_string());
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let all = operations(&fs::read(&log).unwrap());
    let _ = fs::remove_file(&log);
    let moments = check_moments(&directory, &all);
    let told = Told::at(&all);
    let (failed, failures) = (of(&told.failed, "append").len(), all.iter().filter(|one| one.kind == b'f').count());
    assert_eq!(failures > 0, fail.is_some());
    assert_eq!(failed > 0, fail.is_some(), "a sync that failed is told");
    let what = if fail.is_some() {
        "SQLite: each seventh sync fails, and the power is lost"
    } else {
        "SQLite: the power is lost"
    };
    let calls = of(&told.done, "append").len() as u64;
    counted(what, moments, calls, [Some(0), Some(0), Some(0), None]);
}

fn check_moments(directory: &Directory, all: &[Operation]) -> u64 {
    let is_long = env::var_os("POWER").is_some();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let is_database = |operation: &Operation| Path::new(&operation.name).extension().is_some_and(|end| end == "db");
    let mut moments = 0;
    for end in 0..=all.len() {
        // While the log is written into the database, more can go wrong.
        let is_checkpoint = end > 0 && is_database(&all[end - 1]);
        if !is_long && end % if is_checkpoint { 5 } else { 37 } != 0 {
            continue;
        }
        let (before, random) = (&all[..end], end as u64);
        let told = Told::at(before);
        let mut states = vec![Rest::Nothing, Rest::All, Rest::Some(random)];
        if is_long {
            states.extend((1..4).map(|more| Rest::Some(random << more)));
        }
        for rest in states {
            let context = format!("after {end} of {} operations, {rest:?} of the rest", all.len());
            runtime.block_on(check(directory, &disk(before, rest), &told, &context));
            moments += 1;
        }
    }
    moments
}

#[test]
fn what_was_told_is_found_after_the_power_was_lost() {
    lose_power(None);
}

#[test]
fn what_was_told_is_found_where_syncs_fail() {
    lose_power(Some(7));
}
