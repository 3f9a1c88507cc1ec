//! While the application runs, and after it was killed.

use std::{
    env,
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
};

use customerio_core::http::StatusCode;
use customerio_delivery::sqlite::SqliteStore;
use customerio_emulator::Fault;

use crate::support::{LONG, Place, all_sent, arrived, deliver, event, filled, queue, service};

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_changed_while_the_application_sends() {
    beside(&Place::file()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_is_changed_while_the_application_sends() {
    let Some(place) = Place::database().await else { return };
    beside(&place).await;
}

async fn beside(place: &Place) {
    drop(filled(place).await);
    let service = service().await;
    let application = queue(place.open().await, &service);
    all_sent(&application).await;
    let sender = &place.json("stats")[0]["leased_until"];
    assert!(sender.as_str().is_some_and(|until| until.ends_with('Z')), "{sender}");
    assert!(place.printed("stats").contains("\nsender        until 2"));

    assert_eq!(place.printed("replay 1"), "1 waits again as 4\nreplayed 1 dead letter\n");
    all_sent(&application).await;
    assert_eq!(arrived(&service).0.len(), 2, "it sends what was replayed");
    let (code, printed, error) = place.run("purge ada@example.com");
    assert_eq!((code, &*printed), (0, "purged 0 waiting calls and 1 dead letter\n"));
    assert_eq!(error, "a process has the right to send: what it has loaded already may still arrive\n");

    // It goes on, and counts right.
    application.send(event("eve")).await.unwrap();
    let report = application.shutdown(LONG).await;
    assert_eq!((report.done, report.dead, report.left), (3, 0, 0));
    assert_eq!(place.json("stats")[0]["leased_until"], serde_json::Value::Null);
}

/// Enqueues, says so, and waits to be killed.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "a process that another test starts"]
async fn an_application() {
    let service = service().await;
    service.emulator().add_fault(Fault::status(StatusCode::SERVICE_UNAVAILABLE));
    let store = SqliteStore::open(env::var_os("TEST_PATH").unwrap()).unwrap();
    let queue = queue(std::sync::Arc::new(store), &service);
    for n in 0..100 {
        queue.send(event(if n % 4 == 0 { "ada" } else { "bob" })).await.unwrap();
    }
    println!("enqueued");
    std::io::stdin().read_line(&mut String::new()).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_application_left_is_looked_at_and_changed() {
    let place = Place::file();
    let Place::File(folder) = &place else { unreachable!() };
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", "beside::an_application", "--ignored", "--nocapture"])
        .env("TEST_PATH", folder.path("calls.db"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("enqueued")));
    assert_eq!(place.json("list --limit 1000").len(), 100);
    child.kill().unwrap();
    child.wait().unwrap();

    assert_eq!(place.json("stats")[0]["waiting"], 100);
    assert_eq!(place.printed("purge ada"), "purged 25 waiting calls and 0 dead letters\n");
    assert_eq!(place.printed("discard 2"), "discarded 1 call\n");
    let store = SqliteStore::open(folder.path("calls.db")).unwrap();
    assert!(!store.repairs().any(), "{:?}", store.repairs());
    store.close().await;
    let service = service().await;
    deliver(&place, &service).await;
    assert_eq!(arrived(&service).0.len(), 74);
}
