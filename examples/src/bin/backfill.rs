//! Backfill many people: the program of the README's guide of that name.
//!
//! `cargo run --release -p customerio-examples --bin backfill -- reqwest people.jsonl rejects.jsonl`
//!
//! The file is JSON Lines or, by its ending, CSV with a header; each row has an `id` and attributes. Without one a sample
//! of 100,000 people is made, of whom one in a hundred is wrong in some way. Rows that do not arrive are written, as they
//! were, to the second file.

use std::{
    collections::BTreeMap,
    env,
    fs::File,
    io::{self, BufRead as _, BufReader, BufWriter, Write as _},
    path::{Path, PathBuf},
};

use customerio::{
    CustomerIo,
    batch::{BatchEvent, BatchOptions, BatchSender, Summary, TrackBatch},
    track::v2::person::Identify,
};
use customerio_examples::{connect_quietly, progress_bar, spawn};
use serde_json::{Map, Value};
use tokio::{sync::mpsc, task::JoinSet};

/// A row: what it says, and what to write if it does not arrive.
struct Row {
    id: String,
    attributes: Map<String, Value>,
    text: String,
}

/// Sends the rows of several cursors, each from a task of its own.
async fn backfill(
    cio: CustomerIo,
    cursors: Vec<mpsc::Receiver<Row>>,
    on_event: impl FnMut(BatchEvent<String>) + Send + 'static,
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
async fn push_all(batch: BatchSender<TrackBatch, String>, mut rows: mpsc::Receiver<Row>) {
    while let Some(Row { id, attributes, text }) = rows.recv().await {
        batch.push(text, Identify::new(id).with_attributes(attributes)).await;
    }
}

#[tokio::main]
async fn main() -> customerio_examples::Result {
    spawn(backfill_a_file()).await
}

async fn backfill_a_file() -> customerio_examples::Result {
    let (cio, workspace) = connect_quietly().await?;
    let (people, rejects) = files()?;
    let (mut file, mut reasons) = (BufWriter::new(File::create(&rejects)?), BTreeMap::<String, u64>::new());

    let total = rows(&people)?.count() as u64;
    let (cursors, reading) = read(rows(&people)?);
    let (events, mut reported) = mpsc::unbounded_channel();
    let on_event = move |event| {
        // Where nobody reads on, the file could not be written, and the program ends with that.
        let _ = events.send(event);
    };
    let sending = tokio::spawn(backfill(cio, cursors, on_event));
    while let Some(event) = reported.recv().await {
        match event {
            BatchEvent::Progress(so_far) => progress_bar(so_far.ended(), total),
            BatchEvent::Failed(failed) => {
                writeln!(file, "{}", failed.tag)?;
                let times = reasons.entry(failed.error.to_string()).or_default();
                if *times == 0 {
                    let row: String = failed.tag.chars().take(80).collect();
                    println!("\n{row}\n  {}", failed.error);
                }
                *times += 1;
            }
            BatchEvent::Unknown(error) => eprintln!("an error not attributed to any row: {error}"),
            _ => {}
        }
    }
    let summary = sending.await?;
    reading.await?;
    file.flush()?;
    println!("\n");
    for (reason, count) in reasons {
        println!("{count:>8} × {reason}");
    }
    println!("accepted     {:>8}", summary.accepted);
    println!("rejected     {:>8}  by Customer.io", summary.rejected);
    println!("invalid      {:>8}  before they were sent", summary.invalid);
    println!("undelivered  {:>8}", summary.undelivered);
    println!("in {} requests; the rows that did not arrive are in {}", summary.batches, rejects.display());
    if let Some(server) = &workspace.server {
        println!("the emulator has {} people", server.emulator().people_count());
    }
    summary.stopped.map_or(Ok(()), |error| Err(error.into()))
}

/// The file of the people, and the one for the rows that do not arrive.
fn files() -> io::Result<(PathBuf, PathBuf)> {
    let mut files = env::args().skip(2).map(PathBuf::from);
    let folder = env::temp_dir();
    let people = match files.next() {
        Some(file) => file,
        None => sample(&folder.join("customerio-people.jsonl"))?,
    };
    Ok((people, files.next().unwrap_or_else(|| folder.join("customerio-rejects.jsonl"))))
}

/// Deals the rows to four cursors, as if each read a part of a table. It reads on, on a thread of its own, when the next
/// cursor has room.
fn read(rows: impl Iterator<Item = Row> + Send + 'static) -> (Vec<mpsc::Receiver<Row>>, tokio::task::JoinHandle<()>) {
    let (senders, cursors): (Vec<_>, Vec<_>) = (0..4).map(|_| mpsc::channel(100)).unzip();
    let reading = tokio::task::spawn_blocking(move || {
        for (row, cursor) in rows.zip(senders.iter().cycle()) {
            if cursor.blocking_send(row).is_err() {
                return;
            }
        }
    });
    (cursors, reading)
}

/// The rows of a file, read as they are needed. One that cannot be read has no id, and is rejected for that.
fn rows(path: &Path) -> io::Result<Box<dyn Iterator<Item = Row> + Send>> {
    if path.extension().is_some_and(|extension| extension == "csv") {
        // All values are text: what looks like a number may be an id with zeros before it, or a phone number.
        let rows = csv::Reader::from_path(path)?.into_deserialize::<BTreeMap<String, String>>();
        return Ok(Box::new(rows.map(|row| {
            let row = row.unwrap_or_default();
            let attributes: Map<_, _> = row.into_iter().map(|(name, value)| (name, value.into())).collect();
            let text = Value::Object(attributes.clone()).to_string();
            row_of(attributes, text)
        })));
    }
    let lines = BufReader::new(File::open(path)?).lines();
    Ok(Box::new(lines.map_while(Result::ok).map(|text| row_of(serde_json::from_str(&text).unwrap_or_default(), text))))
}

fn row_of(mut attributes: Map<String, Value>, text: String) -> Row {
    let id = match attributes.remove("id") {
        Some(Value::String(id)) => id,
        Some(Value::Number(id)) => id.to_string(),
        _ => String::new(),
    };
    Row { id, attributes, text }
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
