//! What the program is started with.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use customerio_examples::records::{Record, Records};

use crate::rows::write_sample;

/// The files, and the line to begin with.
pub(crate) struct Arguments {
    pub(crate) people: PathBuf,
    pub(crate) rejects: PathBuf,
    first_line: Option<u64>,
}

impl Arguments {
    /// Reads them. Without a file of people it writes a sample.
    pub(crate) fn read() -> customerio_examples::Result<Self> {
        let mut arguments = env::args_os().skip(1);
        let folder = env::temp_dir();
        let people = match arguments.next() {
            Some(file) => file.into(),
            None => write_sample(&folder.join("customerio-people.jsonl"))?,
        };
        let rejects = arguments.next().map_or_else(|| folder.join("customerio-rejects.jsonl"), PathBuf::from);
        if fs::canonicalize(&rejects)
            .is_ok_and(|rejects| fs::canonicalize(&people).is_ok_and(|people| people == rejects))
        {
            return Err("name another file for the rejects: they would overwrite the people".into());
        }
        let first_line = arguments.next().map(|line| line.to_string_lossy().parse()).transpose();
        let first_line = first_line.map_err(|_| "the third argument must be the number of a line")?;
        Ok(Self { people, rejects, first_line })
    }

    /// Whether another run of the program was stopped, which this one continues.
    pub(crate) fn is_continued(&self) -> bool {
        self.first_line.is_some()
    }

    /// The records of the people, without those that are behind.
    pub(crate) fn records(&self) -> io::Result<impl Iterator<Item = io::Result<Record>> + Send + use<>> {
        let first_line = self.first_line.unwrap_or(1);
        let records = Records::open(&self.people).map_err(|error| with_path(&self.people, &error))?;
        Ok(records.skip_while(move |record| record.as_ref().is_ok_and(|record| record.line < first_line)))
    }

    /// How to run the program once more.
    pub(crate) fn repeat(&self) -> String {
        self.first_line.map_or_else(|| self.command(""), |line| self.continued_from(line))
    }

    /// How to continue from a line.
    pub(crate) fn continued_from(&self, line: u64) -> String {
        self.command(&format!(" {line}"))
    }

    fn command(&self, line: &str) -> String {
        let program = env::args().next().unwrap_or_default();
        format!("run\n  {program} {} {}{line}", self.people.display(), self.rejects.display())
    }
}

/// The error with the name of the file, which the system leaves out.
pub(crate) fn with_path(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
