//! `kill -9` at any moment.

use std::io::{BufRead as _, BufReader};

use customerio_delivery::{Lane, Store as _};

use crate::support::{Directory, child, event, events, message, open, settle_all, told_path, waiting};

/// How many calls are in the group that is appended at once.
const GROUP: u64 = 7;

/// Appends events for ever, and prints how many were appended.
#[tokio::test(flavor = "current_thread")]
#[ignore = "a process that other tests start"]
async fn appends() {
    let store = open(&told_path());
    let first = events(&store).await.last().map_or(1, |n| n + 1);
    for begin in (first..).step_by(usize::try_from(GROUP).unwrap()) {
        store.append(&(begin..begin + GROUP).map(event).collect::<Vec<_>>()).await.unwrap();
        println!("told {}", begin + GROUP - 1);
    }
}

/// Starts the child, kills it when it has reported that many durable groups, and returns the last number that it reported.
fn run_and_kill(directory: &Directory, times: usize) -> u64 {
    let mut child = child("crashes::appends", &directory.file()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut told = || lines.find_map(|line| line.split_once("told ")?.1.parse::<u64>().ok());
    let mut last = 0;
    for _ in 0..times {
        last = told().unwrap();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // What it said before it died.
    while let Some(more) = told() {
        last = more;
    }
    last
}

#[tokio::test(flavor = "current_thread")]
async fn what_was_told_is_found_after_a_kill() {
    let directory = Directory::new();
    for times in [1, 2, 40, 3, 150, 17, 5, 90] {
        let told = run_and_kill(&directory, times);
        let store = open(&directory.file());
        assert!(!store.repairs().any(), "{:?}", store.repairs());
        let found = waiting(&store, Lane::TrackBatches).await;
        let count = found.len() as u64;
        assert!((told..=told + GROUP).contains(&count), "told {told}, found {count}");
        assert!(found.iter().zip(1..).all(|((number, n, _), expected)| (*number, *n) == (expected, expected)));
        assert_eq!(store.statistics().await.unwrap().waiting, count);
        store.close().await;
    }
}

#[tokio::test(flavor = "current_thread")]
async fn a_number_is_never_used_again() {
    let directory = Directory::new();
    let told = run_and_kill(&directory, 3);
    let store = open(&directory.file());
    let all = settle_all(&store).await as u64;
    assert!(all >= told);
    store.close().await;
    let store = open(&directory.file());
    store.append(&[event(1)]).await.unwrap();
    assert_eq!(waiting(&store, Lane::TrackBatches).await, [(all + 1, 1, false)]);
    store.close().await;
}

/// Marks a message, says so, and waits to be killed.
#[tokio::test(flavor = "current_thread")]
#[ignore = "a process that other tests start"]
async fn marks() {
    let store = open(&told_path());
    store.append(&[message(1, 10), message(2, 10)]).await.unwrap();
    let epoch = store.lease(None).await.unwrap().unwrap().epoch;
    store.mark(epoch, &crate::support::stream(Lane::App), &[1]).await.unwrap();
    println!("told 1");
    std::io::stdin().read_line(&mut String::new()).unwrap();
}

#[tokio::test(flavor = "current_thread")]
async fn a_mark_outlives_a_kill() {
    let directory = Directory::new();
    let mut child = child("crashes::marks", &directory.file()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("told 1")));
    child.kill().unwrap();
    child.wait().unwrap();
    let store = open(&directory.file());
    assert_eq!(waiting(&store, Lane::App).await, [(1, 1, true), (2, 2, false)]);
    store.close().await;
}
