//! A server that breaks the rules of HTTP as scripted, and counts what it received.
//!
//! What does a program do when the connection breaks in the middle of a response? A [`FaultServer`] has a script for
//! each connection, a list of [`Action`]s, and follows it byte for byte. Its [`Record`] says what really arrived, to be
//! compared with what the program believes.
//!
//! ```
//! # use customerio_core::facade as customerio;
//! use customerio::{Client, Delivery, Endpoint, Region};
//! use customerio_testing::faults::{Action, Fate, FaultServer};
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
//! # tokio::spawn(async {
//! # let transport = customerio_hyper::HyperTransport::new()?;
//! // The first connection breaks when the request has arrived; all others work.
//! let server = FaultServer::start()?.connection([Action::ReadRequest, Action::Reset]);
//! let endpoint = Endpoint::track(Region::Us, "site", "key")?.with_base_url(&server.url())?;
//! let client = Client::new(endpoint, transport);
//!
//! // A merge cannot be undone: nobody knows whether it was done, and it is not done again.
//! let error = client.merge("1", "2").await.unwrap_err();
//! assert_eq!(error.delivery(), Delivery::MaybeSent);
//! assert_eq!(server.finish().arrivals, [Fate::NoResponse]);
//! # Ok(())
//! # }).await?
//! # }
//! ```
//!
//! It speaks HTTP/1.1 and, to a client that begins with its preface, HTTP/2 without TLS. For TLS there is
//! [`Action::Wrap`], with a library of your choice. A port that nobody listens on is a [`ClosedPort`], and one that
//! never responds is a [`BlackHole`].

mod action;
mod conversation;
mod http2;
mod ports;
mod record;
mod server;
mod state;
mod wiretap;

pub use action::{Action, Stream, Wrap};
pub use http2::Frame;
pub use ports::{BlackHole, ClosedPort};
pub use record::{Fate, Record};
pub use server::FaultServer;
