//! The Pipelines API: people, events and groups, for every destination of a workspace.
//!
//! | route | operation |
//! | --- | --- |
//! | `POST /v1/identify` | [`Identify`] |
//! | `POST /v1/track` | [`Track`] |
//! | `POST /v1/page` | [`Page`] |
//! | `POST /v1/screen` | [`Screen`] |
//! | `POST /v1/group` | [`Group`] |
//! | `POST /v1/alias` | [`Alias`] |
//! | `POST /v1/batch` | [`EncodedBatch<PipelinesBatch>`](crate::EncodedBatch), of any of these |
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
//! A call with a message id can be repeated when an answer is lost. [`Client`](crate::Client) and
//! [`Item::new`](crate::Item::new) give each call that has none an id, the time, and the name of this library; what you
//! set yourself is kept. Times are [`Rfc3339`](crate::Rfc3339).
//!
//! # Strict mode
//!
//! By itself the API answers 200 to a call that is too large or not valid, and drops it: nobody would know. So every
//! call asks for strict mode (`x-strict-mode: 1`), in which such a call is an error. What can be known before sending,
//! above all the size, is refused without a request in either mode. To leave the mode out, see
//! [`Endpoint::with_lax_mode`](crate::Endpoint::with_lax_mode).
//!
//! # Batches
//!
//! In a batch, context and integrations stand once, for all its calls. Calls that differ in either must not share a
//! batch, and a [`BatchBuilder`](crate::BatchBuilder) sees to it: where they differ from one call to the next, it begins another
//! batch. So put calls with the same context one after the other. The context of a call about a device has the device in
//! it, so such a call mostly gets a batch of its own.
//!
//! ```
//! use customerio_core::{Item, Limits, Moment, BatchBuilder, EncodedBatch, PipelinesBatch, pipelines::{Context, Track}};
//! # use std::time::Duration;
//! # let now = Moment { monotonic: Duration::ZERO, since_epoch: Duration::from_secs(1_700_000_000), random: 4 };
//!
//! let mut packer = BatchBuilder::new();
//! let mut ready: Vec<EncodedBatch<PipelinesBatch>> = Vec::new();
//! for (user, ip) in [("41", "203.0.113.7"), ("42", "203.0.113.7"), ("43", "198.51.100.1")] {
//!     let track = Track::new(user, "signed_up").with_context(Context::new().with_ip(ip));
//!     ready.extend(packer.push(Item::new(&track, &now, &Limits::default())?, ()).map_err(|refused| refused.error)?);
//! }
//! ready.extend(packer.finish());
//! assert_eq!(ready.iter().map(EncodedBatch::len).collect::<Vec<_>>(), [2, 1]);
//! # Ok::<(), customerio_core::BuildError>(())
//! ```
//!
//! The vendor's reference does not name `alias` among the calls of a batch; the vendor's own libraries send it so.
//!
//! Limits: 32 KB a call, 500 KB a batch. Vendor's reference: <https://docs.customer.io/integrations/api/cdp/>.

mod alias;
mod call;
mod client;
pub mod context;
mod group;
mod identify;
mod integrations;
mod message_id;
mod page;
mod pairs;
mod screen;
mod semantic;
#[cfg(test)]
mod testing;
mod track;
mod user_identity;

pub use self::{
    alias::Alias,
    context::Context,
    group::Group,
    identify::{Identify, SubscriptionChannel},
    integrations::Integrations,
    message_id::MessageId,
    page::Page,
    screen::Screen,
    semantic::{ContentAction, ContentReport, DeliveryMetric, DeliveryReport, Object},
    track::Track,
    user_identity::UserIdentity,
};
