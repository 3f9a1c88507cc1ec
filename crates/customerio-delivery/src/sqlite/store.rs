//! The store.

use std::{
    fmt,
    fs::File,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use fs4::FileExt;
use rusqlite::Connection;

use super::{
    connection::now,
    dead,
    files::Files,
    lease::{self, Owner},
    problem::Problem,
    repairs::Repairs,
    row::Row,
    settings::Settings,
    waiting::{self, Loaded, Sender},
    worker::Worker,
};
use crate::{Epoch, Fate, Lease, Record, Statistics, Store, StoreError, Stored, Stream};

/// Keeps calls in a file, by SQLite: they outlive the process.
///
/// What [`append`](Store::append) has returned for is synced to the disk. The database is on a thread of its own, which
/// commits together what waits for it, so that no async runtime is blocked, and many callers cost one sync.
///
/// # More than one process
///
/// Several may have the file open. All may append; the one that has the [lease](Store::lease) sends. It is for 15 seconds,
/// and is renewed. Another process takes over at once when that one has ended, however it did, and when the lease has run
/// out of one that stands still, which is [fenced](StoreError::Fenced) then. The file must be on a disk of this machine:
/// not on NFS.
///
/// # Damage
///
/// Each call has a number and a checksum. A call that is not what was written is not sent, and its neighbours are. A file
/// that SQLite refuses is moved aside, and a new one begins with what can be read of it. The file `…-last` beside the
/// database says how far that had come, so that it is seen where the end of the write-ahead log was lost. All that is
/// counted in [`repairs`](Self::repairs). Only files that the store made itself are repaired: never a database of the
/// application.
///
/// # What people should know
///
/// The calls hold the data of people, in plain text. Files are made for this user alone (0600, directories 0700), and
/// what is deleted is overwritten. To look at them: the program `customerio-outbox`, or
/// `sqlite3 FILE "select * from customerio_waiting"`. A damaged file that was moved aside keeps what it had, also of people
/// who are [purged](crate::Inspect::purge): delete it when it is no longer needed.
pub struct SqliteStore {
    settings: Settings,
    owner: Owner,
    /// Locked for as long as it sends. The lock goes with the process.
    lock: Mutex<Option<File>>,
    repairs: Arc<Mutex<Repairs>>,
    worker: Worker,
}

/// How a [`SqliteStore`] is opened.
#[derive(Clone, Debug)]
pub struct Builder {
    settings: Settings,
}

impl Builder {
    fn new(path: PathBuf) -> Self {
        let keep_dead = Duration::from_secs(30 * 24 * 60 * 60);
        Self { settings: Settings { path, limit: 256 << 20, keep_dead, existing_only: false } }
    }

    /// The most bytes of calls that wait, as they are stored: 256 MiB if it is not said. What fails is not counted.
    #[must_use]
    pub const fn with_bytes(mut self, bytes: u64) -> Self {
        self.settings.limit = bytes;
        self
    }

    /// How long failed and damaged calls are kept, to the hour: 30 days if it is not said.
    #[must_use]
    #[doc(alias = "ttl")]
    pub const fn with_dead_letters_kept_for(mut self, time: Duration) -> Self {
        self.settings.keep_dead = time;
        self
    }

    /// Opens only a store that is there, as a tool does beside the application that has it: nothing is created, the tables
    /// are not brought to this version, and the file is neither checked as a whole nor repaired. What failed long ago is
    /// not forgotten.
    #[must_use]
    pub const fn existing_only(mut self) -> Self {
        self.settings.existing_only = true;
        self
    }

    /// Opens the store; see [`SqliteStore::open`].
    ///
    /// # Errors
    ///
    /// As [`SqliteStore::open`]; and with [`existing_only`](Self::existing_only) where the file is missing, its tables are of
    /// another version, or it needs repair.
    pub fn open(self) -> Result<SqliteStore, StoreError> {
        SqliteStore::start(self.settings)
    }
}

impl SqliteStore {
    /// Opens the store in that file, which is made if it is missing, and its directory too. It keeps 256 MiB.
    ///
    /// It reads the whole file to see whether it is whole: about a millisecond for each megabyte.
    ///
    /// # Errors
    ///
    /// Where the file cannot be used: it is not a database, a newer version of this crate made its tables, or it may not
    /// be written.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, StoreError> {
        Self::builder(path).open()
    }

    /// Opens it otherwise than [`open`](Self::open) does.
    #[must_use]
    pub fn builder(path: impl Into<PathBuf>) -> Builder {
        Builder::new(path.into())
    }

    fn start(settings: Settings) -> Result<Self, StoreError> {
        let repairs = Arc::default();
        let worker = Worker::start(settings.clone(), Arc::clone(&repairs))?;
        let (owner, lock) = (random().map_err(StoreError::failed)?, Mutex::new(None));
        Ok(Self { settings, owner, lock, repairs, worker })
    }

    /// Returns the repairs since the store was opened.
    #[must_use]
    pub fn repairs(&self) -> Repairs {
        self.repairs.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Closes the store, and waits until the file is closed. Without it, that is done behind your back when the store is
    /// dropped, after what was begun.
    pub async fn close(self) {
        self.worker.close().await;
    }

    pub(super) async fn read<T: Send + 'static>(
        &self,
        mut run: impl FnMut(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.worker.run(false, move |database| Ok(run(database)?)).await
    }

    pub(super) async fn write<T: Send + 'static>(
        &self,
        run: impl FnMut(&Connection) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.worker.run(true, run).await
    }

    /// Whether this store has the sender's lock, which goes with the process. Where files cannot be locked, or who has the
    /// lease has no lock, that has to run out.
    fn has_lock(&self) -> bool {
        let mut lock = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        if lock.is_none() {
            let file = Files::new(self.settings.path.clone()).sender().ok();
            *lock = file.filter(|file| FileExt::try_lock(file).is_ok());
        }
        lock.is_some()
    }

    /// The most bytes of calls that wait.
    pub(super) const fn limit(&self) -> u64 {
        self.settings.limit
    }

    const fn sender(&self, Epoch(epoch): Epoch) -> Sender {
        Sender { owner: self.owner, epoch: epoch.cast_signed() }
    }
}

