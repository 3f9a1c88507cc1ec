//! Customer.io without async: blocking clients, and the transport over [ureq](https://docs.rs/ureq).
//!
//! - [`Client`] calls one of the APIs, and blocks the thread until the call has ended. [`BatchSender`] sends many
//!   operations in batches. They need no async runtime.
//! - [`UreqTransport`] is the transport: `new()` is ready to use, with rustls (feature `rustls`, on by default), and
//!   [`from_agent`](UreqTransport::from_agent) takes your own agent.
//!
//! Most programs use the crate `customerio` with its feature `blocking`, whose `blocking::CustomerIo` has the clients of
//! all three APIs.
//!
//! Types of ureq are part of this crate's API: a new major version of ureq is a new major version of this crate.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "rustls")]
mod agent;
mod batch;
mod block_on;
mod client;
mod exports;
mod failure;
mod files;
mod pages;
mod short;
mod transport;
mod wait;

pub use batch::BatchSender;
pub use client::Client;
pub use exports::ExportFile;
#[cfg(feature = "csv")]
pub use exports::Rows;
pub use pages::{Items, Pages};
pub use transport::UreqTransport;
pub use wait::Wait;

// The code of the README is tested.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
