//! The state of a message.

use crate::entity::open_enum;

open_enum! {
    /// The state of a message.
    pub enum DeliveryState {
        /// It could not be sent.
        Failed = "failed",
        /// It was sent.
        Sent = "sent",
        /// It is a draft.
        Drafted = "drafted",
        /// It is being sent.
        Attempted = "attempted",
    }
}
