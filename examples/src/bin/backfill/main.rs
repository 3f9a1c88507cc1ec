//! Import people from a file, with a progress bar and a file of the rows that were rejected: a program of the guide `batches`.
//!
//! `cargo run --release -p customerio-examples --bin backfill -- people.csv rejects.jsonl`
//!
//! The file is JSON Lines or, if its name ends in `.csv`, CSV with a header. Each row has an `id` and attributes. Without a
//! file the program writes a sample of 100,000 people, one in a hundred of whom is not valid. Each row that was not accepted
//! becomes an object in the second file: its `line`, the reason (`why`), and the `row` as it stood there.
//!
//! On Ctrl-C or SIGTERM it sends the rows that it has read, and prints the line to continue from: a third argument. The
//! second Ctrl-C stops it at once.
//!
//! The exit status is 0 if every row was accepted, 1 if some were rejected, and 2 if the program could not run, or stopped
//! before the end.

mod arguments;
mod rejects;
mod rows;

use std::{
    fmt,
    pin::pin,
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use customerio::{
    CustomerIo,
    batch::{BatchEvent, BatchOptions, BatchSender, Summary, TrackBatch},
    track::v2::person::Identify,
};
use customerio_examples::{from_env_quietly, stop_signal};
use indicatif::{HumanCount, HumanDuration, ProgressBar, ProgressState, ProgressStyle};
use serde_json::{Map, Value};
use tokio::{sync::mpsc, task::JoinSet};

use self::{arguments::Arguments, rejects::Rejects};

/// A row of a file: its origin, and its content.
struct Row {
    origin: Origin,
    id: String,
    attributes: Map<String, Value>,
}

/// The line and the text of a row, to report it if it is not accepted.
struct Origin {
    line: u64,
    text: String,
}

/// Sends the rows of several cursors, each from a task of its own.
async fn backfill(
    cio: CustomerIo,
    cursors: Vec<mpsc::Receiver<Row>>,
    on_event: impl FnMut(BatchEvent<Origin>) + Send + 'static,
) -> Summary {
    // The rows are about different people, so batches may overtake each other.
    let options = BatchOptions::default().with_concurrency(4);
    let batch = cio.track().batch(options).on_event(on_event);
    let mut tasks = JoinSet::new();
    for rows in cursors {
        tasks.spawn(push_all(batch.clone(), rows));
    }
    tasks.join_all().await;
    batch.finish().await.summary
}

/// Pushes rows as they come. A push waits while four batches are under way.
async fn push_all(batch: BatchSender<TrackBatch, Origin>, mut rows: mpsc::Receiver<Row>) {
    while let Some(Row { origin, id, attributes }) = rows.recv().await {
        batch.push(origin, Identify::new(id).with_attributes(attributes)).await;
    }
}

/// News about rows.
enum Report {
    Batch(BatchEvent<Origin>),
    Unreadable(Origin, String),
}

#[tokio::main]
async fn main() -> ExitCode {
    match import().await {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(1),
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

/// Imports the file that the arguments name, and returns how many rows were rejected.
async fn import() -> customerio_examples::Result<u64> {
    let arguments = Arguments::read()?;
    let cio = from_env_quietly().await?;
    let rows = arguments.records()?.try_fold(0, |rows, record| record.map(|_| rows + 1))?;
    let mut rejects = Rejects::open(&arguments)?;
    println!("importing {} rows of {}", HumanCount(rows), arguments.people.display());

    let (reports, mut reported) = mpsc::unbounded_channel();
    let (mut stop, is_stopping) = (pin!(stop_signal()?), Arc::new(AtomicBool::new(false)));
    let (cursors, reading) = rows::read(arguments.records()?, reports.clone(), is_stopping.clone());
    let on_event = move |event| {
        // If nobody receives it, the file of rejects could not be written, and the program is about to stop.
        let _ = reports.send(Report::Batch(event));
    };
    let sending = tokio::spawn(backfill(cio, cursors, on_event));
    let bar = progress_bar(rows)?;
    loop {
        tokio::select! {
            report = reported.recv() => match report {
                Some(report) => note(report, &mut rejects, &bar)?,
                None => break,
            },
            () = &mut stop => {
                if is_stopping.swap(true, Ordering::Relaxed) {
                    return Err(format!("stopped; some rows may have been sent: to send all, {}", arguments.repeat()).into());
                }
                stop.set(stop_signal()?);
                bar.suspend(|| eprintln!("sending the rows that were read; press Ctrl-C again to stop at once"));
            }
        }
    }
    let (summary, read) = (sending.await?, reading.await??);
    bar.finish_and_clear();
    rejects.finish()?;
    print(&summary, &rejects);
    if let Some(error) = summary.stopped {
        return Err(error.into());
    }
    if summary.accepted + rejects.count != read.rows || summary.unknown != 0 {
        return Err("some rows are neither accepted nor rejected: look at Customer.io for those that arrived".into());
    }
    match read.next_line {
        Some(line) => {
            Err(format!("stopped before line {line}; to continue, {}", arguments.continued_from(line)).into())
        }
        None => Ok(rejects.count),
    }
}

fn note(report: Report, rejects: &mut Rejects, bar: &ProgressBar) -> std::io::Result<()> {
    match report {
        Report::Batch(BatchEvent::Progress(so_far)) => bar.set_position(so_far.accepted + rejects.count),
        Report::Batch(BatchEvent::Failed(row)) => rejects.add(&row.tag, row.error.to_string())?,
        Report::Batch(BatchEvent::Unknown(error)) => {
            bar.suspend(|| eprintln!("Customer.io reported an error about no row: {error}"));
        }
        // What a later version of the SDK may report.
        Report::Batch(_) => {}
        Report::Unreadable(origin, why) => rejects.add(&origin, why)?,
    }
    Ok(())
}

/// Draws nothing if standard error is not a terminal.
fn progress_bar(rows: u64) -> customerio_examples::Result<ProgressBar> {
    // A terminal of 40 columns has room for it.
    let style = ProgressStyle::with_template("{wide_bar} {human_pos}/{human_len} rows, {left}")?;
    let bar = ProgressBar::new(rows).with_style(style.with_key("left", time_left));
    // It is drawn before the first batch has ended, and again while Customer.io does not respond.
    bar.tick();
    bar.enable_steady_tick(Duration::from_millis(100));
    Ok(bar)
}

fn time_left(state: &ProgressState, out: &mut dyn fmt::Write) {
    // A failure to write into memory leaves it out.
    let _ = match state.pos() {
        0 => write!(out, "…"),
        _ => write!(out, "{:#} left", HumanDuration(state.eta())),
    };
}

fn print(summary: &Summary, rejects: &Rejects) {
    println!("rows accepted {:>10}  in {} requests", HumanCount(summary.accepted).to_string(), summary.batches);
    println!("rows rejected {:>10}  see {}", HumanCount(rejects.count).to_string(), rejects.path.display());
    for (why, count) in &rejects.reasons {
        println!("{:>24}  {why}", HumanCount(*count).to_string());
    }
}
