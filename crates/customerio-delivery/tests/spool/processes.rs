//! Several processes with one file.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdout},
};

use customerio_delivery::{Epoch, Fate, Lane, Store as _, StoreError};

use crate::support::{Directory, child, event, events, open, stream, told_path, waiting};

/// Does what it reads, and says what came of it.
#[tokio::test(flavor = "current_thread")]
#[ignore = "a process that other tests start"]
async fn obeys() {
    let store = open(&told_path());
    let mut epoch = Epoch(0);
    for line in std::io::stdin().lines() {
        let line = line.unwrap();
        let said = match line.split_once(' ').unwrap_or((&line, "")) {
            ("append", n) => store.append(&[event(n.parse().unwrap())]).await.map(|_| "done"),
            ("lease", _) => store.lease(None).await.map(|lease| {
                epoch = lease.map_or(epoch, |lease| lease.epoch);
                if lease.is_some() { "mine" } else { "another's" }
            }),
            ("release", _) => store.release(epoch).await.map(|()| "done"),
            ("settle", n) => store
                .settle(epoch, &stream(Lane::TrackBatches), &[(n.parse().unwrap(), Fate::Done)])
                .await
                .map(|()| "done"),
            _ => panic!("what is {line}?"),
        };
        println!("said {}", said.unwrap_or("failed"));
    }
}

struct Other {
    child: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
}

impl Other {
    fn start(directory: &Directory) -> Self {
        let mut child = child("processes::obeys", &directory.file()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    fn ask(&mut self, command: &str) -> String {
        writeln!(self.child.stdin.as_mut().unwrap(), "{command}").unwrap();
        self.lines.find_map(|line| Some(line.unwrap().split_once("said ")?.1.to_owned())).unwrap()
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "current_thread")]
async fn any_process_appends_and_one_sends() {
    let directory = Directory::new();
    let store = open(&directory.file());
    let mut other = Other::start(&directory);
    let epoch = store.lease(None).await.unwrap().unwrap().epoch;
    assert_eq!(other.ask("lease"), "another's");
    for n in 1..=20 {
        store.append(&[event(2 * n - 1)]).await.unwrap();
        assert_eq!(other.ask(&format!("append {}", 2 * n)), "done");
    }
    assert_eq!(events(&store).await, (1..=40).collect::<Vec<_>>());
    assert_eq!(other.ask("settle 1"), "failed", "it does not send");
    store.settle(epoch, &stream(Lane::TrackBatches), &[(1, Fate::Done)]).await.unwrap();

    store.release(epoch).await.unwrap();
    assert_eq!(other.ask("lease"), "mine");
    let fenced = store.settle(epoch, &stream(Lane::TrackBatches), &[(2, Fate::Done)]).await;
    assert!(matches!(fenced, Err(StoreError::Fenced)), "{fenced:?}");
    let fenced = store.mark(epoch, &stream(Lane::TrackBatches), &[2]).await;
    assert!(matches!(fenced, Err(StoreError::Fenced)), "{fenced:?}");
    assert_eq!(store.lease(None).await.unwrap(), None);
    assert_eq!(other.ask("settle 2"), "done");
    assert_eq!(other.ask("release"), "done");
    assert_eq!(waiting(&store, Lane::TrackBatches).await[0], (3, 3, false));
    store.close().await;
}

#[tokio::test(flavor = "current_thread")]
async fn both_append_at_the_same_time() {
    let directory = Directory::new();
    let store = open(&directory.file());
    let mut others = [Other::start(&directory), Other::start(&directory)];
    for other in &mut others {
        for n in 1..=100 {
            writeln!(other.child.stdin.as_mut().unwrap(), "append {n}").unwrap();
        }
    }
    for n in 1..=100 {
        store.append(&[event(n)]).await.unwrap();
    }
    for other in &mut others {
        let said: Vec<_> =
            other.lines.by_ref().map(Result::unwrap).filter(|line| line.contains("said ")).take(100).collect();
        assert!(said.len() == 100 && said.iter().all(|line| line.ends_with("done")), "{said:?}");
    }
    let found = waiting(&store, Lane::TrackBatches).await;
    let numbers: Vec<_> = found.iter().map(|(number, ..)| *number).collect();
    assert_eq!(numbers, (1..=300).collect::<Vec<_>>(), "none twice, none left out");
    assert!(!store.repairs().any(), "{:?}", store.repairs());
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_that_stood_still_past_its_lease_sends_nothing_that_another_sent() {
    let directory = Directory::new();
    let file = directory.file();
    crate::standstill::nothing_is_sent_twice(async move || open(&file)).await;
}
