//! Calls about deliveries: messages that Customer.io sent to one person.

use crate::operation_info::operations;

operations! {
    /// The calls about deliveries.
    event::Event = POST "/api/v2/entity";
}
