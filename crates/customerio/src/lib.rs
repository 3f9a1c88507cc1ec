//! The Rust SDK for [Customer.io](https://customer.io): people, events, devices, segments, transactional messages and
//! broadcasts.
//!
//! ```
//! use customerio::{CustomerIo, Region, app::SendEmail};
//! use serde_json::json;
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
//! # tokio::spawn(async {
//! # let server = customerio_testing::WireServer::start().unwrap();
//! // Or `CustomerIo::from_env()?`, with the keys in the environment.
//! let builder = CustomerIo::builder(Region::Eu).track("site-id", "track-key").app("app-key");
//! # let builder = builder.base_url(server.url());
//! let cio = builder.build()?;
//! cio.track().identify("42", json!({"email": "ada@example.com", "plan": "pro"})).await?;
//! cio.track().track("42", "purchase", json!({"price": 23.45})).await?;
//! # assert_eq!(server.received().len(), 2);
//!
//! let receipt = SendEmail::from_template("receipt", "ada@example.com")
//!     .with_message_data(json!({"total": 23.45}));
//! # let sent =
//! cio.app().call(receipt).await;
//! # assert!(sent.is_err() && server.received().len() == 3, "the server responds with an empty object");
//! # Ok::<(), customerio::Error>(())
//! # })
//! # .await??;
//! # Ok(())
//! # }
//! ```
//!
//! The [guides] show each task in whole programs:
//!
//! | topic | API | guide |
//! | --- | --- | --- |
//! | getting started: one value for all three APIs | [`CustomerIo`] | [start](guides#start) |
//! | people, events, devices, segments | [`track`], and the methods of [`Client<Track>`](Client#impl-Client<Track>) | [people](guides::people), [events](guides::events), [devices and segments](guides::devices_and_segments), [objects](guides::objects) |
//! | transactional messages, broadcasts, the workspace | [`app`], and the methods of [`Client<App>`](Client#impl-Client<App>) | [messages](guides::messages), [broadcasts](guides::broadcasts), [App API](guides::app_api) |
//! | people, events and groups for every destination | [`pipelines`], and the methods of [`Client<Pipelines>`](Client#impl-Client<Pipelines>) | [Pipelines API](guides::pipelines) |
//! | pagination: lists that come page by page | [`page`] | [App API](guides::app_api) |
//! | waiting for background jobs, such as exports | [`wait`] | [App API](guides::app_api) |
//! | exports of people and deliveries, as rows | [`app::exports`] | [exports](guides::exports) |
//! | batches: many operations in one request | [`batch`] | [batches](guides::batches) |
//! | a queue that delivers in the background, with an outbox | [`delivery`](delivery/index.html) | [delivery](guides::delivery) |
//! | the same clients without async | [`blocking`](blocking/index.html) | [transports](guides::transports#without-async) |
//! | reporting webhooks | [`webhook`](webhook/index.html), and `axum` | [webhooks](guides::webhooks) |
//! | requests that are stored, and sent later | [`Prepared`] | [errors and retries](guides::errors_and_retries#send-later) |
//! | routes that are not modelled | [`track::Raw`], [`app::Raw`], [`pipelines::Raw`] | [App API](guides::app_api#call-a-route-that-is-not-modelled) |
//! | retries, timeouts, rate limits | [`retry`] | [errors and retries](guides::errors_and_retries), [rate limits and timeouts](guides::rate_limits_and_timeouts) |
//! | errors | [`Error`], [`error`] | [errors and retries](guides::errors_and_retries) |
//! | your own HTTP stack, a proxy, tower | [`transport`] | [transports](guides::transports), [wasm and the edge](guides::edge) |
//! | tests: mocks, and a local Customer.io | the crates `customerio-testing` and `customerio-emulator` | [testing](guides::testing) |
//! | spans, logs and metrics | the features `tracing` and `metrics` | [observability](guides::observability) |
//!
//! # Features
//!
//! Features are additive. Two transports at once are fine; with none there is the protocol, for a custom transport.
//!
//! | feature | default | gives |
//! | --- | --- | --- |
//! | `hyper-rustls` | yes | [`CustomerIo::from_env`] and `DefaultTransport`: hyper, rustls with ring, the proxies that the environment names |
//! | `hyper` | no | `HyperTransport::from_service(..)`: your client, or your tower stack |
//! | `tower` | no | implies `hyper`; a request that tower's `LoadShed` turned away was not sent, and is retried; tower's `Timeout` is a timeout |
//! | `reqwest-rustls` | no | `ReqwestTransport::new()`: reqwest's feature `rustls`, which has aws-lc-rs |
//! | `reqwest` | implied by `reqwest-rustls` | `ReqwestTransport::from_builder(..)` and `from_client(..)`: your reqwest 0.13, and its TLS |
//! | `http2` | no | HTTP/2 where the server offers it |
//! | `fs` | yes | `Attachment::from_path(..)`, `app::snippets::read_folder(..)` |
//! | `stream` | yes | `Client::send_stream(..)`; pages and items as streams |
//! | `csv` | no | the rows of an export, as maps or as your own types |
//! | `webhook` | yes | `webhook`: reporting webhooks, verified and typed, each handled once |
//! | `axum` | no | `axum`: those webhooks as an extractor of axum 0.8 |
//! | `design_studio` | no | `app::assets` and `app::design_studio`: the operations on assets and in Design Studio |
//! | `delivery` | no | `delivery`: a queue that delivers in the background, in batches, in order and with retries |
//! | `spool` | no | implies `delivery`; the calls of that queue in a file, kept by SQLite: they outlive the process |
//! | `postgres` | no | implies `delivery`; the calls of that queue in PostgreSQL 15 or later, enqueued in your own transaction |
//! | `blocking` | no | `blocking`: the same clients without async, over ureq with rustls and ring |
//! | `chrono`, `jiff`, `time` | no | conversions between [`Timestamp`] and the times of those crates |
//! | `metrics` | no | calls, requests, retries, waits and queues, counted by the crate `metrics` |
//! | `tracing` | no | a span for each call and one for each request, in the names of OpenTelemetry |

