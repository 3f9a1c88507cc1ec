//! What the SDK says of a call, against what the server got: every fault, on each transport, with an operation that may
//! arrive twice and one that must not.
//!
//! `cargo test -p customerio-testing --test fault_matrix -- --nocapture` prints every row.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod app;
mod breaking;
mod certificates;
mod connecting;
mod dropped;
mod framing;
mod http2;
#[path = "../on_threads/mod.rs"]
mod on_threads;
mod oracle;
mod reported;
mod row;
mod statuses;
mod table;
mod transports;

use std::{
    collections::BTreeSet,
    sync::Arc,
    time::{Duration, Instant},
};

use oracle::Objection;
use row::{Row, run};
use table::Via;
use tokio::{sync::Semaphore, task::JoinSet};
use transports::Stack;

/// Rows mostly wait.
const AT_ONCE: usize = 32;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_ends_as_it_must_and_nothing_is_lost_or_doubled() {
    let started = Instant::now();
    let faults: Vec<_> = [
        connecting::faults(),
        breaking::faults(),
        framing::faults(),
        statuses::faults(),
        reported::faults(),
        http2::faults(),
        app::faults(),
    ]
    .into_iter()
    .flatten()
    .map(Arc::new)
    .collect();
    let slots = Arc::new(Semaphore::new(AT_ONCE));
    let mut running = JoinSet::new();
    let mut number = 0;
    let shared = Stack::ALL.map(|stack| stack.transport(Via::Ready));
    for fault in &faults {
        for index in 0..fault.rows.len() {
            for (stack, shared) in Stack::ALL.into_iter().zip(&shared).filter(|(stack, _)| stack.has(fault.via)) {
                let (fault, shared, slots) = (fault.clone(), shared.clone(), slots.clone());
                number += 1;
                running.spawn(async move {
                    let _slot = slots.acquire().await;
                    (number, run(fault, index, stack, shared).await)
                });
            }
        }
    }
    for (stack, shared) in Stack::ALL.into_iter().zip(&shared) {
        for case in dropped::cases().into_iter().filter(|case| stack.has(case.via)) {
            let (shared, slots) = (shared.clone(), slots.clone());
            number += 1;
            running.spawn(async move {
                let _slot = slots.acquire().await;
                (number, dropped::run(&case, stack, shared).await)
            });
        }
    }
    let mut rows: Vec<_> = running.join_all().await;
    rows.sort_by_key(|(number, _)| *number);
    let rows: Vec<_> = rows.into_iter().map(|(_, row)| row).collect();
    print(&rows, started.elapsed());

    let names: BTreeSet<_> = rows.iter().map(|row| &row.fault).collect();
    assert!(names.len() >= 50, "{} faults", names.len());
    let bad: Vec<_> = rows.iter().filter(|row| row.unexpected.is_some() || !row.objections.is_empty()).collect();
    let shown: Vec<_> = bad.iter().map(|row| format!("\n{row}")).collect();
    assert!(bad.is_empty(), "{} of {} rows are not as expected:{}", bad.len(), rows.len(), shown.concat());
}

fn print(rows: &[Row], took: Duration) {
    println!(
        "{:<48} {:<8} {:<11} {:<15} {:>8} {:<14} {:>8}  ",
        "fault", "over", "operation", "the SDK said", "attempts", "stopped by", "arrivals"
    );
    for row in rows {
        println!("{row}");
    }
    for stack in Stack::ALL {
        println!("{} rows over {stack:?}", rows.iter().filter(|row| row.stack == stack).count());
    }
    let names: BTreeSet<_> = rows.iter().map(|row| &row.fault).collect();
    let count = |wanted: fn(&Objection) -> bool| rows.iter().filter(|row| row.objections.iter().any(wanted)).count();
    println!(
        "{} faults, {} rows, {} as expected, {} lost, {} doubled, {} untrue, in {:.1} s; the slowest row took {:.1} s",
        names.len(),
        rows.len(),
        rows.iter().filter(|row| row.unexpected.is_none() && row.objections.is_empty()).count(),
        count(|objection| matches!(objection, Objection::Lost(_))),
        count(|objection| matches!(objection, Objection::Doubled(_))),
        count(|objection| matches!(objection, Objection::Untrue(_))),
        took.as_secs_f32(),
        rows.iter().map(|row| row.took).max().unwrap_or_default().as_secs_f32(),
    );
}
