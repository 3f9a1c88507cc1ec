//! Ids after `fork()`: a server that forks its workers has one state of everything in each of them.

#![cfg(unix)]

use std::{collections::BTreeSet, env, process};

use customerio_core::track::Event;
use customerio_emulator::Emulator;
use customerio_ureq::{Client, UreqTransport};
use fork::{Fork, fork, waitpid};
use tokio::process::Command;

const CHILDREN: usize = 8;

/// Makes the id of an event, forks [`CHILDREN`], each of which sends an event, and then sends its own.
#[test]
#[ignore = "a process that the other test starts"]
fn program() {
    let endpoint = Emulator::new().track_endpoint_at(&env::var("TEST_URL").unwrap()).unwrap();
    let track = Client::new(endpoint, UreqTransport::new().unwrap());
    let event = || track.prepare(Event::new("42", "forked")).unwrap();
    let earlier = event();
    let mut children = Vec::new();
    for _ in 0..CHILDREN {
        match fork().unwrap() {
            Fork::Child => process::exit(track.send(event()).is_err().into()),
            Fork::Parent(child) => children.push(child),
        }
    }
    for child in children {
        assert_eq!(waitpid(child).unwrap(), 0, "the event of a child was accepted");
    }
    track.send(earlier).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_process_gives_its_events_ids_of_their_own() {
    for _ in 0..5 {
        let server = Emulator::new().serve_on_loopback().await.unwrap();
        // With one thread, tests run on the main one: then all of the program is forked.
        let output = Command::new(env::current_exe().unwrap())
            .args(["--exact", "program", "--ignored", "--nocapture", "--test-threads=1"])
            .env("TEST_URL", server.url())
            .output()
            .await
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

        let ids: Vec<_> = server.emulator().events().into_iter().map(|event| event.id.unwrap()).collect();
        // The end of an id is random, and the beginning is the time, which could hide it that two ends are the same.
        let random: BTreeSet<_> = ids.iter().map(|id| &id[10..]).collect();
        assert_eq!((ids.len(), random.len()), (CHILDREN + 1, CHILDREN + 1), "{ids:?}");
        server.shutdown().await;
    }
}
