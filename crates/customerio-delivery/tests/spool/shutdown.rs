//! A queue over a file is shut down: while Customer.io asks it to wait, and with calls of the application's transactions.

use std::{
    collections::BTreeSet,
    sync::Arc,
    time::{Duration, Instant},
};

use customerio_core::{Client, http::StatusCode};
use customerio_delivery::{Queue, Store as _, sqlite};
use customerio_emulator::{Emulator, Fault, Server};
use customerio_hyper::HyperTransport;

use crate::support::{Directory, event, message, open};

/// How much later than it was asked to it may return: it gives the right to send back, and counts, on a disk that is busy.
const LATE: Duration = Duration::from_secs(1);

fn queue(directory: &Directory, server: &Server) -> Queue {
    let transport = Arc::new(HyperTransport::new().unwrap());
    Queue::builder(open(&directory.file()))
        .with_track(Client::new(server.track_endpoint().unwrap(), transport.clone()))
        .with_app(Client::new(server.app_endpoint().unwrap(), transport))
        .start()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_keeps_to_its_time_while_it_is_asked_to_wait_and_loses_nothing() {
    const CALLS: u64 = 50;
    let server = Emulator::new().serve_on_loopback().await.unwrap();
    let asked = Fault::status_with_retry_after(StatusCode::TOO_MANY_REQUESTS, Duration::from_secs(60));
    let fault = server.emulator().add_fault(asked);
    let directory = Directory::new();
    for (round, within) in (0..).zip([Duration::ZERO, Duration::from_secs(1)]) {
        let queue = queue(&directory, &server);
        for n in 0..CALLS {
            let n = round * CALLS + n;
            queue.send(event(n)).await.unwrap();
            queue.send(message(n, 10)).await.unwrap();
        }
        let begun = Instant::now();
        let report = queue.shutdown(within).await;
        let took = begun.elapsed();
        assert!(took <= within + LATE, "{took:?} instead of {within:?}");
        assert_eq!((report.done, report.dead, report.parked), (0, 0, 0), "{report:?}");
        assert_eq!(report.left, 2 * CALLS * (round + 1), "{report:?}");
    }
    assert!(server.emulator().requests() > 0, "it was asked to wait");

    server.emulator().remove_fault(fault);
    let (queue, begun) = (queue(&directory, &server), Instant::now());
    while queue.statistics().await.unwrap().waiting > 0 {
        assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", queue.counts());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let report = queue.shutdown(Duration::from_secs(5)).await;
    assert_eq!((report.done, report.left), (4 * CALLS, 0), "{report:?}");
    let (events, messages) = (server.emulator().events(), server.emulator().messages());
    let distinct: BTreeSet<_> = events.iter().map(|event| event.data()["n"].as_u64().unwrap()).collect();
    assert_eq!((events.len(), messages.len(), distinct.len()), (100, 100, 100));
    let store = open(&directory.file());
    assert_eq!(store.statistics().await.unwrap().waiting, 0);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_sends_what_transactions_and_earlier_processes_left() {
    let server = Emulator::new().serve_on_loopback().await.unwrap();
    let directory = Directory::new();
    let store = open(&directory.file());
    store.append(&[event(1)]).await.unwrap();
    store.close().await;
    // Nothing has time to be looked for before.
    let queue = queue(&directory, &server);
    let mut database = sqlite::rusqlite::Connection::open(directory.file()).unwrap();
    let transaction = database.transaction().unwrap();
    sqlite::enqueue(&transaction, &event(2)).unwrap();
    sqlite::enqueue(&transaction, &message(3, 10)).unwrap();
    transaction.commit().unwrap();
    let report = queue.shutdown(Duration::from_secs(30)).await;
    assert_eq!((report.done, report.left), (3, 0));
    assert_eq!((server.emulator().events().len(), server.emulator().messages().len()), (2, 1));
    // One that has stopped does not take the right to send.
    assert_eq!(queue.flush(Duration::from_secs(30)).await.left, 0);
    assert_eq!(queue.statistics().await.unwrap().leased_until, None);
}
