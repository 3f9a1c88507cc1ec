//! Tests for programs that use Customer.io, and for transports.
//!
//! - [`Recorder`]: a transport that sends nothing: it keeps each request, and responds as it was told or as the API does.
//! - [`WireServer`]: a server on loopback that shows the bytes of each request that it got.
//! - [`conformance`]: the contract of a [`Transport`](customerio_core::Transport), to be run on one of your own.
//! - `stores` (feature `delivery`): the contract of a store of calls, likewise.
//! - [`faults`]: a server that breaks the rules of HTTP as it is told, and counts what it got.
//!
//! For a stand-in that knows the API there is the crate `customerio-emulator`.

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