fn last(numbers: &[i64]) -> u64 {
    numbers.last().map_or(0, |number| number.cast_unsigned())
}

/// Sixteen random bytes.
fn random() -> rusqlite::Result<Owner> {
    Connection::open_in_memory()?.query_row("select randomblob(16)", [], |row| row.get(0))
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore")
            .field("path", &self.settings.path)
            .field("limit", &self.settings.limit)
            .field("repairs", &self.repairs())
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn append(&self, calls: &[Stored]) -> Result<u64, StoreError> {
        let rows: Vec<_> = calls.iter().map(Row::new).collect();
        let limit = self.settings.limit;
        self.write(move |database| waiting::append(database, &rows, limit)).await.map(|numbers| last(&numbers))
    }

    async fn load(&self, stream: &Stream, after: u64, bytes: usize) -> Result<Vec<Record>, StoreError> {
        let stream = stream.clone();
        let Loaded { records, damaged } =
            self.read(move |database| waiting::load(database, &stream, after, bytes)).await?;
        if !damaged.is_empty() {
            let damaged = self.write(move |database| Ok(waiting::set_aside(database, &damaged, now())?)).await?;
            self.repairs.lock().unwrap_or_else(PoisonError::into_inner).damaged += damaged;
        }
        Ok(records)
    }

    async fn mark(&self, epoch: Epoch, stream: &Stream, numbers: &[u64]) -> Result<Vec<u64>, StoreError> {
        let (sender, stream, numbers) = (self.sender(epoch), stream.clone(), numbers.to_vec());
        self.write(move |database| waiting::mark(database, sender, &stream, &numbers)).await
    }

    async fn settle(&self, epoch: Epoch, stream: &Stream, fates: &[(u64, Fate)]) -> Result<(), StoreError> {
        let (sender, stream, fates) = (self.sender(epoch), stream.clone(), fates.to_vec());
        self.write(move |database| waiting::settle(database, sender, &stream, &fates, now())).await
    }

    async fn lease(&self, held: Option<Epoch>) -> Result<Option<Lease>, StoreError> {
        let (owner, held, has_lock) = (self.owner, held.map(|Epoch(held)| held.cast_signed()), self.has_lock());
        let epoch = self.write(move |database| Ok(lease::take(database, &owner, held, now(), has_lock)?)).await?;
        Ok(epoch.map(|epoch| Lease::new(Epoch(epoch.cast_unsigned()), lease::LASTS)))
    }

    async fn release(&self, Epoch(epoch): Epoch) -> Result<(), StoreError> {
        let owner = self.owner;
        let released = self.write(move |database| Ok(lease::release(database, &owner, epoch.cast_signed())?)).await;
        // Where the database fails, who has the lock can take the lease all the same.
        if !matches!(released, Ok(false)) {
            *self.lock.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
        released.map(drop)
    }

    async fn statistics(&self) -> Result<Statistics, StoreError> {
        self.read(|database| dead::statistics(database, now())).await
    }
}
