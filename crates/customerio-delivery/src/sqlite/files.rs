//! The files of a store.

use std::{
    ffi::OsString,
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, ErrorKind, Read as _},
    path::{Path, PathBuf},
};

/// The files of a store: the database, and what stands beside it.
#[derive(Clone, Debug)]
pub(super) struct Files {
    path: PathBuf,
}

impl Files {
    pub(super) const fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// The database.
    pub(super) fn database(&self) -> &Path {
        &self.path
    }

    /// Its write-ahead log.
    pub(super) fn log(&self) -> PathBuf {
        self.beside("-wal")
    }

    /// The database that takes the place of a damaged one, while it is made.
    pub(super) fn salvaged(&self) -> PathBuf {
        self.beside("-salvaged")
    }

    fn beside(&self, suffix: &str) -> PathBuf {
        named(&self.path, suffix)
    }

    /// Makes the directory where it is missing, for this user alone.
    pub(super) fn create_directory(&self) -> io::Result<()> {
        match self.path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
            Some(directory) => private_directory().create(directory),
            None => Ok(()),
        }
    }

    /// Makes the database where it is missing, for this user alone. SQLite gives its other files the same mode.
    pub(super) fn create_database(&self) -> io::Result<()> {
        private_file().open(&self.path).map(drop)
    }

    /// Opens the file that says how far the database had come.
    pub(super) fn high_water(&self) -> io::Result<File> {
        private_file().open(self.beside("-last"))
    }

    /// The same, if it is there.
    pub(super) fn existing_high_water(&self) -> io::Result<Option<File>> {
        unless_missing(OpenOptions::new().read(true).write(true).open(self.beside("-last")))
    }

    /// Opens the file that the sender has locked.
    pub(super) fn sender(&self) -> io::Result<File> {
        private_file().open(self.beside("-sender"))
    }

    /// Whether the database is there.
    pub(super) fn has_database(&self) -> io::Result<bool> {
        unless_missing(fs::metadata(&self.path)).map(|found| found.is_some())
    }

    /// Which file the path leads to: another than before, where it was moved or deleted.
    pub(super) fn identity(&self) -> io::Result<Identity> {
        fs::metadata(&self.path).map(|metadata| identity(&metadata))
    }

    /// Puts the salvaged database in the place of the damaged one, which is moved aside together with its log. It says
    /// where that is, if it was still there.
    pub(super) fn replace(&self, now: i64) -> io::Result<Option<PathBuf>> {
        let aside = self.beside(&format!(".damaged-{now}"));
        // The log first: it must not be taken for the new database's.
        for suffix in ["-wal", "-shm"] {
            unless_missing(fs::rename(self.beside(suffix), named(&aside, suffix)))?;
        }
        let was_there = unless_missing(fs::rename(&self.path, &aside))?;
        fs::rename(self.salvaged(), &self.path)?;
        self.sync_directory()?;
        Ok(was_there.map(|()| aside))
    }

    /// Removes what is left of a database that was not finished.
    pub(super) fn remove_unfinished(&self) -> io::Result<()> {
        for suffix in ["-salvaged", "-salvaged-journal"] {
            unless_missing(fs::remove_file(self.beside(suffix)))?;
        }
        Ok(())
    }

    /// Makes the database that takes the place of a damaged one, empty.
    pub(super) fn create_salvaged(&self) -> io::Result<()> {
        private_file().open(self.salvaged()).map(drop)
    }

    #[cfg(unix)]
    fn sync_directory(&self) -> io::Result<()> {
        match self.path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
            Some(directory) => File::open(directory)?.sync_all(),
            None => File::open(".")?.sync_all(),
        }
    }

    #[cfg(not(unix))]
    #[expect(clippy::unnecessary_wraps, clippy::unused_self, reason = "it is so on unix")]
    fn sync_directory(&self) -> io::Result<()> {
        Ok(())
    }
}

/// A path with more behind its name.
fn named(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

/// The bytes of a file: none where it is missing.
pub(super) fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    unless_missing(fs::read(path)).map(Option::unwrap_or_default)
}

/// The first bytes of a database, which say what it is: fewer where it has fewer, and none where it is missing.
pub(super) fn header(path: &Path) -> io::Result<Vec<u8>> {
    let Some(file) = unless_missing(File::open(path))? else { return Ok(Vec::new()) };
    let mut header = Vec::new();
    file.take(100).read_to_end(&mut header)?;
    Ok(header)
}

fn unless_missing<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        result => result.map(Some),
    }
}

#[cfg(unix)]
pub(super) type Identity = (u64, u64);

#[cfg(unix)]
fn identity(metadata: &fs::Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt as _;

    (metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
pub(super) type Identity = ();

#[cfg(not(unix))]
fn identity(_: &fs::Metadata) -> Identity {}

/// Bodies are the data of people: for this user alone.
fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn private_directory() -> DirBuilder {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}
