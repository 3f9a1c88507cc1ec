//! Why a seed was not accepted, and where.

use std::fmt;

/// Why a seed was not accepted: one sentence that says what to do, with the file and the line if they are known.
///
/// It shows as `people.jsonl:3: email must be an e-mail address`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeedError {
    file: Option<String>,
    line: Option<usize>,
    text: String,
}

impl SeedError {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self { file: None, line: None, text: text.into() }
    }

    /// What `serde_json` found, which names the line itself.
    pub(crate) fn of_json(error: &serde_json::Error) -> Self {
        let text = error.to_string();
        let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(text, _)| text);
        Self::new(text).at_line(Some(error.line()).filter(|line| *line > 0))
    }

    #[cfg(feature = "control")]
    pub(crate) fn in_file(mut self, file: impl Into<String>) -> Self {
        self.file = Some(file.into());
        self
    }

    pub(crate) fn at_line(mut self, line: Option<usize>) -> Self {
        self.line = line;
        self
    }

    /// The file, below the folder of the seed.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        self.file.as_deref()
    }

    /// The line, from 1.
    #[must_use]
    pub const fn line(&self) -> Option<usize> {
        self.line
    }
}

impl fmt::Display for SeedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.file, self.line) {
            (Some(file), Some(line)) => write!(f, "{file}:{line}: ")?,
            (Some(file), None) => write!(f, "{file}: ")?,
            (None, Some(line)) => write!(f, "line {line}: ")?,
            (None, None) => {}
        }
        f.write_str(&self.text)
    }
}

impl std::error::Error for SeedError {}

/// What is wrong at a place of the document.
#[derive(Debug)]
pub(crate) struct Problem {
    /// A JSON pointer.
    pub(crate) pointer: String,
    pub(crate) text: String,
}

impl Problem {
    pub(crate) fn new(pointer: impl Into<String>, text: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), text: text.into() }
    }
}
