//! An import that was started, waited for until it has ended.

use std::{fmt, future::IntoFuture, time::Duration};

use super::{Create, Get, Import};
use crate::{App, BoxFuture, Client, Error, ImportId, Wait, WaitError};

impl Client<App> {
    /// Starts an import, to be awaited until it has ended.
    ///
    /// The import is known by its [`id`](RunningImport::id) from here on: [`wait_for`](Self::wait_for) a
    /// [`Get`](super::Get) of it continues the wait, in another process too.
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{App, Client, IdType, app::imports::{Create, Import}, wait::WaitError};
    ///
    /// async fn import(app: &Client<App>) -> Result<u64, Box<dyn std::error::Error + Send + Sync>> {
    ///     let create = Create::people("May", "https://files.example.com/may.csv", IdType::Email);
    ///     let import = app.start_import(create).await?;
    ///     println!("import {}", import.id());
    ///     let ended = match import.await {
    ///         Ok(import) => import,
    ///         // It failed, was canceled, or has not ended in time.
    ///         Err(error) => {
    ///             println!("{error}: {:?}", error.last().and_then(|import| import.error.as_deref()));
    ///             error.into_last().ok_or("never seen")?
    ///         }
    ///     };
    ///     // The rows that could not be imported, and why, are the file of an export.
    ///     if let Some(mut file) = ended.errors(app) {
    ///         while let Some(chunk) = file.next().await {
    ///             println!("{}", String::from_utf8_lossy(&chunk?));
    ///         }
    ///     }
    ///     Ok(ended.rows_imported.unwrap_or(0))
    /// }
    /// # mod canned { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/canned.rs")); }
    /// # let app = canned::app(|_| (200, r#"{"import":{"id":30,"state":"imported","rows_imported":3}}"#));
    /// # let imported = canned::run(async move { import(&app).await });
    /// # assert_eq!(imported.unwrap(), 3);
    /// ```
    ///
    /// # Errors
    ///
    /// See [`Error`]. A start is not retried after a lost response.
    #[doc(alias = "import")]
    pub async fn start_import(&self, import: Create) -> Result<RunningImport, Error> {
        let id = self.call(import).await?.id;
        Ok(RunningImport { id, wait: self.wait_for(Get::new(id)) })
    }
}

/// An import that was started: [`Client::start_import`].
///
/// Await it for the finished [`Import`], or get each state on the way with [`next`](Self::next).
///
/// One that failed or was canceled is an error, whose [`last`](WaitError::last) is the import.
#[must_use = "it waits when it is awaited"]
pub struct RunningImport {
    id: ImportId,
    wait: Wait<Get>,
}

impl RunningImport {
    /// The number: store it to continue the wait in another process.
    #[must_use]
    pub const fn id(&self) -> ImportId {
        self.id
    }

    /// Sets how long to wait at most: see [`Wait::with_deadline`]. The default is 30 minutes.
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.wait = self.wait.with_deadline(deadline);
        self
    }

    /// Waits until it is time for the next call, and returns the state of the import then; `None` after the end: see
    /// [`Wait::next`].
    ///
    /// # Errors
    ///
    /// See [`WaitErrorKind`](crate::WaitErrorKind).
    pub async fn next(&mut self) -> Option<Result<&Import, WaitError<Import>>> {
        self.wait.next().await
    }
}

impl IntoFuture for RunningImport {
    type Output = Result<Import, WaitError<Import>>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        self.wait.into_future()
    }
}

impl fmt::Debug for RunningImport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunningImport").field("id", &self.id).finish_non_exhaustive()
    }
}
