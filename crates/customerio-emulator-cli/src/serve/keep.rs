//! Keeps everything in a file: on change, once a second at most, and at the end.

use std::{
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    io::ErrorKind,
    path::{Path, PathBuf},
    time::Duration,
};

use bytes::Bytes;
use customerio_emulator::{Changes, Workspaces};
use http::Method;
use tokio::{task::spawn_blocking, time::sleep};

use crate::{
    failure::{Code, Failure},
    file::{Readers, remove_draft, write_whole},
    serve::{inside::ask, log::Log},
};

/// How long changes are gathered at least.
const PAUSE: Duration = Duration::from_secs(1);

/// A file, and what it has.
#[derive(Debug)]
pub(crate) struct Keeper {
    path: PathBuf,
    workspaces: Workspaces,
    written: Option<u64>,
}

/// What a former run has kept, if there was one.
pub(crate) fn load(path: &Path) -> Result<Option<Vec<u8>>, Failure> {
    let bad = |reason: String| Failure::new(Code::BadInput, format!("{}: {reason}", path.display()));
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(bad(error.to_string())),
    };
    serde_json::from_slice::<serde::de::IgnoredAny>(&text).map_err(|error| bad(error.to_string()))?;
    Ok(Some(text))
}

impl Keeper {
    /// Writes the file for the first time, so that one that cannot be written is known at once.
    pub(crate) async fn begin(path: &Path, workspaces: &Workspaces) -> Result<Self, Failure> {
        let mut keeper = Self { path: path.to_owned(), workspaces: workspaces.clone(), written: None };
        remove_draft(path).map_err(|error| keeper.unwritten(&error.to_string()))?;
        keeper.write().await?;
        Ok(keeper)
    }

    /// Writes what has changed, for ever.
    pub(crate) async fn follow(&mut self, mut changes: Changes, log: Log) {
        loop {
            changes.next().await;
            if let Err(failure) = self.write().await {
                log.warn(&failure.to_string());
            }
            sleep(PAUSE).await;
        }
    }

    /// Writes everything, unless the file has it.
    pub(crate) async fn write(&mut self) -> Result<(), Failure> {
        let state: Bytes =
            ask(&self.workspaces, Method::GET, "state", Bytes::new()).await.map_err(|error| self.unwritten(&error))?;
        let mut hasher = DefaultHasher::new();
        state.hash(&mut hasher);
        let hash = hasher.finish();
        if self.written == Some(hash) {
            return Ok(());
        }
        let path = self.path.clone();
        let written = spawn_blocking(move || write_whole(&path, &state, Readers::Owner)).await;
        let written = written.map_err(std::io::Error::other).and_then(|written| written);
        written.map_err(|error| self.unwritten(&error.to_string()))?;
        self.written = Some(hash);
        Ok(())
    }

    fn unwritten(&self, reason: &str) -> Failure {
        Failure::general(format!("the state cannot be kept in {}: {reason}", self.path.display()))
    }
}
