//! The Track API, version 1: people, events, devices, segments.
//!
//! ```
//! # use customerio_core::facade as customerio;
//! use customerio::{Client, Error, PersonId, Track, track::SubmitForm};
//! use serde_json::json;
//!
//! async fn sign_up(track: &Client<Track>) -> Result<(), Error> {
//!     track.identify("42", json!({"email": "ada@example.com", "plan": "pro"})).await?;
//!     track.track("42", "purchase", json!({"price": 23.45})).await?;
//!
//!     // An operation without a short method, or with more options.
//!     let form = SubmitForm::new("newsletter", PersonId::email("ada@example.com"));
//!     track.call(form).await
//! }
//! # mod canned { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/canned.rs")); }
//! # let client = canned::track(|_| (200, "{}"));
//! # let signed_up = canned::run(async move { sign_up(&client).await });
//! # assert!(signed_up.is_ok());
//! ```
//!
//! Pass an operation to [`Client::call`](crate::Client::call). The most common ones also have a short method, of
//! [`Client<Track>`](crate::Client#impl-Client<Track>):
//!
//! | task | operation | short method |
//! | --- | --- | --- |
//! | add or update a person | [`Identify`] | [`identify`](crate::Client::identify) |
//! | record an event, a page or a screen | [`Event`] | [`track`](crate::Client::track), [`page`](crate::Client::page), [`screen`](crate::Client::screen) |
//! | record an event of an unknown visitor | [`AnonymousEvent`] | [`track_anonymous`](crate::Client::track_anonymous) |
//! | add or remove a device | [`AddDevice`], [`DeleteDevice`] | [`add_device`](crate::Client::add_device), [`delete_device`](crate::Client::delete_device) |
//! | change a manual segment | [`AddToSegment`], [`RemoveFromSegment`] | [`add_to_segment`](crate::Client::add_to_segment), [`remove_from_segment`](crate::Client::remove_from_segment) |
//! | merge two people | [`Merge`] | [`merge`](crate::Client::merge) |
//! | delete a person | [`Delete`] | [`delete`](crate::Client::delete) |
//! | suppress a person, and undo it | [`Suppress`], [`Unsuppress`] | [`suppress`](crate::Client::suppress), [`unsuppress`](crate::Client::unsuppress) |
//! | unsubscribe the recipient of a message | [`Unsubscribe`] | |
//! | submit a form | [`SubmitForm`] | |
//! | report opens, clicks and bounces | [`Metric`], [`ReportPushMetric`] | |
//! | find the region of an account | [`GetRegion`] | |
//! | call a route that is not modelled | [`Raw`] | |
//!
//! [`v2`] is version 2 of the API: people, objects and deliveries by one route, and in batches. [`OPERATIONS`] has the
//! operations with their routes.
//!
//! Vendor's reference: <https://docs.customer.io/integrations/api/track/>.

mod client;
mod event_body;
pub mod metric;
mod raw;
mod relationship;
mod segment_ids;
pub mod v2;

pub use self::{
    event_body::EventType,
    get_region::{AccountRegion, RegionName},
    metric::{EmailMetric, InAppMetric, Metric, PushMetric, SlackMetric, SmsMetric, WebhookMetric},
    raw::{RAW, Raw},
    relationship::{AnonymousId, ObjectId, Related, Relationship},
};
use crate::operation_info::operations;

operations! {
    /// The operations of version 1, except reports of what happened to messages: those are in [`metric::OPERATIONS`].
    add_device::AddDevice = PUT "/api/v1/customers/{identifier}/devices";
    add_to_segment::AddToSegment = POST "/api/v1/segments/{segment_id}/add_customers";
    anonymous_event::AnonymousEvent = POST "/api/v1/events";
    delete::Delete = DELETE "/api/v1/customers/{identifier}";
    delete_device::DeleteDevice = DELETE "/api/v1/customers/{identifier}/devices/{device_id}";
    event::Event = POST "/api/v1/customers/{identifier}/events";
    get_region::GetRegion = GET "/api/v1/accounts/region";
    identify::Identify = PUT "/api/v1/customers/{identifier}";
    merge::Merge = POST "/api/v1/merge_customers";
    remove_from_segment::RemoveFromSegment = POST "/api/v1/segments/{segment_id}/remove_customers";
    report_push_metric::ReportPushMetric = POST "/api/v1/push/events";
    submit_form::SubmitForm = POST "/api/v1/forms/{form_id}/submit";
    suppress::Suppress = POST "/api/v1/customers/{identifier}/suppress";
    unsubscribe::Unsubscribe = POST "/unsubscribe/{delivery_id}";
    unsuppress::Unsuppress = POST "/api/v1/customers/{identifier}/unsuppress";
}
