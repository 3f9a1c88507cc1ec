//! Reads the rows of the file, and writes a sample of one.

use std::{
    fs::File,
    io::{self, BufWriter, Write as _},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use customerio_examples::records::Record;
use serde_json::{Map, Value};
use tokio::{sync::mpsc, task::JoinHandle};

use crate::{Origin, Report, Row};

/// How far the file was read.
pub(crate) struct Read {
    /// How many rows were read: each is accepted or rejected in the end.
    pub(crate) rows: u64,
    /// The line of the first row that was not read, if the program was stopped.
    pub(crate) next_line: Option<u64>,
}

/// Deals the rows to four cursors, as if each read a part of a table, until `is_stopping`. It reads on, on a thread of its
/// own, when the next cursor has room.
pub(crate) fn read(
    records: impl Iterator<Item = io::Result<Record>> + Send + 'static,
    reports: mpsc::UnboundedSender<Report>,
    is_stopping: Arc<AtomicBool>,
) -> (Vec<mpsc::Receiver<Row>>, JoinHandle<io::Result<Read>>) {
    let (senders, cursors): (Vec<_>, Vec<_>) = (0..4).map(|_| mpsc::channel(100)).unzip();
    let reading = tokio::task::spawn_blocking(move || {
        let mut rows = 0;
        for (record, cursor) in records.zip(senders.iter().cycle()) {
            let Record { line, text, fields } = record?;
            if is_stopping.load(Ordering::Relaxed) {
                return Ok(Read { rows, next_line: Some(line) });
            }
            let origin = Origin { line, text };
            // If nobody takes it, the numbers of the report do not match.
            let _ = match fields.and_then(id_and_attributes) {
                Ok((id, attributes)) => cursor.blocking_send(Row { origin, id, attributes }).is_ok(),
                Err(why) => reports.send(Report::Unreadable(origin, why)).is_ok(),
            };
            rows += 1;
        }
        Ok(Read { rows, next_line: None })
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
pub(crate) fn write_sample(path: &Path) -> io::Result<PathBuf> {
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
