//! Test doubles for programs that use Customer.io, and contract tests for transports and stores.
//!
//! ```
//! # use customerio_core::facade as customerio;
//! use customerio::{Client, Endpoint, Region};
//! use customerio_testing::Recorder;
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
//! # tokio::spawn(async {
//! let recorder = Recorder::new();
//! let track = Client::new(Endpoint::track(Region::Us, "site", "key")?, recorder.clone());
//! track.delete("42").await?;
//! assert_eq!(recorder.requests()[0].uri().path(), "/api/v1/customers/42");
//! # Ok(())
//! # }).await?
//! # }
//! ```
//!
//! | to test | use |
//! | --- | --- |
//! | a program, without a network | [`Recorder`], a mock transport: it keeps each request, and responds as scripted or as the API does |
//! | the bytes of requests | [`WireServer`], a server on loopback that keeps them |
//! | your own [`Transport`](customerio_core::Transport) | [`conformance`], its contract |
//! | your own store for the delivery queue | `stores`, its contract (feature `delivery`) |
//! | broken connections | [`faults`], a server that breaks the rules of HTTP as scripted |
//!
//! For a local server that behaves like Customer.io, use the crate `customerio-emulator`.

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
