//! Backfill many people: a program of the guide `batches`.
//!
//! `cargo run --release -p customerio-examples --bin backfill -- reqwest people.jsonl rejects.jsonl`
//!
//! The file is JSON Lines or, by its ending, CSV with a header; each row has an `id` and attributes. Without one a sample
//! of 100,000 people is made, of whom one in a hundred is wrong in some way. Each row that does not arrive is an object in
//! the second file: its `line`, `why`, and the `row` as it stood there.
//!
//! The exit status is 0 where all rows were accepted, 1 where some were rejected, and 2 where the program could not run, or
//! not to its end.

use std::{
    collections::BTreeMap,
    env,
    fs::{self, File},
    io::{self, BufWriter, Write as _},
    path::{Path, PathBuf},
    process,
};

use customerio::{
    CustomerIo,
    batch::{BatchEvent, BatchOptions, BatchSender, Summary, TrackBatch},
    track::v2::person::Identify,
};
use customerio_examples::{
    connect_quietly, progress_bar,
    records::{Record, Records},
    spawn,
};
use serde_json::{Map, Value};
use tokio::{sync::mpsc, task::JoinSet};

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

/// What becomes known of the rows while they are sent.
enum Report {
    Batch(BatchEvent<Origin>),
    Unreadable(Origin, String),
}

#[tokio::main]
async fn main() -> customerio_examples::Result {
    spawn(async {
        process::exit(match backfill_a_file().await {
            Ok(0) => 0,
            Ok(_) => 1,
            Err(error) => {
                eprintln!("{error}");
                2
            }
        })
    })
    .await
}

/// Returns how many rows were rejected.
async fn backfill_a_file() -> customerio_examples::Result<u64> {
    let (cio, workspace) = connect_quietly().await?;
    let (people, rejects) = files()?;
    let rows = Records::open(&people)?.try_fold(0, |rows, record| record.map(|_| rows + 1))?;
    let mut file = BufWriter::new(File::create(&rejects)?);

    let (reports, mut reported) = mpsc::unbounded_channel();
    let (cursors, reading) = read(Records::open(&people)?, reports.clone());
    let on_event = move |event| {
        // Where nobody reads on, the file could not be written, and the program ends with that.
        let _ = reports.send(Report::Batch(event));
    };
    let sending = tokio::spawn(backfill(cio, cursors, on_event));
    let (mut rejected, mut reasons) = (0, BTreeMap::<String, u64>::new());
    while let Some(report) = reported.recv().await {
        let (Origin { line, text }, why) = match report {
            Report::Unreadable(origin, why) => (origin, why),
            Report::Batch(BatchEvent::Failed(failed)) => (failed.tag, failed.error.to_string()),
            Report::Batch(BatchEvent::Progress(so_far)) => {
                progress_bar(so_far.accepted + rejected, rows);
                continue;
            }
            Report::Batch(other) => {
                eprintln!("not about a row that is known: {other:?}");
                continue;
            }
        };
        writeln!(file, "{}", serde_json::json!({"line": line, "why": why, "row": text}))?;
        rejected += 1;
        *reasons.entry(why).or_default() += 1;
    }
    let summary = sending.await?;
    file.flush()?;
    reading.await??;
    println!("\n");
    for (reason, count) in reasons {
        println!("{count:>8} × {reason}");
    }
    println!("rows      {rows:>8}");
    println!("accepted  {:>8}  in {} requests", summary.accepted, summary.batches);
    println!("rejected  {rejected:>8}  which are in {}", rejects.display());
    if let Some(server) = &workspace.server {
        println!("the emulator has {} people", server.emulator().people_count());
    }
    if let Some(error) = summary.stopped {
        return Err(error.into());
    }
    if summary.accepted + rejected != rows || summary.unknown != 0 {
        return Err("this account does not add up: look at Customer.io for what arrived".into());
    }
    Ok(rejected)
}

/// The file of the people, and the one for the rows that do not arrive.
fn files() -> io::Result<(PathBuf, PathBuf)> {
    let mut files = env::args().skip(2).map(PathBuf::from);
    let folder = env::temp_dir();
    let people = match files.next() {
        Some(file) => file,
        None => sample(&folder.join("customerio-people.jsonl"))?,
    };
    let rejects = files.next().unwrap_or_else(|| folder.join("customerio-rejects.jsonl"));
    if fs::canonicalize(&rejects).is_ok_and(|rejects| fs::canonicalize(&people).is_ok_and(|people| people == rejects)) {
        return Err(io::Error::other("name another file for the rejects: they would overwrite the people"));
    }
    Ok((people, rejects))
}

/// Deals the rows to four cursors, as if each read a part of a table. It reads on, on a thread of its own, when the next
/// cursor has room.
fn read(
    records: impl Iterator<Item = io::Result<Record>> + Send + 'static,
    reports: mpsc::UnboundedSender<Report>,
) -> (Vec<mpsc::Receiver<Row>>, tokio::task::JoinHandle<io::Result<()>>) {
    let (senders, cursors): (Vec<_>, Vec<_>) = (0..4).map(|_| mpsc::channel(100)).unzip();
    let reading = tokio::task::spawn_blocking(move || {
        for (record, cursor) in records.zip(senders.iter().cycle()) {
            let Record { line, text, fields } = record?;
            let origin = Origin { line, text };
            // Where nobody takes it any more, the account does not add up.
            let _ = match fields.and_then(id_and_attributes) {
                Ok((id, attributes)) => cursor.blocking_send(Row { origin, id, attributes }).is_ok(),
                Err(why) => reports.send(Report::Unreadable(origin, why)).is_ok(),
            };
        }
        Ok(())
    });
    (cursors, reading)
}

fn id_and_attributes(mut fields: Map<String, Value>) -> Result<(String, Map<String, Value>), String> {
    let id = match fields.remove("id") {
        Some(Value::String(id)) => id,
        // As a float it may be another number than in the file.
        Some(Value::Number(id)) if !id.is_f64() => id.to_string(),
        Some(other) => return Err(format!("its id is neither text nor a whole number: {other}")),
        None => return Err("it has no id".into()),
    };
    Ok((id, fields))
}

/// Writes a sample: every hundredth row is wrong, in turn for the SDK and for the service.
fn sample(path: &Path) -> io::Result<PathBuf> {
    let mut file = BufWriter::new(File::create(path)?);
    for number in 0..100_000_u32 {
        let plan = ["free", "pro", "team"][number as usize % 3];
        match number % 400 {
            99 => writeln!(file, r#"{{"id":"","plan":"{plan}"}}"#)?,
            199 => writeln!(file, r#"{{"id":"{number}","created_at":"yesterday"}}"#)?,
            299 => writeln!(file, r#"{{"id":"{}","plan":"{plan}"}}"#, "9".repeat(151))?,
            399 => writeln!(file, "not JSON, line {number}")?,
            _ => writeln!(file, r#"{{"id":"{number}","email":"person-{number}@example.com","plan":"{plan}"}}"#)?,
        }
    }
    file.flush()?;
    Ok(path.to_owned())
}
