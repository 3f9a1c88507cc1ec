//! How far a message is.

use crate::entity::open_enum;

open_enum! {
    /// How far a message is.
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
