//! The Rust SDK for [Customer.io](https://customer.io): people, events, devices, segments, transactional messages and
//! broadcasts.
//!
//! ```
//! use customerio::{Client, Endpoint, HyperTransport, Region};
//! use serde_json::json;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), customerio::Error> {
//! # let server = customerio_testing::WireServer::start().unwrap();
//! let endpoint = Endpoint::track(Region::Eu, "site-id", "track-api-key")?;
//! # let endpoint = endpoint.with_base_url(&server.url())?;
//! let track = Client::new(endpoint, HyperTransport::new()?);
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
//! | an HTTP stack of your own | [`Transport`], or [`Exchange`], with [`SystemClock`] |
//!
//! # Features
//!
//! Features are additive. Two transports at once are fine; with none there is the protocol, for a transport of your own.
//!
//! | feature | default | gives |
//! | --- | --- | --- |
//! | `hyper-rustls` | yes | `HyperTransport::new()`: rustls with ring, and the proxies that the environment names |
//! | `hyper` | implied by `hyper-rustls` | `HyperTransport::from_service(..)`: your client, or your tower stack |
//! | `reqwest-rustls` | no | `ReqwestTransport::new()`: reqwest's feature `rustls`, which has aws-lc-rs |
//! | `reqwest` | implied by `reqwest-rustls` | `ReqwestTransport::from_builder(..)` and `from_client(..)`: your reqwest, and its TLS |
//! | `http2` | no | HTTP/2 where the server offers it |
//! | `fs` | yes | `Attachment::from_path(..)` |
//! | `stream` | yes | `Client::send_stream(..)` |
//! | `webhook` | yes | `webhook`: reporting webhooks, verified and typed |
//! | `tracing` | no | a span for each call and an event for each attempt, with the target `customerio` |

pub use customerio_core::*;
pub use customerio_transport::{SystemClock, now};

#[cfg(feature = "hyper")]
pub use customerio_hyper::{self as hyper, HyperTransport};
#[cfg(feature = "reqwest")]
pub use customerio_reqwest::{self as reqwest, ReqwestTransport};

#[cfg(all(doctest, feature = "hyper-rustls"))]
#[doc = include_str!("../../../README.md")]
struct Readme;
