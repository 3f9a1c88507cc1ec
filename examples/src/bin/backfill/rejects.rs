//! The file of the rows that were rejected.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufWriter, Write as _},
    path::PathBuf,
};

use crate::{
    Origin,
    arguments::{Arguments, with_path},
};

/// The file, how many rows this run rejected, and why.
pub(crate) struct Rejects {
    pub(crate) path: PathBuf,
    pub(crate) count: u64,
    /// How many there are of each reason.
    pub(crate) reasons: BTreeMap<String, u64>,
    file: BufWriter<File>,
}

impl Rejects {
    /// Opens the file. What another run has rejected is kept if this one continues it.
    pub(crate) fn open(arguments: &Arguments) -> io::Result<Self> {
        let path = arguments.rejects.clone();
        let file = if arguments.is_continued() {
            File::options().create(true).append(true).open(&path)
        } else {
            File::create(&path)
        };
        let file = file.map_err(|error| with_path(&path, &error))?;
        Ok(Self { path, count: 0, reasons: BTreeMap::new(), file: BufWriter::new(file) })
    }

    pub(crate) fn add(&mut self, Origin { line, text }: &Origin, why: String) -> io::Result<()> {
        writeln!(self.file, "{}", serde_json::json!({"line": line, "why": why, "row": text}))?;
        self.count += 1;
        *self.reasons.entry(why).or_default() += 1;
        Ok(())
    }

    /// Writes what is still in memory.
    pub(crate) fn finish(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
