//! A file that one program at a time has.

use std::{
    fs::{File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use fs4::{FileExt, TryLockError};

use crate::failure::{Code, Failure};

/// Keeps others from a file until it is dropped, or the program ends however it does.
///
/// What is locked is an empty file beside it, which stays: the file itself is replaced whenever it is written.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Locks the file of a path, which need not be there.
    pub(crate) fn of(path: &Path) -> Result<Self, Failure> {
        let unlocked =
            |error: &io::Error| Failure::general(format!("the state cannot be kept in {}: {error}", path.display()));
        let file = open(&beside(path)).map_err(|error| unlocked(&error))?;
        match FileExt::try_lock(&file) {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => {
                let text = format!(
                    "{} is kept by an emulator that runs: stop that one, or give this one another --state",
                    path.display()
                );
                Err(Failure::new(Code::InUse, text))
            }
            Err(TryLockError::Error(error)) => Err(unlocked(&error)),
        }
    }
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(false).open(path)
}

/// The file beside a file that stands for it.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".lock");
    path.with_file_name(name)
}
