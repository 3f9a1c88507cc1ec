//! The worker: each job arrives once or is failed with a reason, also if it is killed or Customer.io is down.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "stage/running.rs"]
mod running;
mod stage;

use std::{collections::BTreeSet, path::Path, time::Duration};

use customerio::{delivery::sqlite::rusqlite::Connection, http::StatusCode};
use customerio_emulator::Fault;
use running::Running;
use stage::{Stage, until};

const JOBS: u32 = 5_000;

/// Adds jobs as an application does; one in a thousand is not valid.
fn add_jobs(file: &Path) {
    let mut database = Connection::open(file).unwrap();
    database.execute_batch(include_str!("../src/bin/worker/jobs.sql")).unwrap();
    let transaction = database.transaction().unwrap();
    for number in 1..=JOBS {
        let data = if number.is_multiple_of(1_000) { "not JSON".to_owned() } else { format!(r#"{{"n":{number}}}"#) };
        let job = (number, 1_700_000_000_000_i64, format!("person-{number}"), data);
        let insert = "insert into job (number, created_at_ms, person, event, data) values (?1, ?2, ?3, 'visit', ?4)";
        transaction.execute(insert, job).unwrap();
    }
    transaction.commit().unwrap();
}

fn count(file: &Path, state: &str) -> u32 {
    let database = Connection::open(file).unwrap();
    database.query_row("select count(*) from job where state = ?1", [state], |row| row.get(0)).unwrap()
}

async fn start(stage: &Stage, file: &Path) -> Running {
    let mut command = stage.command(env!("CARGO_BIN_EXE_worker"));
    command.arg(file);
    let (worker, line) = Running::start(command).await;
    assert!(line.starts_with("the worker takes jobs from "), "{line}");
    worker
}

#[tokio::test(flavor = "multi_thread")]
async fn each_job_arrives_once_though_the_worker_is_killed_and_customer_io_is_down() {
    let stage = Stage::new("worker").await;
    let (customerio, file) = (stage.emulator(), stage.path("jobs.db"));
    add_jobs(&file);

    // The response to the first batch that arrives does not come before the worker is killed.
    customerio.add_fault(Fault::slow(Duration::from_secs(60)));
    let worker = start(&stage, &file).await;
    until("a batch has arrived", || !customerio.events().is_empty()).await;
    worker.kill().await;
    assert_eq!(count(&file, "waiting"), JOBS, "it does not know of any that it arrived, and sends all again");
    customerio.clear_faults();

    // The first batch fails with all retries of the SDK, and its jobs are tried again after a second.
    customerio.add_fault(Fault::status(StatusCode::SERVICE_UNAVAILABLE).with_times(3));
    let worker = start(&stage, &file).await;
    until("no job waits", || count(&file, "waiting") == 0).await;
    let report = worker.terminate().await;
    for line in ["jobs done         4,995", "jobs waiting          0", "jobs failed           5"] {
        assert!(report.contains(line), "{line}: {report}");
    }
    assert!(!report.contains("jobs retried          0"), "{report}");

    assert_eq!((count(&file, "done"), count(&file, "failed")), (4_995, 5));
    let events = customerio.events();
    let numbers: BTreeSet<_> = events.iter().map(|event| event.data()["n"].as_u64().unwrap()).collect();
    assert_eq!((events.len(), numbers.len()), (4_995, 4_995), "0 lost, 0 doubled");
}
