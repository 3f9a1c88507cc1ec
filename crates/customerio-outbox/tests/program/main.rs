//! The program as it is run, on stores that a queue has filled: what it prints, its exit codes, what it changes.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "these are tests, and so are their helpers")]

mod beside;
mod changing;
mod codes;
mod looking;
#[path = "../../../customerio-delivery/tests/postgres/server.rs"]
#[expect(dead_code, reason = "other tests need more of it")]
mod server;
mod support;
mod terminal;
mod tls;
