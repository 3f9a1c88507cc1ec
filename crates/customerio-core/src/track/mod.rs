//! The Track API, version 1: people, events, devices, segments.
//!
//! [`OPERATIONS`] lists the operations by their routes. Version 2 is [`v2`].
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
