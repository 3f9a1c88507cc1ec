//! Customer.io over [hyper](https://docs.rs/hyper), or over any HTTP client that is a
//! [tower](https://docs.rs/tower) service.
//!
//! - [`HyperTransport::new`] is ready to use: HTTPS with rustls, and the proxies that the environment names.
//! - [`HyperTransport::from_service`] takes your own client: a tower stack with your layers, another proxy, other
//!   certificates. Boxed services are fine, `BoxCloneService` and `BoxCloneSyncService` alike.
//!
//! Types of hyper-util and of tower-service are part of this crate's API: a new major version of either is a new major
//! version of this crate.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "rustls")]
mod client;
#[cfg(feature = "rustls")]
mod connect;
mod service;

#[cfg(feature = "rustls")]
pub use client::RustlsClient;
pub use service::HyperTransport;

// The code of the README is tested.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
