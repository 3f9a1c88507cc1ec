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

use customerio::{BatchEvent, BatchOptions, Client, Failure, Summary, Track, track::v2::person::Identify};
use customerio_examples::{connect_quietly, progress_bar};
use serde_json::{Map, Value};

/// A row of the file: what it says, and what to write if it does not arrive.
struct Row {
    id: String,
    attributes: Map<String, Value>,
    text: String,
}

async fn backfill(
    track: &Client<Track>,
    rows: impl Iterator<Item = Row>,
    progress: impl Fn(u64),
    mut keep: impl FnMut(String, Failure),
) -> Summary {
    let items = rows.map(|row| {
        let item = track.item(&Identify::new(&row.id).with_attributes(&row.attributes));
        (row.text, item)
    });
    // The rows are about different people, so batches may overtake each other.
    let options = BatchOptions::default().with_concurrency(4);
    let told = |event| match event {
        BatchEvent::Progress(so_far) => progress(so_far.ended()),
        BatchEvent::Failed(failed) => keep(failed.tag, failed.failure),
        BatchEvent::Unknown(error) => eprintln!("an error, nobody knows about which row: {error}"),
    };
    track.send_all(items, options, told).await
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let customerio = connect_quietly().await?;
    let mut files = env::args().skip(2).map(PathBuf::from);
    let folder = env::temp_dir();
    let people = match files.next() {
        Some(file) => file,
        None => sample(&folder.join("customerio-people.jsonl"))?,
    };
    let rejects = files.next().unwrap_or_else(|| folder.join("customerio-rejects.jsonl"));
    let (mut file, mut reasons) = (BufWriter::new(File::create(&rejects)?), BTreeMap::<String, u64>::new());

    let total = rows(&people)?.count() as u64;
    let keep = |row: String, failure: Failure| {
        // A row that is neither there nor here is lost: better to stop.
        writeln!(file, "{row}").expect("the rejected rows must be kept");
        let times = reasons.entry(failure.to_string()).or_default();
        if *times == 0 {
            let row: String = row.chars().take(80).collect();
            println!("\n{row}\n  {failure}");
        }
        *times += 1;
    };
    let summary = backfill(&customerio.track, rows(&people)?, |done| progress_bar(done, total), keep).await;
    file.flush()?;
    println!("\n");
    for (reason, count) in reasons {
        println!("{count:>8} × {reason}");
    }
    println!("accepted     {:>8}", summary.accepted);
    println!("rejected     {:>8}  by Customer.io", summary.rejected);
    println!("refused      {:>8}  before they were sent", summary.refused);
    println!("undelivered  {:>8}", summary.undelivered);
    println!("in {} requests; the rows that did not arrive are in {}", summary.batches, rejects.display());
    if let Some(server) = &customerio.server {
        println!("the emulator has {} people", server.emulator().people_count());
    }
    summary.stopped.map_or(Ok(()), |error| Err(error.into()))
}

/// The rows of a file, read as they are needed. One that cannot be read has no id, and is refused for that.
fn rows(path: &Path) -> io::Result<Box<dyn Iterator<Item = Row>>> {
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
