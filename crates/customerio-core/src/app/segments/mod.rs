//! Segments of people.

use crate::operation_info::operations;

operations! {
    /// The operations on segments.
    samples;
    create::Create = POST "/v1/segments";
    membership::Membership = GET "/v1/segments/{segment_id}/membership";
}

pub use self::{create::Segment, membership::Members};
