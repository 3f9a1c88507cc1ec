//! A worker: takes jobs from a table, sends them in batches, and retries later what could not be delivered.
//!
//! `cargo run -p customerio-examples --bin worker -- jobs.db`
//!
//! The argument is a SQLite database with a table of jobs, which `jobs.sql` describes. The worker looks for jobs every second. On
//! Ctrl-C or SIGTERM it finishes the jobs at hand and prints a report. If it crashes, it sends them again after the
//! restart, and Customer.io drops those that it has: each event has an id that depends on its job.
//!
//! One worker keeps up with the rate that Customer.io accepts. Without an argument the program works through a sample of
//! 5,000 jobs.

mod jobs;

use std::{
    collections::BTreeMap,
    env, fs,
    path::Path,
    pin::{Pin, pin},
    time::Duration,
};

use customerio::{
    CustomerIo,
    batch::{BatchOptions, ItemError},
};
use customerio_examples::{Result, from_env_quietly, stop_signal};
use indicatif::HumanCount;
use jobs::{Job, Jobs, Outcome};
use tokio::{task::block_in_place, time::timeout};

/// The most jobs at a time: a stop waits for them, and a crash sends them again.
const AT_ONCE: u32 = 2_000;

/// How often it looks for jobs.
const POLL: Duration = Duration::from_secs(1);

/// The numbers of jobs by outcome.
#[derive(Default)]
struct Report {
    done: u64,
    failed: BTreeMap<String, u64>,
    retries: u64,
}

impl Report {
    fn add(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Done => self.done += 1,
            Outcome::Failed { why } => *self.failed.entry(why.clone()).or_default() += 1,
            Outcome::Retry { .. } => self.retries += 1,
        }
    }
}

/// Works until `stop` ends or, if `until_empty`, until no job waits.
async fn work(
    cio: &CustomerIo,
    jobs: &mut Jobs,
    mut stop: Pin<&mut impl Future<Output = ()>>,
    until_empty: bool,
) -> Result<Report> {
    let mut report = Report::default();
    while !(until_empty && block_in_place(|| jobs.waiting())? == 0) {
        let due = block_in_place(|| jobs.due(now_ms(), AT_ONCE))?;
        let pause = if due.is_empty() { POLL } else { Duration::ZERO };
        let outcomes = send(cio, due).await?;
        block_in_place(|| jobs.finish(&outcomes))?;
        for (_, outcome) in &outcomes {
            report.add(outcome);
        }
        if timeout(pause, &mut stop).await.is_ok() {
            break;
        }
    }
    Ok(report)
}

/// Sends jobs in batches, and returns the outcome of each.
async fn send(cio: &CustomerIo, jobs: Vec<Job>) -> Result<Vec<(i64, Outcome)>> {
    let batch = cio.track().batch(BatchOptions::default());
    for job in &jobs {
        batch.push((job.number, job.attempts), job.event()).await;
    }
    let report = batch.finish().await;
    if let Some(error) = report.summary.stopped {
        // Such as wrong credentials. The jobs stay as they were.
        return Err(error.into());
    }
    let mut outcomes: BTreeMap<_, _> = jobs.iter().map(|job| (job.number, Outcome::Done)).collect();
    if !report.unknown.is_empty() {
        // It is not known which jobs failed, and sending an event twice is harmless.
        for job in &jobs {
            outcomes.insert(job.number, retry(job.attempts, "Customer.io reported an error about no job".to_owned()));
        }
    }
    for item in report.failed {
        let (number, attempts) = item.tag;
        let why = item.error.to_string();
        let outcome = match item.error {
            ItemError::Invalid(_) | ItemError::Rejected(_) => Outcome::Failed { why },
            // The SDK has retried it: Customer.io or the network is down, or its batch was rejected.
            _ => retry(attempts, why),
        };
        outcomes.insert(number, outcome);
    }
    Ok(outcomes.into_iter().collect())
}

/// Tries a job again after 1 second, then 2, 4 and so on, up to 17 minutes.
fn retry(attempts: u32, why: String) -> Outcome {
    Outcome::Retry { not_before_ms: now_ms() + (1_000 << attempts.min(10)), why }
}

fn now_ms() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_millis()).unwrap_or(i64::MAX)
}

#[tokio::main]
async fn main() -> Result {
    let cio = from_env_quietly().await?;
    let stop = pin!(stop_signal()?);
    let Some(file) = env::args_os().nth(1) else {
        return sample(&cio, stop).await;
    };
    let mut jobs = Jobs::open(Path::new(&file))?;
    println!("the worker takes jobs from {}", Path::new(&file).display());
    let report = work(&cio, &mut jobs, stop, false).await?;
    print(&report, &jobs)
}

/// Works through a sample.
async fn sample(cio: &CustomerIo, stop: Pin<&mut impl Future<Output = ()>>) -> Result {
    let folder = env::temp_dir().join(format!("customerio-worker-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let mut jobs = Jobs::open(&folder.join("jobs.db"))?;
    jobs.add_sample(now_ms())?;
    println!("the worker takes a sample of {} jobs", HumanCount(jobs.waiting()?.into()));
    let report = work(cio, &mut jobs, stop, true).await?;
    print(&report, &jobs)?;
    drop(jobs);
    fs::remove_dir_all(&folder)?;
    Ok(())
}

fn print(Report { done, failed, retries }: &Report, jobs: &Jobs) -> Result {
    println!("the worker stopped");
    for (what, count) in [("done", *done), ("retried", *retries), ("waiting", jobs.waiting()?.into())] {
        println!("jobs {what:<7} {:>10}", HumanCount(count).to_string());
    }
    println!("jobs failed  {:>10}", HumanCount(failed.values().sum()).to_string());
    for (why, count) in failed {
        println!("{:>23}  {why}", HumanCount(*count).to_string());
    }
    Ok(())
}