#![cfg_attr(docsrs, feature(doc_cfg))]

mod customer_io;
#[cfg(feature = "hyper-rustls")]
mod default_transport;
pub mod guides;

// Behind the others, so that rustdoc shows the async builder first.
#[cfg(feature = "blocking")]
pub mod blocking;

#[cfg(feature = "axum")]
pub use customerio_axum as axum;
pub use customerio_core::facade::{
    App, BuildError, CallOptions, Client, Config, Delivery, Device, DeviceAttributes, Endpoint, Erase, Error, IdType,
    PersonId, Pipelines, Platform, Prepared, Region, RetryPolicy, Timestamp, Track, app, batch, bytes, error, http,
    ids, limits, operation, page, pipelines, retry, track, wait,
};
#[cfg(feature = "webhook")]
pub use customerio_core::webhook;
#[cfg(feature = "delivery")]
#[doc(inline)]
pub use customerio_delivery as delivery;
#[cfg(feature = "hyper")]
pub use customerio_hyper::HyperTransport;
#[cfg(all(feature = "hyper", feature = "hyper-rustls"))]
pub use customerio_hyper::RustlsClient;
#[cfg(feature = "reqwest")]
pub use customerio_reqwest::ReqwestTransport;
pub use customerio_transport::now;

pub use crate::customer_io::{CustomerIo, CustomerIoBuilder};
#[cfg(feature = "hyper-rustls")]
pub use crate::default_transport::DefaultTransport;

/// Times: [`Timestamp`], and RFC 3339 among attributes.
pub mod time {
    pub use customerio_core::facade::time::*;
    pub use customerio_transport::now;
}

/// Custom transports: the trait, what a request carries, and the state machine beneath.
pub mod transport {
    pub use customerio_core::facade::transport::*;
    pub use customerio_transport::SystemClock;
}
