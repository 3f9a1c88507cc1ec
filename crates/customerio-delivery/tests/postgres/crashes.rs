//! The database goes away, and processes stand still.

use std::{
    env,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use customerio_delivery::{CallFilter, Inspect as _, Reason, Store as _, Stored, postgres::PostgresStore};
use customerio_emulator::Server as Service;

use crate::{
    figure::counted,
    server::{Database, Server, database},
    support::{arrived, event, message, open, queue, sent, service, until, waiting},
};

/// The lease of the processes that are stopped: nothing is sent in its last two seconds.
const LEASE: Duration = Duration::from_secs(3);

async fn append(database: &Database, calls: Vec<Stored>) {
    open(database).await.append(&calls).await.unwrap();
}

#[tokio::test]
async fn a_connection_that_broke_is_opened_again() {
    let Some(database) = database().await else { return };
    let store = open(&database).await;
    store.append(&[event(1)]).await.unwrap();
    let others = "select pg_terminate_backend(pid, 5000) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()";
    database.run(others).await;
    // One call may find that out.
    let _ = store.append(&[event(2)]).await;
    store.append(&[event(3)]).await.unwrap();
    assert!(waiting(&store).await.iter().any(|(_, n)| *n == 3));
}

#[tokio::test]
async fn a_database_that_does_not_respond_is_given_up() {
    let Some(database) = database().await else { return };
    let builder = PostgresStore::builder(database.config()).with_timeout(Duration::from_millis(200));
    let store = builder.connect().await.unwrap();
    let mut other = database.connect().await;
    let lock = other.transaction().await.unwrap();
    lock.batch_execute("lock table customerio_waiting").await.unwrap();
    let error = store.append(&[event(1)]).await.unwrap_err();
    assert_eq!(error.to_string(), "the store failed: PostgreSQL did not respond within 200ms");
    lock.rollback().await.unwrap();
    until("it responds", async || store.append(&[event(2)]).await.is_ok()).await;
}

/// `CRASHES=100` is the long form.
#[tokio::test(flavor = "multi_thread")]
async fn a_crash_of_the_database_loses_and_doubles_nothing() {
    const EVENTS: u64 = 5_000;
    const MESSAGES: u64 = 400;
    const ROUND: u64 = 5;
    let crashes: u64 = env::var("CRASHES").map_or(3, |crashes| crashes.parse().unwrap());
    let mut repeated = 0;
    for round in 0..crashes.div_ceil(ROUND) {
        let Some(more) = crash(ROUND.min(crashes - round * ROUND), EVENTS, MESSAGES).await else { return };
        repeated += more;
    }
    let calls = (EVENTS + MESSAGES) * crashes.div_ceil(ROUND);
    println!("{repeated} requests more than needed");
    counted("PostgreSQL: the server is stopped with `-m immediate`", crashes, calls, [0, 0, 0, 0].map(Some));
}

/// Crashes the database so often while calls are delivered, and says how many requests were sent again.
async fn crash(crashes: u64, events: u64, messages: u64) -> Option<u64> {
    let server = Arc::new(Server::start(&["-c", "fsync=off"])?);
    let database = server.database().await;
    let service = service().await;
    append(&database, (0..events).map(event).chain((0..messages).map(message)).collect()).await;
    let store = Arc::new(open(&database).await);
    let queue = queue(store.clone(), &service.url()).start();
    let ideal = events.div_ceil(batch()) + messages;
    for crash in 1..=crashes {
        until("some have arrived", async || service.emulator().requests() >= ideal / (crashes + 2) * crash).await;
        server.crash();
        assert!(server.start_again().success());
    }
    let letters = async || store.list(&CallFilter::dead(), 0, usize::MAX).await.unwrap_or_default();
    until("all have ended", async || matches!(queue.statistics().await, Ok(found) if found.waiting == 0)).await;
    let report = queue.shutdown(Duration::from_secs(10)).await;

    assert_eq!(arrived(&service), (0..events).collect::<Vec<_>>(), "none lost, doubled or out of order");
    let (mut sent, parked) = (sent(&service), letters().await);
    sent.sort_unstable();
    assert!(sent.windows(2).all(|pair| pair[0] < pair[1]), "none doubled");
    // This process lived on, and knows what came of each.
    assert_eq!((sent.len() as u64, parked.len(), report.left), (messages, 0, 0));
    Some(service.emulator().requests() - ideal)
}

/// How many events go into a batch of 4,000 bytes, at most.
fn batch() -> u64 {
    4_000 / event(1).call().body().len() as u64
}

/// The process that is stopped.
#[tokio::test(flavor = "current_thread")]
#[ignore = "a child process of the other tests"]
async fn child() {
    let config = env::var("TEST_PLACE").unwrap().parse().unwrap();
    let store = PostgresStore::builder(config).with_lease(LEASE).connect().await.unwrap();
    let queue = queue(Arc::new(store), &env::var("TEST_URL").unwrap()).start();
    until("all have ended", async || queue.statistics().await.unwrap().waiting == 0).await;
    let _ = queue.shutdown(Duration::from_secs(5)).await;
}

struct Process(Child);

impl Process {
    fn start(database: &Database, service: &Service) -> Self {
        let mut command = Command::new(env::current_exe().unwrap());
        command.args(["--exact", "crashes::child", "--ignored", "--test-threads=1"]);
        command.envs([("TEST_PLACE", database.place()), ("TEST_URL", &service.url())]).stdout(Stdio::null());
        Self(command.spawn().unwrap())
    }

    fn signal(&self, signal: &str) {
        let status = Command::new("kill").args([signal, &self.0.id().to_string()]).status().unwrap();
        assert!(status.success());
    }

    async fn ended(&mut self) {
        until("the process ends", async || self.0.try_wait().unwrap().is_some()).await;
        assert!(self.0.wait().unwrap().success());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_stands_still_past_its_lease_is_fenced() {
    const EVENTS: u64 = 5_000;
    const MESSAGES: u64 = 1_000;
    let Some(database) = database().await else { return };
    let service = service().await;
    let calls: Vec<_> = (0..EVENTS).map(event).chain((0..MESSAGES).map(message)).collect();
    append(&database, calls).await;
    let mut first = Process::start(&database, &service);
    let requests = || service.emulator().requests();
    until("some have arrived", async || requests() >= 60).await;
    first.signal("-STOP");
    let before = requests();
    assert!(before < MESSAGES / 2, "it was too fast to be stopped: {before} requests");
    let mut second = Process::start(&database, &service);
    // What was under way when it was stopped may arrive; more is the second's.
    until("the second sends", async || requests() >= before + 100).await;
    first.signal("-CONT");
    second.ended().await;
    first.ended().await;

    assert_eq!(database.number("select epoch from customerio_sender").await, 2, "the first did not get it again");
    let mut events = arrived(&service);
    events.sort_unstable();
    assert_eq!(events, (0..EVENTS).collect::<Vec<_>>(), "0 lost, 0 doubled");
    let mut messages = sent(&service);
    messages.sort_unstable();
    assert!(messages.windows(2).all(|pair| pair[0] < pair[1]), "0 doubled");
    let parked = open(&database).await.list(&CallFilter::dead(), 0, usize::MAX).await.unwrap();
    assert!(parked.iter().all(|letter| letter.failure().unwrap().reason == Reason::UnknownOutcome));
    let mut all: Vec<_> = messages
        .iter()
        .copied()
        .chain(parked.iter().map(|letter| crate::support::n_of(letter.call.as_ref().unwrap())))
        .collect();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len() as u64, MESSAGES, "0 lost");
    assert!(parked.len() <= 8, "not more than were under way");
    let counts = [Some(0), Some(0), None, Some(parked.len() as u64)];
    counted("PostgreSQL: the sender stands still past its lease", 1, EVENTS + MESSAGES, counts);
}
