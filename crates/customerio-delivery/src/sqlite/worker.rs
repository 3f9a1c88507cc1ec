//! The thread that has the database.

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, Receiver, RecvTimeoutError, Sender, TryRecvError},
    },
    thread,
    time::{Duration, Instant},
};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::{
    connection::Database,
    high_water::HighWater,
    problem::{Problem, Trouble},
    repairs::Repairs,
    settings::Settings,
};
use crate::StoreError;

/// The most jobs of one transaction.
const GROUP: usize = 1024;
/// How long nothing must happen until it is tidied up.
const IDLE: Duration = Duration::from_secs(1);
/// How often what failed long ago is forgotten.
const FORGETS: Duration = Duration::from_secs(60 * 60);

/// Something to be done in a transaction.
pub(super) trait Job: Send {
    /// Whether it writes.
    fn writes(&self) -> bool;
    /// Does it. It may be called again, after the transaction was rolled back.
    fn run(&mut self, database: &Connection) -> rusqlite::Result<()>;
    /// Tells who waits, after the commit.
    fn tell(self: Box<Self>, outcome: Result<(), StoreError>);
}

struct Work<T, F> {
    writes: bool,
    run: F,
    done: Option<Result<T, StoreError>>,
    waiting: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Job for Work<T, F>
where
    T: Send,
    F: FnMut(&Connection) -> Result<T, Problem> + Send,
{
    fn writes(&self) -> bool {
        self.writes
    }

    fn run(&mut self, database: &Connection) -> rusqlite::Result<()> {
        self.done = Some(match (self.run)(database) {
            Ok(done) => Ok(done),
            Err(Problem::Refused(error)) => Err(error),
            Err(Problem::Sql(error)) => return Err(error),
        });
        Ok(())
    }

    fn tell(self: Box<Self>, outcome: Result<(), StoreError>) {
        let Self { done, waiting, .. } = *self;
        let done = outcome.and_then(|()| done.unwrap_or_else(|| Err(StoreError::failed("the job was not run"))));
        // Who does not wait any more does not want to know.
        let _ = waiting.send(done);
    }
}

/// Where jobs are given to the thread. When the last is dropped, the thread ends after what it was given.
#[derive(Debug)]
pub(super) struct Worker {
    jobs: Sender<Box<dyn Job>>,
    ended: oneshot::Receiver<()>,
}

impl Worker {
    /// Opens the database on a thread of its own, and waits until that is done.
    pub(super) fn start(settings: Settings, repairs: Arc<Mutex<Repairs>>) -> Result<Self, StoreError> {
        let (jobs, taken) = mpsc::channel();
        let (opened, is_open) = mpsc::sync_channel(1);
        let (end, ended) = oneshot::channel();
        let run = move || {
            let mut thread = Thread::new(settings, repairs);
            let result = thread.database(false).map(drop);
            let goes_on = result.is_ok();
            let _ = opened.send(result.map_err(StoreError::from));
            if goes_on {
                thread.run(&taken);
            }
            // The last connection that is closed empties the log.
            drop(thread);
            let _ = end.send(());
        };
        thread::Builder::new().name("customerio-store".to_owned()).spawn(run).map_err(StoreError::failed)?;
        is_open.recv().map_err(StoreError::failed)??;
        Ok(Self { jobs, ended })
    }

    /// Has the thread do something.
    pub(super) async fn run<T, F>(&self, writes: bool, run: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&Connection) -> Result<T, Problem> + Send + 'static,
    {
        let (waiting, done) = oneshot::channel();
        let gone = || StoreError::failed("the thread of the store ended");
        self.jobs.send(Box::new(Work { writes, run, done: None, waiting })).map_err(|_| gone())?;
        done.await.map_err(|_| gone())?
    }

    /// Ends the thread, and waits until it has ended.
    pub(super) async fn close(self) {
        drop(self.jobs);
        let _ = self.ended.await;
    }
}

struct Thread {
    path: PathBuf,
    keep_dead: Duration,
    /// Something else keeps the file in order.
    existing_only: bool,
    has_written: bool,
    database: Option<Database>,
    /// How far the database had come when it was last used.
    reached: Option<HighWater>,
    repairs: Arc<Mutex<Repairs>>,
    forgot: Option<Instant>,
}

impl Thread {
    fn new(settings: Settings, repairs: Arc<Mutex<Repairs>>) -> Self {
        let Settings { path, keep_dead, existing_only, .. } = settings;
        let (database, reached, forgot) = (None, None, None);
        Self { path, keep_dead, existing_only, has_written: false, database, reached, repairs, forgot }
    }

