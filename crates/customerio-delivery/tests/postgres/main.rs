//! The store in PostgreSQL, with crashes, overlapping transactions, and other processes.

#![cfg(all(unix, feature = "postgres"))]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod contract;
mod crashes;
mod dead;
#[path = "../common/figure.rs"]
mod figure;
mod figures;
mod inspect;
mod outbox;
mod pace;
mod schema;
mod sending;
mod server;
#[path = "../common/standstill.rs"]
mod standstill;
mod support;
