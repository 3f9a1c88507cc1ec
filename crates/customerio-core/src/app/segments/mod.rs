//! Segments: list, create and delete them, and read which people are in them.

mod find_or_create;
mod segment;

use crate::operation_info::operations;

operations! {
    /// The operations on segments.
    samples;
    list::List = GET "/v1/segments";
    create::Create = POST "/v1/segments";
    get::Get = GET "/v1/segments/{segment_id}";
    delete::Delete = DELETE "/v1/segments/{segment_id}";
    customer_count::CustomerCount = GET "/v1/segments/{segment_id}/customer_count";
    membership::Membership = GET "/v1/segments/{segment_id}/membership";
    used_by::UsedBy = GET "/v1/segments/{segment_id}/used_by";
}

pub use self::{
    customer_count::SegmentCount,
    segment::{Segment, SegmentKind, SegmentState},
};