    fn run(&mut self, jobs: &Receiver<Box<dyn Job>>) {
        let mut is_tidy = true;
        loop {
            self.forget();
            let first = match jobs.recv_timeout(if is_tidy { FORGETS } else { IDLE }) {
                Ok(job) => job,
                Err(RecvTimeoutError::Disconnected) => return self.end(),
                Err(RecvTimeoutError::Timeout) => {
                    is_tidy = true;
                    if !self.existing_only {
                        // It is tried again when there was something to do.
                        let _ = self.database.as_ref().map(Database::tidy);
                    }
                    continue;
                }
            };
            let mut group = vec![first];
            while group.len() < GROUP {
                match jobs.try_recv() {
                    Ok(job) => group.push(job),
                    Err(TryRecvError::Empty | TryRecvError::Disconnected) => break,
                }
            }
            is_tidy = false;
            self.commit(group);
        }
    }

    /// Others may keep the file open, and then the log stays as it is when this closes it.
    fn end(&self) {
        if self.existing_only && self.has_written {
            // Where that fails, the application does so later.
            let _ = self.database.as_ref().map(Database::empty_log);
        }
    }

    /// Commits jobs together; where that fails, each alone, so that none fails for another.
    fn commit(&mut self, mut group: Vec<Box<dyn Job>>) {
        match self.attempt(&mut group, false) {
            Err(Trouble::Damaged(_)) => match self.attempt(&mut group, true) {
                Ok(()) => group.into_iter().for_each(|job| job.tell(Ok(()))),
                Err(_) if group.len() > 1 => group.into_iter().for_each(|job| self.commit(vec![job])),
                Err(trouble) => tell(group, trouble),
            },
            Ok(()) => group.into_iter().for_each(|job| job.tell(Ok(()))),
            Err(_) if group.len() > 1 => group.into_iter().for_each(|job| self.commit(vec![job])),
            Err(trouble) => tell(group, trouble),
        }
    }

    fn attempt(&mut self, group: &mut [Box<dyn Job>], is_damaged: bool) -> Result<(), Trouble> {
        let writes = group.iter().any(|job| job.writes());
        let database = self.database(is_damaged)?;
        let result = database.transaction(writes, |database| group.iter_mut().try_for_each(|job| job.run(database)));
        let (reached, is_there) = (database.reached, database.is_there());
        self.reached = Some(reached);
        self.has_written |= writes;
        if !is_there {
            // The path leads elsewhere: to nothing, or to what another process has put there.
            self.database = None;
        }
        result
    }

    /// The database, which is opened if it is not open.
    fn database(&mut self, is_damaged: bool) -> Result<&mut Database, Trouble> {
        if is_damaged {
            self.database = None;
        }
        match &mut self.database {
            Some(_) => {}
            none if self.existing_only => *none = Some(Database::open_existing(self.path.clone())?),
            none => {
                let (database, repairs) = Database::open(self.path.clone(), self.reached, is_damaged)?;
                self.repairs.lock().unwrap_or_else(PoisonError::into_inner).add(repairs);
                *none = Some(database);
            }
        }
        self.database.as_mut().ok_or_else(|| Trouble::Failed(StoreError::failed("the database is not open")))
    }

    /// Now and then, forgets what failed long ago.
    fn forget(&mut self) {
        if self.existing_only || self.forgot.is_some_and(|last| last.elapsed() < FORGETS) {
            return;
        }
        self.forgot = Some(Instant::now());
        if let Some(database) = &mut self.database {
            // It comes to be tried again.
            let _ = database.forget(self.keep_dead);
        }
    }
}

fn tell(group: Vec<Box<dyn Job>>, trouble: Trouble) {
    let error = StoreError::from(trouble);
    let text = error.to_string();
    let mut error = Some(error);
    for job in group {
        job.tell(Err(error.take().unwrap_or_else(|| StoreError::failed(text.clone()))));
    }
}
