//! Customer.io over [hyper](https://docs.rs/hyper), or over any HTTP client that is a
//! [tower service](https://docs.rs/tower-service).
//!
//! [`HyperTransport::new`] is ready to use. [`HyperTransport::from_service`] takes a client of yours: a proxy, a tower
//! stack, other certificates.
//!
//! The types of hyper-util and of tower-service that stand in this crate's API make their major versions its own.

mod service;
#[cfg(feature = "rustls")]
mod tls;

pub use service::HyperTransport;
#[cfg(feature = "rustls")]
pub use tls::RustlsClient;
