//! A tool beside the application: what it sees, and what it deletes.

use std::{fs, time::Duration};

use customerio_core::{Limits, Moment, track::v2::person::Event};
use customerio_delivery::{
    CallFilter, CallState, Failure, Fate, Inspect as _, Lane, Reason, Store as _, StoreError, Stored,
    sqlite::{SqliteStore, rusqlite::Connection},
};

use crate::support::{Directory, child, event, events, open, stream, waiting};

fn tool(directory: &Directory) -> Result<SqliteStore, StoreError> {
    SqliteStore::builder(directory.file()).existing_only().open()
}

fn refused(directory: &Directory) -> String {
    tool(directory).unwrap_err().to_string()
}

fn about(person: &str) -> Stored {
    let now = Moment { monotonic: Duration::ZERO, since_epoch: Duration::from_secs(1_700_000_000), random: 4 };
    Stored::new(Event::new(person, "purchase"), &now, &Limits::default()).unwrap()
}

#[tokio::test(flavor = "current_thread")]
async fn what_is_purged_is_no_damage() {
    let directory = Directory::new();
    let store = open(&directory.file());
    // More than a page of them.
    let calls: Vec<_> = (0..1_500).map(|n| if n % 3 == 0 { about("ada") } else { event(n) }).collect();
    store.append(&calls).await.unwrap();
    let other = tool(&directory).unwrap();
    assert_eq!(other.purge("ada").await.unwrap().waiting, 500);
    assert_eq!(other.discard(&[2, 3, 4]).await.unwrap(), 2);
    other.close().await;
    assert_eq!((events(&store).await.len(), store.statistics().await.unwrap().waiting), (998, 998));
    store.close().await;

    let store = open(&directory.file());
    assert_eq!(events(&store).await.len(), 998);
    assert_eq!(store.append(&[event(1)]).await.unwrap(), 1_501);
    assert!(!store.repairs().any(), "{:?}", store.repairs());
    store.close().await;
}

#[tokio::test(flavor = "current_thread")]
async fn what_is_purged_is_in_no_file() {
    let directory = Directory::new();
    let store = open(&directory.file());
    let files = || -> Vec<u8> {
        let files = fs::read_dir(directory.path()).unwrap();
        files.flat_map(|file| fs::read(file.unwrap().path()).unwrap()).collect()
    };
    let is_there = || files().windows(15).any(|window| window == b"ada@example.com");
    store.append(&[event(1), about("ada@example.com")]).await.unwrap();
    assert!(is_there());
    let other = tool(&directory).unwrap();
    assert_eq!(other.purge("ada@example.com").await.unwrap().total(), 1);
    other.close().await;
    assert!(!is_there(), "the application has the file open, and its log is emptied");
    store.close().await;
}

#[tokio::test(flavor = "current_thread")]
async fn a_tool_sees_what_a_process_left_that_was_killed() {
    let directory = Directory::new();
    let mut child = child("crashes::marks", &directory.file()).spawn().unwrap();
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(child.stdout.take().unwrap()));
    assert!(lines.any(|line| line.unwrap().contains("told 1")));
    child.kill().unwrap();
    child.wait().unwrap();
    let tool = tool(&directory).unwrap();
    let calls = tool.list(&CallFilter::waiting(), 0, 10).await.unwrap();
    let marks: Vec<_> =
        calls.iter().map(|call| matches!(call.state, CallState::Waiting { is_marked: true, .. })).collect();
    assert_eq!(marks, [true, false]);
    assert_eq!(tool.statistics().await.unwrap().waiting, 2);
    tool.close().await;
}

#[tokio::test(flavor = "current_thread")]
async fn a_tool_makes_nothing_and_repairs_nothing() {
    let directory = Directory::new();
    assert!(refused(&directory).contains("there is no file"), "{}", refused(&directory));
    assert!(!directory.path().exists());

    fs::create_dir(directory.path()).unwrap();
    fs::write(directory.file(), "not a database, and longer than the header of one is: ".repeat(9)).unwrap();
    assert!(refused(&directory).contains("not a database"), "{}", refused(&directory));
    fs::write(directory.file(), "").unwrap();
    assert_eq!(refused(&directory), "the store failed: the file has no tables of a store");
    assert_eq!(fs::metadata(directory.file()).unwrap().len(), 0);
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
}

#[tokio::test(flavor = "current_thread")]
async fn a_tool_refuses_tables_of_another_version() {
    let directory = Directory::new();
    open(&directory.file()).close().await;
    let set = |version: i64| {
        let database = Connection::open(directory.file()).unwrap();
        database.execute("update customerio_state set version = ?1", [version]).unwrap();
    };
    set(2);
    let sentence = "the store failed: the tables are of version 2, and this program knows versions up to 1: update it";
    assert_eq!(refused(&directory), sentence);
    set(0);
    assert_eq!(refused(&directory), "the store failed: the file has no tables of a store");
}

#[tokio::test(flavor = "current_thread")]
async fn a_tool_leaves_a_lost_end_of_the_log_to_the_application() {
    let directory = Directory::new();
    let append = async |n| {
        let store = open(&directory.file());
        store.append(&[event(n)]).await.unwrap();
        store.close().await;
    };
    append(1).await;
    let before = fs::read(directory.file()).unwrap();
    append(2).await;
    // As if all that came after was lost.
    fs::write(directory.file(), before).unwrap();
    assert!(refused(&directory).contains("start the application, which repairs the file"), "{}", refused(&directory));
    let store = open(&directory.file());
    assert!(store.repairs().lost_transactions > 0, "it is seen all the same");
    store.close().await;
    tool(&directory).unwrap().close().await;
}

#[tokio::test(flavor = "current_thread")]
async fn a_tool_forgets_no_old_dead_letters() {
    let directory = Directory::new();
    let store = SqliteStore::builder(directory.file()).with_dead_letters_kept_for(Duration::MAX).open().unwrap();
    store.append(&[event(1)]).await.unwrap();
    let epoch = store.lease(None).await.unwrap().unwrap().epoch;
    let failed = [(1, Fate::Failed(Failure::new(Reason::Rejected)))];
    store.settle(epoch, &stream(Lane::TrackBatches), &failed).await.unwrap();
    store.close().await;
    let database = Connection::open(directory.file()).unwrap();
    database.execute("update customerio_dead set failed_at = 0", []).unwrap();
    drop(database);
    let tool = tool(&directory).unwrap();
    tool.append(&[event(2)]).await.unwrap();
    assert_eq!(tool.list(&CallFilter::new(), 0, 10).await.unwrap().len(), 2);
    assert_eq!(waiting(&tool, Lane::TrackBatches).await, [(2, 2, false)]);
    tool.close().await;
}
