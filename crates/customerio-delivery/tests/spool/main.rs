//! The store in a file, with crashes, damage, and other processes.

#![cfg(all(unix, feature = "spool"))]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod crashes;
mod damage;
#[path = "../common/figure.rs"]
mod figure;
mod figures;
mod inspect;
mod outbox;
#[cfg(target_os = "linux")]
mod power;
mod processes;
mod program;
mod receiver;
mod room;
#[cfg(target_os = "linux")]
#[path = "../common/shim.rs"]
mod shim;
mod shutdown;
#[path = "../common/standstill.rs"]
mod standstill;
mod support;
