//! Guides: what to do, with whole programs.
//!
//! | I want to | guide |
//! | --- | --- |
//! | add, update, merge, suppress or delete people | [`people`] |
//! | record events, page views and visitors | [`events`] |
//! | register devices, fill segments | [`devices_and_segments`] |
//! | relate people to companies or other objects | [`objects`] |
//! | send an email, a push notification, an SMS, a WhatsApp or in-app message | [`messages`] |
//! | trigger a broadcast | [`broadcasts`] |
//! | read and change a workspace, page by page | [`app_api`] |
//! | export people and read the file | [`exports`] |
//! | send many operations, import a file | [`batches`] |
//! | enqueue in a request handler, survive outages and crashes | [`delivery`] |
//! | send to the Pipelines API | [`pipelines`] |
//! | receive webhooks | [`webhooks`] |
//! | know what an error means, what is retried and what is idempotent | [`errors_and_retries`] |
//! | set timeouts, rate limits, size limits, several accounts | [`rate_limits_and_timeouts`] |
//! | test without Customer.io, with a mock or an emulator | [`testing`] |
//! | use reqwest, a proxy, tower, no async, my own HTTP client | [`transports`] |
//! | run in WebAssembly or on the edge | [`edge`] |
//! | see spans, logs and metrics | [`observability`] |
//! | keep keys secret | [`security`] |
//! | come from the clients for Go, Node, Python or Ruby | [`migrating`] |
//!
//! # Start
//!
//! A program makes one [`CustomerIo`](crate::CustomerIo) and shares it: a clone is cheap. The functions of the guides take
//! it as an argument. In snippets, `cio` is such a value, and `emulator` the local Customer.io that the snippet calls.
//!
//! ```
//! use std::time::Duration;
//! use customerio::{CustomerIo, Region};
//!
//! # fn main() -> Result<(), customerio::Error> {
//! # /*
//! let cio = CustomerIo::from_env()?; // the keys are in the environment
//! // Or, with another deadline, retry policy or transport:
//! let cio = CustomerIo::builder_from_env()?.deadline(Duration::from_secs(10)).build()?;
//! # */
//! // Or, without the environment:
//! # let _ = Duration::from_secs(10);
//! let cio = CustomerIo::builder(Region::Eu).track("site-id", "track-key").app("app-key");
//! # let cio = cio.build_over(customerio_testing::Recorder::new())?;
//! # /*
//! let cio = cio.build()?;
//! # */
//! # assert_eq!(cio.track().options().retry_policy().attempts(), 3);
//! # Ok(())
//! # }
//! ```
//!
//! [`Config`](crate::Config) has the names of the variables. Set `CUSTOMERIO_BASE_URL` to try a program against a
//! [local Customer.io](https://docs.rs/customerio-emulator-cli).
//!
//! Where a guide names a program, it is a file of the repository that runs the same code; run
//! `examples/src/bin/identify.rs` with `cargo run -p customerio-examples --bin identify`.

// Only the tests of the code need the features that the code uses.
#[cfg_attr(any(not(doctest), feature = "fs"), doc = include_str!("../guides/app_api.md"))]
pub mod app_api {}
#[doc = include_str!("../guides/batches.md")]
#[doc(alias = "bulk")]
#[doc(alias = "import")]
pub mod batches {}
#[doc = include_str!("../guides/broadcasts.md")]
pub mod broadcasts {}
#[cfg_attr(any(not(doctest), feature = "spool"), doc = include_str!("../guides/delivery.md"))]
#[doc(alias = "outbox")]
#[doc(alias = "queue")]
pub mod delivery {}
#[doc = include_str!("../guides/devices_and_segments.md")]
pub mod devices_and_segments {}
#[doc = include_str!("../guides/edge.md")]
#[doc(alias = "wasm")]
#[doc(alias = "webassembly")]
pub mod edge {}
#[doc = include_str!("../guides/errors_and_retries.md")]
pub mod errors_and_retries {}
#[doc = include_str!("../guides/events.md")]
pub mod events {}
#[cfg_attr(any(not(doctest), feature = "csv"), doc = include_str!("../guides/exports.md"))]
pub mod exports {}
#[doc = include_str!("../guides/messages.md")]
pub mod messages {}
#[cfg_attr(any(not(doctest), all(feature = "fs", feature = "hyper-rustls")), doc = include_str!("../guides/migrating.md"))]
#[doc(alias = "migration")]
pub mod migrating {}
#[doc = include_str!("../guides/objects.md")]
pub mod objects {}
#[cfg_attr(
    any(not(doctest), all(feature = "delivery", feature = "metrics", feature = "tracing")),
    doc = include_str!("../guides/observability.md")
)]
#[doc(alias = "logging")]
#[doc(alias = "metrics")]
#[doc(alias = "opentelemetry")]
#[doc(alias = "prometheus")]
#[doc(alias = "tracing")]
pub mod observability {}
#[doc = include_str!("../guides/people.md")]
pub mod people {}
#[doc = include_str!("../guides/pipelines.md")]
pub mod pipelines {}
#[cfg_attr(any(not(doctest), feature = "hyper-rustls"), doc = include_str!("../guides/rate_limits_and_timeouts.md"))]
pub mod rate_limits_and_timeouts {}
#[doc = include_str!("../guides/security.md")]
#[doc(alias = "api key")]
pub mod security {}
#[cfg_attr(any(not(doctest), feature = "hyper-rustls"), doc = include_str!("../guides/testing.md"))]
#[doc(alias = "emulator")]
#[doc(alias = "mock")]
#[doc(alias = "stub")]
pub mod testing {}
#[cfg_attr(
    any(not(doctest), all(feature = "blocking", feature = "hyper", feature = "reqwest")),
    doc = include_str!("../guides/transports.md")
)]
#[doc(alias = "middleware")]
#[doc(alias = "proxy")]
pub mod transports {}
#[cfg_attr(any(not(doctest), feature = "axum"), doc = include_str!("../guides/webhooks.md"))]
pub mod webhooks {}
