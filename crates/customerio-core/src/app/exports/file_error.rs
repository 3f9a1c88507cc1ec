//! What can go wrong on the way to an export's file.

use std::{error::Error as StdError, fmt};

use http::StatusCode;

use super::Export;
use crate::{Error, TransportError, WaitError};

/// Why an [`ExportFile`](super::ExportFile) could not be read.
///
/// The next call continues from where it stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// The export failed, was not ready in time, or could not be read.
    #[error(transparent)]
    Wait(#[from] WaitError<Export>),
    /// The export could not be started, or the link to its file could not be read.
    #[error(transparent)]
    Call(#[from] Error),
    /// The file could not be read.
    #[error(transparent)]
    File(#[from] FileError),
}

/// Why the file of an export could not be read, and at which byte.
///
/// The link to it is never shown.
#[derive(Debug)]
pub struct FileError {
    kind: FileErrorKind,
    position: u64,
    source: Option<TransportError>,
}

/// Why the file of an export could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FileErrorKind {
    /// The connection failed, broke or stalled, as often as the client's [`RetryPolicy`](crate::RetryPolicy) has
    /// attempts, without a byte in between.
    Connection,
    /// The file's host responded with this status: to a link that is new, or as often as there are attempts.
    Status(StatusCode),
    /// The file has changed since its first bytes were read, so those are of no use.
    Changed,
    /// The file is compressed, although that was not requested.
    Compressed,
    /// The file's host redirects too often, or to something other than an `https` URL.
    Redirect,
    /// The client's transport reads no files: it has no [`FileTransport`](crate::FileTransport).
    Unsupported,
}

impl FileError {
    pub(super) fn new(kind: FileErrorKind, position: u64) -> Self {
        Self { kind, position, source: None }
    }

    pub(super) fn of_transport(error: TransportError, position: u64) -> Self {
        Self { kind: FileErrorKind::Connection, position, source: Some(error) }
    }

    /// Why it could not be read.
    #[must_use]
    pub fn kind(&self) -> FileErrorKind {
        self.kind
    }

    /// How many bytes of the file were read.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.position
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the file of the export could not be read from byte {} on: ", self.position)?;
        match (self.kind, &self.source) {
            (FileErrorKind::Connection, Some(error)) => error.fmt(f),
            (FileErrorKind::Connection, None) => f.write_str("the connection broke"),
            (FileErrorKind::Status(status), _) => write!(f, "its host responded with {status}"),
            (FileErrorKind::Changed, _) => f.write_str("it has changed meanwhile, read it anew from its beginning"),
            (FileErrorKind::Compressed, _) => f.write_str("it is compressed, which was not asked for"),
            (FileErrorKind::Redirect, _) => f.write_str("its host redirects to where it cannot be read"),
            (FileErrorKind::Unsupported, _) => {
                f.write_str("the client's transport reads no files, use one that has `Transport::files`")
            }
        }
    }
}

impl StdError for FileError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_ref().map(|error| error as _)
    }
}
