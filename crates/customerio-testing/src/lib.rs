//! Tests for programs that use Customer.io, and for transports.
//!
//! - [`Recorder`]: a transport that sends nothing. It keeps each request, and responds as scripted, or as the API does.
//! - [`WireServer`]: a server on loopback that shows the bytes of each request that it received.
//! - [`conformance`]: the contract of a [`Transport`](customerio_core::Transport), to run on your own.
//! - `stores` (feature `delivery`): the contract of a store of calls, likewise.
//! - [`faults`]: a server that breaks the rules of HTTP as scripted, and counts what it received.
//!
//! For a mock server that knows the API, use the crate `customerio-emulator`.

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod conformance;
pub mod faults;
mod listener;
mod recorder;
#[cfg(feature = "delivery")]
pub mod stores;
mod wire_server;

pub use recorder::Recorder;
pub use wire_server::WireServer;

// The code of the README is tested.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
