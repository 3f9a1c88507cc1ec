//! What can go wrong on the way to a row.

use std::fmt;

use super::ExportError;
use crate::Error;

/// Why there is no row.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RowError {
    /// The file could not be read. The next call continues from where it stopped.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// The row cannot be read. The next call returns the row after it.
    #[error(transparent)]
    Malformed(#[from] MalformedRow),
}

impl From<Error> for RowError {
    fn from(error: Error) -> Self {
        Self::Export(error.into())
    }
}

/// A row that could not be read, as it is in the file.
///
/// Its message shows nothing of its values.
pub struct MalformedRow {
    line: u64,
    kind: MalformedRowKind,
    fields: Vec<Vec<u8>>,
}

/// The kind of error of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MalformedRowKind {
    /// More or fewer fields than the first line has names.
    Count {
        /// How many it has.
        fields: usize,
        /// How many names there are.
        columns: usize,
    },
    /// Bytes that are not UTF-8.
    NotUtf8,
    /// The values do not match the type: in this column, counted from 1, if it is known.
    Type {
        /// The number of the column.
        column: Option<usize>,
    },
    /// More than 1 MiB, of which only the first 1 MiB was kept. Usually an opening quote has no closing one.
    TooLong,
}

impl MalformedRow {
    pub(super) fn new(line: u64, kind: MalformedRowKind, fields: Vec<Vec<u8>>) -> Self {
        Self { line, kind, fields }
    }

    /// The line of the file that it begins on, counted from 1.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Returns the kind of error.
    #[must_use]
    pub fn kind(&self) -> MalformedRowKind {
        self.kind
    }

    /// The fields, without quotes. They can be of any bytes.
    #[must_use]
    pub fn fields(&self) -> &[Vec<u8>] {
        &self.fields
    }
}

impl fmt::Debug for MalformedRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MalformedRow").field("line", &self.line).field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl fmt::Display for MalformedRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} of the export ", self.line)?;
        match self.kind {
            MalformedRowKind::Count { fields, columns } => {
                write!(f, "has {fields} fields, and there are {columns} columns")
            }
            MalformedRowKind::NotUtf8 => f.write_str("is not UTF-8"),
            MalformedRowKind::Type { column: Some(column) } => {
                write!(f, "has another value in column {column} than expected")
            }
            MalformedRowKind::Type { column: None } => {
                f.write_str("does not have the columns or values that were expected")
            }
            MalformedRowKind::TooLong => {
                f.write_str("begins a row of more than 1 MiB, look for a quote that is not closed")
            }
        }
    }
}

impl std::error::Error for MalformedRow {}
