//! Calls in PostgreSQL, 15 or later, where an application enqueues in its own transaction.
//!
//! ```no_run
//! # mod customerio { pub use customerio_core::facade::*; pub use customerio_delivery as delivery; }
//! use customerio::{Client, Track, delivery::{Queue, postgres::{PostgresStore, tokio_postgres::Config}}};
//!
//! # fn spawned(track: Client<Track>) { tokio::spawn(async { start(track).await.map_err(|error| error.to_string()) }); }
//! # async fn start(track: Client<Track>) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
//! let config: Config = "host=db.internal user=shop dbname=shop".parse()?;
//! let store = PostgresStore::connect(config).await?;
//! let queue = Queue::builder(store).with_track(track).start();
//! # drop(queue);
//! # Ok(())
//! # }
//! ```
//!
//! Every replica of an application runs such a queue. One of them sends; the others stand by, and take over when that one
//! has shut down, or 15 seconds after it was heard of last.
//!
//! # In your own transaction
//!
//! What is enqueued where the application writes its own data is delivered if that is committed, and only then:
//!
//! ```no_run
//! # mod customerio { pub use customerio_core::facade::*; pub use customerio_delivery as delivery; }
//! use customerio::delivery::{Stored, postgres::{self, tokio_postgres::{Client, Error}}};
//!
//! async fn sign_up(database: &mut Client, name: &str, event: &Stored) -> Result<(), Error> {
//!     let transaction = database.transaction().await?;
//!     transaction.execute("insert into person values ($1)", &[&name]).await?;
//!     postgres::enqueue(&transaction, event).await?;
//!     transaction.commit().await
//! }
//! # fn spawned(mut database: Client, event: Stored) { tokio::spawn(async move { sign_up(&mut database, "Ada", &event).await }); }
//! ```
//!
//! With another driver, run [`INSERT`] with the values of a [`Row`]. With `sqlx`:
//!
//! ```text
//! let Row { destination, lane, crc32, call, .. } = Row::new(&event);
//! sqlx::query(INSERT).bind(&*destination).bind(lane).bind(crc32).bind(call).execute(&mut *transaction).await?;
//! ```
//!
//! and with `diesel`:
//!
//! ```text
//! sql_query(INSERT).bind::<Text, _>(&*destination).bind::<SmallInt, _>(lane).bind::<BigInt, _>(crc32)
//!     .bind::<Binary, _>(call).execute(connection)?;
//! ```
//!
//! # Order
//!
//! Calls of two transactions of which one was committed before the other began arrive in that order, as far as the
//! [`Queue`](crate::Queue) keeps an order at all. Calls of transactions that overlap have none between them. The sender waits for
//! no transaction: what is committed late is sent then.
//!
//! # One rate limit for all replicas
//!
//! What goes through the queue is sent by one replica, which keeps to the rate limits. Where replicas also call directly, a
//! [`SharedThrottle`] has them keep to the limits together.
//!
//! # What the database must be
//!
//! - Its encoding is UTF-8, and `synchronous_commit` is not `off`: else a message could be sent twice after a crash of the
//!   database.
//! - The tables are found by the `search_path`. [`PostgresStore::connect`] creates them; or run [`migrations`] with those of
//!   the application. To enqueue, a role needs `insert` on `customerio_waiting`; to deliver, `select`, `insert`, `update`
//!   and `delete` on all of them, and `select` on the sequence `customerio_waiting_number_seq`.
//! - A pool between them may be `pgbouncer` in the mode `transaction`: no statement is prepared, and nothing hangs on a
//!   session.
//!
//! The calls hold the data of people, in plain text.

mod builder;
mod dead;
mod inspect;
mod lease;
mod link;
mod loading;
mod outbox;
mod pace;
mod position;
mod purge;
mod room;
mod row;
mod schema;
mod settings;
mod shared_throttle;
mod shown;
mod statistics;
mod store;
mod streams;
mod waiting;

#[doc(no_inline)]
pub use tokio_postgres;

pub use self::{
    builder::Builder,
    outbox::enqueue,
    row::{INSERT, Row},
    schema::{migrate, migrations},
    shared_throttle::{SharedThrottle, SharedThrottleBuilder},
    store::PostgresStore,
};
