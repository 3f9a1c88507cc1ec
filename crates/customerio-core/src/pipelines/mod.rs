//! The Pipelines API: people, events and groups, for every destination of a workspace.
//!
//! ```
//! # use customerio_core::facade as customerio;
//! use customerio::{Prepared, limits::Limits, pipelines::Track};
//! use serde_json::json;
//!
//! // Pass it to `Client::call`, which adds an id and the time.
//! let purchase = Track::new("42", "purchase").with_properties(json!({"price": 23.45}));
//! let request = Prepared::new(purchase, &Limits::default())?;
//! assert_eq!(request.path(), "/v1/track");
//! # Ok::<(), customerio::BuildError>(())
//! ```
//!
//! Pass an operation to [`Client::call`](crate::Client::call), or many of them to
//! [`Client::send_all`](crate::Client::send_all) or a [`BatchSender`](crate::BatchSender). The common ones also have a
//! short method, of [`Client<Pipelines>`](crate::Client#impl-Client<Pipelines>). [`OPERATIONS`] has the operations with
//! their routes.
//!
//! There are no routes that delete. Instead, send a [`Track`] with an event that Customer.io acts on:
//!
//! | event | constructor |
//! | --- | --- |
//! | `Device Created or Updated` | [`Track::device_created_or_updated`] |
//! | `Device Deleted` | [`Track::device_deleted`] |
//! | `User Deleted` | [`Track::user_deleted`] |
//! | `User Suppressed` | [`Track::user_suppressed`] |
//! | `User Unsuppressed` | [`Track::user_unsuppressed`] |
//! | `Relationship Deleted` | [`Track::relationship_deleted`] |
//! | `Object Deleted` | [`Track::object_deleted`] |
//! | `Report Delivery Event` | [`Track::report_delivery_event`] |
//! | `Report Content Event` | [`Track::report_content_event`] |
//!
//! # Ids and times
//!
//! A call with a message id can be retried after a lost response. [`Client`](crate::Client) and
//! [`Item::new`](crate::Item::new) add an id, the time, and the name of this library to each call that has none; what
//! you set yourself is kept. Times are sent as text with milliseconds ([`Rfc3339`](crate::Rfc3339)), and can be set
//! from anything that converts into a [`Timestamp`](crate::Timestamp).
//!
//! # Strict mode
//!
//! By default the API responds with 200 to a call that is too large or not valid, and drops it silently. So every call
//! asks for strict mode (`x-strict-mode: 1`), in which such a call is an error. In either mode, what can be checked
//! before sending, above all the size, is refused without a request. To turn strict mode off, see
//! [`Endpoint::with_lax_mode`](crate::Endpoint::with_lax_mode).
//!
//! # Batches
//!
//! All calls of a batch share one context and one set of integrations. A [`BatchBuilder`](crate::BatchBuilder) begins
//! another batch whenever either differs from the call before, so sort calls by context. The context of a call about a
//! device contains the device, so such a call usually gets its own batch.
//!
//! ```
//! # use customerio_core::facade as customerio;
//! use customerio::{
//!     batch::{BatchBuilder, EncodedBatch, Item, PipelinesBatch}, limits::Limits,
//!     pipelines::{Context, Track}, transport::Moment,
//! };
//! # use std::time::Duration;
//! # let now = Moment { monotonic: Duration::ZERO, since_epoch: Duration::from_secs(1_700_000_000), random: 4 };
//!
//! let mut batches = BatchBuilder::new();
//! let mut ready: Vec<EncodedBatch<PipelinesBatch>> = Vec::new();
//! for (user, ip) in [("41", "203.0.113.7"), ("42", "203.0.113.7"), ("43", "198.51.100.1")] {
//!     let track = Track::new(user, "signed_up").with_context(Context::new().with_ip(ip));
//!     let item = Item::new(track, &now, &Limits::default())?;
//!     ready.extend(batches.push((), item)?);
//! }
//! ready.extend(batches.finish());
//! assert_eq!(ready.iter().map(EncodedBatch::len).collect::<Vec<_>>(), [2, 1]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The vendor's reference does not name `alias` among the calls of a batch, but the vendor's own libraries send it that
//! way.
//!
//! Limits: 32 KB a call, 500 KB a batch. Vendor's reference: <https://docs.customer.io/integrations/api/cdp/>.

mod batch;
mod call;
mod client;
pub mod context;
mod integrations;
mod message_id;
mod pairs;
mod raw;
mod semantic;
mod subscription_channel;
#[cfg(test)]
mod testing;
mod track_events;
mod user_identity;

pub use self::{
    batch::{OPERATIONS as BATCH, PipelinesBatch},
    context::Context,
    integrations::Integrations,
    message_id::MessageId,
    raw::{RAW, Raw},
    semantic::{ContentAction, ContentReport, DeliveryMetric, DeliveryReport, Object},
    subscription_channel::SubscriptionChannel,
    user_identity::UserIdentity,
};
use crate::operation_info::operations;

operations! {
    /// The operations of the Pipelines API, except its batch, which is in [`BATCH`].
    identify::Identify = POST "/v1/identify";
    track::Track = POST "/v1/track";
    page::Page = POST "/v1/page";
    screen::Screen = POST "/v1/screen";
    group::Group = POST "/v1/group";
    alias::Alias = POST "/v1/alias";
}
