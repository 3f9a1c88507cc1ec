//! Exports, whose files are read with blocking calls.

use std::{
    fmt,
    io::{self, Read},
    time::Duration,
};

use bytes::{Buf as _, Bytes};
use customerio_core::{
    App, Error, ExportId, Operation,
    app::exports::{Export, ExportError},
};

use crate::{Client, block_on::block_on};

impl Client<App> {
    /// Starts an export, of [people](customerio_core::app::exports::ExportPeople) or of
    /// [deliveries](customerio_core::app::exports::ExportDeliveries), to read its file.
    ///
    /// # Errors
    ///
    /// See [`Error`]. A start is not retried after a lost response.
    ///
    /// ```
    /// # mod customerio { pub use customerio_core::facade::*; pub use customerio_ureq as blocking; }
    /// use std::{fs::File, io};
    /// # use customerio::{App, app::{Filter, exports::ExportPeople}, blocking::Client};
    ///
    /// fn export(app: &Client<App>, to: &mut File) -> Result<u64, Box<dyn std::error::Error>> {
    ///     let mut export =
    ///         app.start_export(ExportPeople::new(Filter::segment(4)).with_attributes(["email"]))?;
    ///     println!("export {}", export.id());
    ///     // It waits until the export is ready, and then reads.
    ///     Ok(io::copy(&mut export, to)?)
    /// }
    /// # let recorder = customerio_testing::Recorder::new();
    /// # let app = Client::new(customerio::Endpoint::app(customerio::Region::Us, "key")?, recorder);
    /// # assert_eq!(app.start_export(ExportPeople::new(Filter::segment(4)))?.id(), 110.into());
    /// # Ok::<(), customerio::Error>(())
    /// ```
    pub fn start_export<O>(&self, operation: O) -> Result<ExportFile, Error>
    where
        O: Operation<Api = App, Output = Export>,
    {
        block_on(self.inner.start_export(operation)).map(ExportFile::of)
    }

    /// Returns the file of an export that was started before. Nothing is sent until it is read.
    pub fn export(&self, id: impl Into<ExportId>) -> ExportFile {
        ExportFile::of(self.inner.export(id))
    }
}

/// The file of an export, read piece by piece, as an iterator or by [`Read`]: see
/// [`ExportFile`](customerio_core::app::exports::ExportFile) of the async client.
///
/// It needs a transport that reads files, as [`UreqTransport`](crate::UreqTransport) does.
///
/// After an error, the next call continues with the piece after the last one.
#[must_use = "nothing is read before `next` is called"]
pub struct ExportFile {
    file: customerio_core::app::exports::ExportFile,
    /// What is not read yet of the last piece.
    left: Bytes,
}

impl ExportFile {
    fn of(file: customerio_core::app::exports::ExportFile) -> Self {
        Self { file, left: Bytes::new() }
    }

    /// The number of the export. Store it to continue with the export later.
    #[must_use]
    pub fn id(&self) -> ExportId {
        self.file.id()
    }

    /// Sets how long to wait at most until the export is ready. The default is 30 minutes.
    pub fn with_deadline(self, deadline: Duration) -> Self {
        Self { file: self.file.with_deadline(deadline), ..self }
    }

    /// Continues from this byte, if the first part of the file was stored.
    pub fn starting_at(self, position: u64) -> Self {
        Self::of(self.file.starting_at(position))
    }

    /// Waits until the export is ready, and returns it, with how many [rows](Export::total) it has.
    ///
    /// # Errors
    ///
    /// [`ExportError::Wait`].
    pub fn ready(&mut self) -> Result<&Export, ExportError> {
        block_on(self.file.ready())
    }

    /// How many bytes of the file were returned.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.file.position() - self.left.len() as u64
    }

    /// How many bytes the file has, if its host said so. `None` before the first piece.
    #[must_use]
    pub fn size(&self) -> Option<u64> {
        self.file.size()
    }

    /// Reads the rows of the file, from its beginning: see [`rows`](customerio_core::app::exports::ExportFile::rows) of
    /// the async client.
    #[cfg(feature = "csv")]
    #[doc(alias = "csv")]
    pub fn rows<T: serde::de::DeserializeOwned + Send + 'static>(self) -> Rows<T> {
        Rows(self.file.rows())
    }
}

impl Iterator for ExportFile {
    type Item = Result<Bytes, ExportError>;

    fn next(&mut self) -> Option<Self::Item> {
        if !self.left.is_empty() {
            return Some(Ok(std::mem::take(&mut self.left)));
        }
        block_on(self.file.next())
    }
}

impl Read for ExportFile {
    /// # Errors
    ///
    /// An [`ExportError`], as the error within the [`io::Error`].
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        if self.left.is_empty() {
            match block_on(self.file.next()) {
                Some(chunk) => self.left = chunk.map_err(io::Error::other)?,
                None => return Ok(0),
            }
        }
        let length = buffer.len().min(self.left.len());
        self.left.copy_to_slice(&mut buffer[..length]);
        Ok(length)
    }
}

impl fmt::Debug for ExportFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ExportFile").field(&self.file).finish()
    }
}

/// The rows of an export's file: [`ExportFile::rows`].
///
/// After an error, the next call continues at the same place.
#[cfg(feature = "csv")]
#[must_use = "nothing is read before `next` is called"]
pub struct Rows<T>(customerio_core::app::exports::Rows<T>);

#[cfg(feature = "csv")]
impl<T> Rows<T> {
    /// The names of the columns; none before the first row was read.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.0.columns()
    }
}

#[cfg(feature = "csv")]
impl<T: serde::de::DeserializeOwned> Iterator for Rows<T> {
    type Item = Result<T, customerio_core::app::exports::RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        block_on(self.0.next())
    }
}

#[cfg(feature = "csv")]
impl<T> fmt::Debug for Rows<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Rows").field(&self.0).finish()
    }
}
