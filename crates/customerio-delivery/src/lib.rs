//! Delivery to Customer.io in the background: a request handler neither waits for Customer.io nor fails with it.
//!
//! A [`Queue`] takes operations, keeps them in a [`Store`], and sends them: in batches where the API has batches, in order,
//! with retries for as long as an outage takes. Each call ends once, with a [`Fate`].
//!
//! | task | where |
//! | --- | --- |
//! | enqueue without waiting, or until it is durable | [`Queue::try_send`], [`Queue::send`] |
//! | wait until all is sent | [`Queue::flush`], [`Queue::shutdown`] |
//! | keep calls in memory, or in a file | [`MemoryStore`], [`SqliteStore`](sqlite::SqliteStore) (feature `spool`) |
//! | share calls between replicas, and enqueue in a transaction of PostgreSQL | [`PostgresStore`](postgres::PostgresStore) (feature `postgres`) |
//! | keep to the rate limits with all replicas together | [`SharedThrottle`](postgres::SharedThrottle) (feature `postgres`) |
//! | deliver what a broker such as NATS, Redis, Kafka or SQS keeps | [`deliver`] |
//! | see what waits and what failed; replay, discard, purge | [`Inspect`], and the program `customerio-outbox` |
//! | keep calls elsewhere | [`Store`] |
//! | drive the state machine | [`Machine`] |
//!
//! The examples are written for the crate [`customerio`](https://docs.rs/customerio), which has this one as
//! `customerio::delivery` with its feature `delivery`.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod buffer;
mod clients;
mod counts;
mod courier;
mod deliver;
mod enqueue;
mod fate;
#[cfg(feature = "metrics")]
mod figures;
mod inspect;
mod lane;
mod lease;
mod machine;
mod memory;
mod mentions;
mod person;
#[cfg(feature = "postgres")]
pub mod postgres;
mod queue;
#[cfg(feature = "spool")]
pub mod sqlite;
mod statistics;
mod store;
mod stored;
mod writer;

pub use async_trait::async_trait;

pub use crate::{
    clients::Clients,
    counts::Counts,
    deliver::{Outcome, Received, Retry, deliver},
    enqueue::{Enqueue, EnqueueError},
    fate::{Failure, Fate, Reason},
    inspect::{CallFilter, CallKind, CallState, Inspect, KeptCall, ParkedCalls, Purged, Replayed},
    lane::{Lane, Stream},
    lease::{Epoch, Lease},
    machine::{Action, Event, Incoming, Machine, MachineOptions, Outgoing},
    memory::MemoryStore,
    queue::{Queue, QueueBuilder, Report},
    statistics::Statistics,
    store::{Record, Store, StoreError},
    stored::{Stored, StoredError},
};

// The code of the README is tested.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
