//! People, as the workspace has them.

use crate::operation_info::operations;

operations! {
    /// The operations on people.
    samples;
    segments::Segments = GET "/v1/customers/{customer_id}/segments";
}
