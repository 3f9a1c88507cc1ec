//! The Pipelines API: people, events and groups, for every destination of a workspace.
//!
//! [`OPERATIONS`] lists the operations by their routes; `POST /v1/batch` takes any of them, as an
//! [`EncodedBatch<PipelinesBatch>`](crate::EncodedBatch).
//!
//! There are no routes that delete. What has none is a [`Track`] with an event that Customer.io acts on:
//!
//! | event | operation |
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
//! A call with a message id can be retried when a response is lost. [`Client`](crate::Client) and
//! [`Item::new`](crate::Item::new) give each call that has none an id, the time, and the name of this library; what you
//! set yourself is kept. Times are sent as text with milliseconds ([`Rfc3339`](crate::Rfc3339)), and set from anything that
//! turns into a [`Timestamp`](crate::Timestamp).
//!
//! # Strict mode
//!
//! By itself the API responds 200 to a call that is too large or not valid, and drops it: nobody would know. So every
//! call asks for strict mode (`x-strict-mode: 1`), in which such a call is an error. What can be known before sending,
//! above all the size, is refused without a request in either mode. To leave the mode out, see
//! [`Endpoint::with_lax_mode`](crate::Endpoint::with_lax_mode).
//!
//! # Batches
//!
//! In a batch, context and integrations stand once, for all its calls. Calls that differ in either must not share a
//! batch, and a [`BatchBuilder`](crate::BatchBuilder) sees to it: where they differ from one call to the next, it begins
//! another batch. So put calls with the same context one after the other. The context of a call about a device has the
//! device in it, so such a call mostly gets a batch of its own.
//!
//! ```
//! use customerio_core::{BatchBuilder, EncodedBatch, Item, Limits, Moment, PipelinesBatch, pipelines::{Context, Track}};
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
//! The vendor's reference does not name `alias` among the calls of a batch; the vendor's own libraries send it so.
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
    /// The operations of the Pipelines API, but for its batch, which is in [`BATCH`].
    identify::Identify = POST "/v1/identify";
    track::Track = POST "/v1/track";
    page::Page = POST "/v1/page";
    screen::Screen = POST "/v1/screen";
    group::Group = POST "/v1/group";
    alias::Alias = POST "/v1/alias";
}
