//! The Rust SDK for [Customer.io](https://customer.io): people, events, devices, segments, transactional messages and
//! broadcasts.
//!
//! ```
//! use customerio::{Client, Endpoint, Region, ReqwestTransport};
//! use serde_json::json;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), customerio::Error> {
//! # let server = customerio_testing::WireServer::start().unwrap();
//! let endpoint = Endpoint::track(Region::Eu, "site-id", "track-api-key")?;
//! # let endpoint = endpoint.with_base_url(&server.url())?;
//! let track = Client::new(endpoint, ReqwestTransport::new()?);
//! track.identify("42", &json!({"email": "ada@example.com", "plan": "pro"})).await?;
//! track.track("42", "purchase", &json!({"price": 23.45})).await?;
//! # assert_eq!(server.received().len(), 2);
//! # Ok(())
//! # }
//! ```
//!
//! | to | look in |
//! | --- | --- |
//! | people, events, devices, segments | [`track`], and the methods of [`Client<Track>`](Client#impl-Client<Track>) |
//! | messages and broadcasts | [`app`], and the methods of [`Client<App>`](Client#impl-Client<App>) |
//! | what Customer.io reports to you | `webhook` |
//! | a route that is not modelled | [`Raw`] |
//! | how often a call is tried, and how long | [`RetryPolicy`] |
//! | what an error means | [`Error`] |
//! | an HTTP stack of your own | [`Transport`], or [`Exchange`] |
//!
//! # Features
//!
//! They only add. Two transports at once are fine; with none there is the protocol, for a transport of your own.
//!
//! | feature | default | gives |
//! | --- | --- | --- |
//! | `reqwest-rustls` | yes | `ReqwestTransport::new()` |
//! | `reqwest` | by the above | `ReqwestTransport::from_client(..)` |
//! | `hyper-rustls` | no | `HyperTransport::new()` |
//! | `hyper` | no | `HyperTransport::from_service(..)` |
//! | `http2` | no | HTTP/2 where the server offers it |
//! | `fs` | yes | `Attachment::from_path(..)` |
//! | `stream` | yes | `Client::send_stream(..)` |
//! | `webhook` | yes | `webhook`: reporting webhooks, verified and typed |
//! | `tracing` | no | a span for each call and an event for each attempt, with the target `customerio` |

pub use customerio_core::*;

#[cfg(feature = "hyper")]
pub use customerio_hyper::{self as hyper, HyperTransport};
#[cfg(feature = "reqwest")]
pub use customerio_reqwest::{self as reqwest, ReqwestTransport};

#[cfg(all(doctest, feature = "reqwest-rustls"))]
#[doc = include_str!("../../../README.md")]
struct Readme;
