//! The store in a file, with crashes, damage, and other processes.

#![cfg(all(unix, feature = "spool"))]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod crashes;
mod damage;
mod figures;
mod inspect;
mod outbox;
#[cfg(target_os = "linux")]
mod power;
mod processes;
mod room;
#[cfg(target_os = "linux")]
mod shim;
mod shutdown;
mod support;
