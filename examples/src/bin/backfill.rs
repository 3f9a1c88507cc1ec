//! Import people from a file, with a progress bar and a file of the rows that were rejected: a program of the guide `batches`.
//!
//! `cargo run --release -p customerio-examples --bin backfill -- people.csv rejects.jsonl`
//!
//! The file is JSON Lines or, if its name ends in `.csv`, CSV with a header. Each row has an `id` and attributes. Without a
//! file the program writes a sample of 100,000 people, one in a hundred of whom is not valid. Each row that was not accepted
//! becomes an object in the second file: its `line`, the reason (`why`), and the `row` as it stood there.
//!
//! The exit status is 0 if every row was accepted, 1 if some were rejected, and 2 if the program could not run, or stopped
//! before the end.

use std::{
    collections::BTreeMap,
    env,
    fs::{self, File},
    io::{self, BufWriter, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use customerio::{
    CustomerIo,
    batch::{BatchEvent, BatchOptions, BatchSender, Summary, TrackBatch},
    track::v2::person::Identify,
};
use customerio_examples::{
    from_env_quietly,
    records::{Record, Records},
};
use indicatif::{ProgressBar, ProgressStyle};
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
    let cio = from_env_quietly().await?;
    let (people, rejects) = files()?;
    let rows = Records::open(&people)?.try_fold(0, |rows, record| record.map(|_| rows + 1))?;
    let mut rejects = Rejects::create(rejects)?;
    println!("importing {rows} rows of {}", people.display());

    let (reports, mut reported) = mpsc::unbounded_channel();
    let (cursors, reading) = read(Records::open(&people)?, reports.clone());
    let on_event = move |event| {
        // If nobody receives it, the file of rejects could not be written, and the program is about to stop.
        let _ = reports.send(Report::Batch(event));
    };
    let sending = tokio::spawn(backfill(cio, cursors, on_event));
    // It draws nothing if standard error is not a terminal.
    let bar = ProgressBar::new(rows)
        .with_style(ProgressStyle::with_template("{wide_bar} {human_pos} of {human_len} rows, {per_sec}, {eta} left")?);
    while let Some(report) = reported.recv().await {
        match report {
            Report::Batch(BatchEvent::Progress(so_far)) => bar.set_position(so_far.accepted + rejects.count),
            Report::Batch(BatchEvent::Failed(row)) => rejects.add(&row.tag, row.error.to_string())?,
            Report::Batch(other) => bar.suspend(|| eprintln!("Customer.io reported an error about no row: {other:?}")),
            Report::Unreadable(origin, why) => rejects.add(&origin, why)?,
        }
    }
    let summary = sending.await?;
    rejects.file.flush()?;
    reading.await??;
    bar.finish_and_clear();
    println!("accepted {:>8}  in {} requests", summary.accepted, summary.batches);
    println!("rejected {:>8}  see {}", rejects.count, rejects.path.display());
    for (why, count) in &rejects.reasons {
        println!("{count:>17}  {why}");
    }
    if let Some(error) = summary.stopped {
        return Err(error.into());
    }
    if summary.accepted + rejects.count != rows || summary.unknown != 0 {
        return Err("some rows are neither accepted nor rejected: look at Customer.io for those that arrived".into());
    }
    Ok(rejects.count)
}

/// The file of the rows that were rejected, and why how many were.
struct Rejects {
    path: PathBuf,
    file: BufWriter<File>,
    count: u64,
    reasons: BTreeMap<String, u64>,
}

impl Rejects {
    fn create(path: PathBuf) -> io::Result<Self> {
        let file = BufWriter::new(File::create(&path)?);
        Ok(Self { path, file, count: 0, reasons: BTreeMap::new() })
    }

    fn add(&mut self, Origin { line, text }: &Origin, why: String) -> io::Result<()> {
        writeln!(self.file, "{}", serde_json::json!({"line": line, "why": why, "row": text}))?;
        self.count += 1;
        *self.reasons.entry(why).or_default() += 1;
        Ok(())
    }
}

/// The file of the people, and the one for the rejects.
fn files() -> io::Result<(PathBuf, PathBuf)> {
    let mut files = env::args().skip(1).map(PathBuf::from);
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
