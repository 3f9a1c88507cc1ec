//! The data index: descriptions of attributes and events.

mod described;

use crate::operation_info::operations;

operations! {
    /// The operations on the data index.
    samples;
    describe_attributes::DescribeAttributes = POST "/v1/data_index/attributes";
    describe_events::DescribeEvents = POST "/v1/data_index/events";
}
