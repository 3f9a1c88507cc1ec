//! The program as it is run: its flags, what it prints, its exit codes, its files.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "these are tests, and so are their helpers")]

mod clients;
mod figures;
mod kept;
mod limits;
mod replay;
mod sdks;
mod serving;
mod support;
mod webhooks;
