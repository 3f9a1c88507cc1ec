//! The Track API, version 1: people, events, devices, segments.
//!
//! | route | operation |
//! | --- | --- |
//! | `PUT /api/v1/customers/{id}` | [`Identify`] |
//! | `DELETE /api/v1/customers/{id}` | [`Delete`] |
//! | `POST /api/v1/customers/{id}/events` | [`Event`] |
//! | `POST /api/v1/events` | [`AnonymousEvent`] |
//! | `PUT /api/v1/customers/{id}/devices` | [`AddDevice`] |
//! | `DELETE /api/v1/customers/{id}/devices/{token}` | [`DeleteDevice`] |
//! | `POST /api/v1/customers/{id}/suppress` | [`Suppress`] |
//! | `POST /api/v1/customers/{id}/unsuppress` | [`Unsuppress`] |
//! | `POST /api/v1/merge_customers` | [`Merge`] |
//! | `POST /api/v1/segments/{id}/add_customers` | [`AddToSegment`] |
//! | `POST /api/v1/segments/{id}/remove_customers` | [`RemoveFromSegment`] |
//! | `POST /api/v1/forms/{id}/submit` | [`SubmitForm`] |
//! | `POST /api/v1/metrics` | [`Metric`] |
//! | `POST /api/v1/push/events` | [`ReportPushMetric`] (deprecated by the vendor) |
//! | `POST /unsubscribe/{delivery_id}` | [`Unsubscribe`] |
//! | `GET /api/v1/accounts/region` | [`GetRegion`] |
//!
//! Version 2 is [`v2`].
//!
//! Vendor's reference: <https://docs.customer.io/integrations/api/track/>.

mod add_device;
mod add_to_segment;
mod anonymous_event;
mod client;
mod delete;
mod delete_device;
mod event;
mod event_body;
mod get_region;
mod identify;
mod merge;
mod metric;
mod relationship;
mod remove_from_segment;
mod report_push_metric;
mod segment_ids;
mod submit_form;
mod suppress;
mod unsubscribe;
mod unsuppress;
pub mod v2;

pub use self::{
    add_device::AddDevice,
    add_to_segment::AddToSegment,
    anonymous_event::AnonymousEvent,
    delete::Delete,
    delete_device::DeleteDevice,
    event::Event,
    event_body::EventType,
    get_region::{AccountRegion, GetRegion, RegionName, UnknownRegion},
    identify::Identify,
    merge::Merge,
    metric::{EmailMetric, InAppMetric, Metric, PushMetric, SlackMetric, SmsMetric, WebhookMetric},
    relationship::{AnonymousId, ObjectId, Relationship},
    remove_from_segment::RemoveFromSegment,
    report_push_metric::ReportPushMetric,
    submit_form::SubmitForm,
    suppress::Suppress,
    unsubscribe::Unsubscribe,
    unsuppress::Unsuppress,
};

/// What messages call the id of a delivery. The vendor documents no limit of its length.
const DELIVERY_ID: &str = "the delivery's id";
