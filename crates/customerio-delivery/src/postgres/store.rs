//! The store.

use std::{
    fmt,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::{
    dead,
    lease::{self, Sender},
    link::{Connector, Link, failed},
    loading::{self, Positions},
    room::Room,
    row::Row,
    schema,
    settings::Settings,
    statistics, waiting,
};
use crate::{Epoch, Fate, Lease, Record, Statistics, Store, StoreError, Stored, Stream};
use async_trait::async_trait;

/// How often what failed long ago is forgotten.
const FORGETS: Duration = Duration::from_secs(60 * 60);

/// Keeps calls in PostgreSQL: they are as durable as its transactions, and every replica of an application shares them.
///
/// It opens three connections when they are needed: where it sends, one to load and one to mark and settle; and one for all
/// else. It opens them again when they break: a call that finds the database away fails, and a [`Queue`](crate::Queue) tries
/// again. It needs a tokio runtime with I/O and time enabled.
///
/// Of the stores that are open on the same tables, in whatever process, one has the [lease](Store::lease) and sends. It is for
/// 15 seconds by the clock of the database, and is renewed. Who lost it is [fenced](StoreError::Fenced): it can neither
/// mark nor settle.
///
/// Each call has a checksum. One that is not what was written is not sent: it becomes a dead letter.
pub struct PostgresStore {
    settings: Settings,
    owner: String,
    /// To load: it waits neither for what is settled, nor holds up what is appended.
    reader: Link,
    sender: Link,
    others: Link,
    positions: Positions,
    room: Room,
    forgot: Mutex<Option<Instant>>,
}

impl PostgresStore {
    pub(super) async fn start(connector: Connector, settings: Settings) -> Result<Self, StoreError> {
        let open = schema::open(&connector, settings.migrates).await?;
        let owner = open.client.query_typed_one("select gen_random_uuid()::text", &[]).await.map_err(failed)?;
        Ok(Self {
            settings,
            owner: owner.try_get(0).map_err(failed)?,
            reader: Link::new(connector.clone()),
            sender: Link::new(connector.clone()),
            others: Link::new(connector),
            positions: Positions::default(),
            room: Room::default(),
            forgot: Mutex::new(None),
        })
    }

    fn sender_of(&self, Epoch(epoch): Epoch) -> Sender<'_> {
        Sender { owner: &self.owner, epoch: epoch.cast_signed() }
    }

    /// The connection of all but the sender.
    pub(super) const fn others(&self) -> &Link {
        &self.others
    }

    /// Refuses what there is no room for.
    pub(super) async fn take_room(&self, rows: &[Row]) -> Result<(), StoreError> {
        self.room.take(&self.others, self.settings.limit, rows).await
    }

    /// Now and then, forgets what failed long ago.
    async fn forget(&self) {
        {
            let mut forgot = self.forgot.lock().unwrap_or_else(PoisonError::into_inner);
            if forgot.is_some_and(|last| last.elapsed() < FORGETS) {
                return;
            }
            *forgot = Some(Instant::now());
        }
        // It comes to be tried again.
        let _ = dead::forget(&self.others, self.settings.keep_dead).await;
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore")
            .field("owner", &self.owner)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Store for PostgresStore {
    async fn append(&self, calls: &[Stored]) -> Result<u64, StoreError> {
        if calls.is_empty() {
            return Ok(0);
        }
        let rows: Vec<_> = calls.iter().map(Row::new).collect();
        self.take_room(&rows).await?;
        let numbers = waiting::append(&self.others, &rows).await?;
        Ok(numbers.last().map_or(0, |number| number.cast_unsigned()))
    }

    async fn load(&self, stream: &Stream, after: u64, bytes: usize) -> Result<Vec<Record>, StoreError> {
        loading::load(&self.reader, stream, after, bytes).await
    }

    async fn load_more(
        &self,
        stream: &Stream,
        after: u64,
        held: &[u64],
        bytes: usize,
    ) -> Result<Vec<Record>, StoreError> {
        loading::load_more(&self.reader, &self.positions, stream, after, held, bytes).await
    }

    async fn mark(&self, epoch: Epoch, stream: &Stream, numbers: &[u64]) -> Result<Vec<u64>, StoreError> {
        waiting::mark(&self.sender, self.sender_of(epoch), stream, numbers).await
    }

    async fn settle(&self, epoch: Epoch, stream: &Stream, fates: &[(u64, Fate)]) -> Result<(), StoreError> {
        waiting::settle(&self.sender, self.sender_of(epoch), stream, fates).await
    }

    async fn lease(&self, held: Option<Epoch>) -> Result<Option<Lease>, StoreError> {
        // What the response takes is no part of it.
        let asked = Instant::now();
        let held = held.map(|Epoch(held)| held.cast_signed());
        let epoch = lease::take(&self.sender, &self.owner, held, self.settings.lease).await?;
        let Some(epoch) = epoch else { return Ok(None) };
        self.forget().await;
        let left = self.settings.lease.saturating_sub(asked.elapsed());
        Ok(Some(Lease::new(Epoch(epoch.cast_unsigned()), left)))
    }

    async fn release(&self, epoch: Epoch) -> Result<(), StoreError> {
        lease::release(&self.sender, self.sender_of(epoch)).await
    }

    async fn statistics(&self) -> Result<Statistics, StoreError> {
        statistics::read(&self.others).await
    }
}
