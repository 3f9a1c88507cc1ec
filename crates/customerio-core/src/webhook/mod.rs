//! Reporting webhooks: events about messages and subscriptions, verified and typed.
//!
//! Customer.io sends each event as a signed POST request. [`Verifier`] checks that a request is from Customer.io,
//! [`Event`] reads it, and a [`DedupStore`], such as [`InMemoryDedup`], prevents an event that comes twice from being
//! handled twice. [`Receiver`] does all three: it takes headers and body, and returns the status to respond with.
//!
//! ```
//! # use customerio_core::facade as customerio;
//! use customerio::{
//!     Timestamp, http::{HeaderMap, Request, StatusCode}, ids::DeliveryId,
//!     webhook::{Email, Event, Kind, Verifier},
//! };
//!
//! fn receive(
//!     verifier: &Verifier,
//!     headers: &HeaderMap,
//!     body: &[u8],
//!     now: Timestamp,
//! ) -> (StatusCode, Option<Event>) {
//!     match verifier.receive(headers, body, now) {
//!         Ok(event) => (StatusCode::OK, Some(event)),
//!         Err(error) => (error.status(), None),
//!     }
//! }
//!
//! let verifier = Verifier::new("signing-key")?;
//! let body =
//!     br#"{"event_id":"01E4","object_type":"email","metric":"bounced","timestamp":1700000000,
//!     "data":{"delivery_id":"RPIL","failure_message":"mailbox full"}}"#;
//! let request = Request::post("/customerio")
//!     .header("x-cio-timestamp", "1700000005")
//!     .header("x-cio-signature", verifier.sign(1_700_000_005, body))
//!     .body(body.to_vec())?;
//!
//! let (status, event) =
//!     receive(&verifier, request.headers(), request.body(), Timestamp::from(1_700_000_006));
//! assert_eq!(status, 200);
//! let event = event.expect("it is signed");
//! assert_eq!(event.common().delivery_id, Some(DeliveryId::from("RPIL")));
//! match event.kind() {
//!     Kind::Email(Email::Bounced(bounced)) => {
//!         assert_eq!(bounced.failure_message.as_deref(), Some("mailbox full"))
//!     }
//!     other => panic!("{other:?}"),
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # How to respond
//!
//! The service waits 4 seconds for a 2xx. Otherwise it retries, for seven days and with growing pauses, and **all later
//! events wait behind the one that failed**; after most error statuses (400 to 405, 410, 429, 500, 502, 521) the first
//! pause is an hour. So:
//!
//! | the request | response |
//! | --- | --- |
//! | is signed | 200 at once: put the event into a queue, and do the work later |
//! | is signed, and came before or is of an unknown kind | 200 too |
//! | is signed, and is no event | 200 too: a retry has the same body. Log it |
//! | is signed, and the queue is full | 503, which is retried without the hour's pause |
//! | is not correctly signed | 401 |
//!
//! <https://docs.customer.io/integrations/api/webhooks/>

mod common;
pub mod customer;
mod dedup_store;
pub mod email;
mod event;
mod fields;
pub mod in_app;
mod in_memory_dedup;
pub mod outgoing;
pub mod push;
mod receiver;
pub mod slack;
pub mod sms;
#[cfg(test)]
mod testing;
mod verifier;
pub mod whatsapp;

pub use self::{
    common::Common,
    customer::Customer,
    dedup_store::{Claim, ClaimToken, DedupError, DedupStore},
    email::Email,
    event::{Event, Kind, NotAnEvent},
    in_app::InApp,
    in_memory_dedup::InMemoryDedup,
    outgoing::Webhook,
    push::Push,
    receiver::{Outcome, Receiver},
    slack::Slack,
    sms::Sms,
    verifier::{ReceiveError, Unverified, Verifier},
    whatsapp::WhatsApp,
};
pub use crate::Identifiers;
