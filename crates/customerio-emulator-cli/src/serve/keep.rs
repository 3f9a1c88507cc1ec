//! Keeps everything in a file: on change, once a second at most, and at the end.

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use customerio_emulator::Workspaces;
use tokio::{task::spawn_blocking, time::sleep};

use crate::{
    failure::Failure,
    file::{Readers, remove_draft, write_whole},
    serve::log::Log,
};

/// How often it is looked whether something has changed.
const PAUSE: Duration = Duration::from_secs(1);

/// A file, and what it has.
#[derive(Debug)]
pub(crate) struct Keeper {
    path: PathBuf,
    workspaces: Workspaces,
    /// The revision that the file has.
    written: u64,
}

impl Keeper {
    /// Writes the file for the first time, so that one that cannot be written is known at once.
    pub(crate) async fn begin(path: &Path, workspaces: &Workspaces) -> Result<Self, Failure> {
        let mut keeper = Self { path: path.to_owned(), workspaces: workspaces.clone(), written: 0 };
        remove_draft(path).map_err(|error| keeper.unwritten(&error))?;
        keeper.write().await?;
        Ok(keeper)
    }

    /// Writes what has changed, for ever.
    pub(crate) async fn follow(&mut self, log: Log) {
        loop {
            sleep(PAUSE).await;
            if let Err(failure) = self.end().await {
                log.warn(&failure.to_string());
            }
        }
    }

    /// Writes everything, unless the file has it.
    pub(crate) async fn end(&mut self) -> Result<(), Failure> {
        if self.workspaces.revision() == self.written { Ok(()) } else { self.write().await }
    }

    async fn write(&mut self) -> Result<(), Failure> {
        // What changes meanwhile counts as changed after.
        let revision = self.workspaces.revision();
        let (path, workspaces) = (self.path.clone(), self.workspaces.clone());
        let write = move || write_whole(&path, workspaces.state_json().as_bytes(), Readers::Owner);
        let written = spawn_blocking(write).await.map_err(io::Error::other).and_then(|written| written);
        written.map_err(|error| self.unwritten(&error))?;
        self.written = revision;
        Ok(())
    }

    fn unwritten(&self, reason: &io::Error) -> Failure {
        Failure::general(format!("the state cannot be kept in {}: {reason}", self.path.display()))
    }
}
