//! Calls in a file, kept by SQLite.
//!
//! ```
//! # mod customerio { pub use customerio_core::facade::*; pub use customerio_delivery as delivery; }
//! # use std::time::Duration;
//! # use customerio::transport::Moment;
//! use customerio::{
//!     delivery::{Store as _, Stored, sqlite::SqliteStore},
//!     limits::Limits,
//!     track::v2::person::Event,
//! };
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
//! # tokio::spawn(async {
//! # let directory = std::env::temp_dir().join(format!("customerio-delivery-{}", std::process::id()));
//! # let now = Moment { monotonic: Duration::ZERO, since_epoch: Duration::from_secs(1_700_000_000), random: 4 };
//! let store = SqliteStore::open(directory.join("calls.db"))?;
//! let call = Stored::new(Event::new("42", "purchase"), &now, &Limits::default())?;
//! let stream = call.stream();
//! store.append(&[call]).await?;
//! assert_eq!(store.load(&stream, 0, 1 << 20).await?.len(), 1);
//! # store.close().await;
//! # std::fs::remove_dir_all(&directory)?;
//! # Ok(())
//! # })
//! # .await?
//! # }
//! ```
//!
//! # In your own transaction
//!
//! An application whose data are in SQLite enqueues where it writes them, so that both happen or neither:
//!
//! ```
//! # mod customerio { pub use customerio_core::facade::*; pub use customerio_delivery as delivery; }
//! use customerio::delivery::{Stored, sqlite};
//! # use {std::time::Duration, customerio::{limits::Limits, transport::Moment, track::v2::person::Event}, sqlite::rusqlite};
//!
//! fn sign_up(database: &mut rusqlite::Connection, name: &str, event: &Stored) -> rusqlite::Result<()> {
//!     let transaction = database.transaction()?;
//!     transaction.execute("insert into person values (?1)", [name])?;
//!     sqlite::enqueue(&transaction, event)?;
//!     transaction.commit()
//! }
//! # let now = Moment { monotonic: Duration::ZERO, since_epoch: Duration::from_secs(1_700_000_000), random: 4 };
//! # let mut database = rusqlite::Connection::open_in_memory()?;
//! # database.execute_batch("create table person (name text)")?;
//! # sqlite::migrate(&database)?;
//! # sign_up(&mut database, "Ada", &Stored::new(Event::new("42", "sign-up"), &now, &Limits::default())?)?;
//! # let waiting = |table: &str| database.query_row(&format!("select count(*) from {table}"), [], |row| row.get::<_, i64>(0));
//! assert_eq!((waiting("person")?, waiting("customerio_queue")?), (1, 1));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A [`SqliteStore`] that is opened on that file delivers them, in the same process or in another. With another driver
//! than `rusqlite`, run [`INSERT`] with the values of a [`Row`].

mod connection;
mod dead;
mod files;
mod high_water;
mod inspect;
mod lease;
mod outbox;
mod pages;
mod pragmas;
mod problem;
mod purge;
mod repairs;
mod row;
mod salvage;
mod schema;
mod settings;
mod shown;
mod store;
#[cfg(test)]
mod tests;
mod waiting;
mod worker;

#[doc(no_inline)]
pub use rusqlite;

pub use self::{
    outbox::enqueue,
    repairs::Repairs,
    row::{INSERT, Row},
    schema::{migrate, migrations},
    store::{Builder, SqliteStore},
};
