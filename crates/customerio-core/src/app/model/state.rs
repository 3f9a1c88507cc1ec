//! The state of a message.

use crate::entity::open_enum;

open_enum! {
    /// The state of a message.
    pub enum DeliveryState {
        /// Failed to be sent.
        Failed = "failed",
        /// Sent.
        Sent = "sent",
        /// A draft.
        Drafted = "drafted",
        /// In progress.
        Attempted = "attempted",
    }
}
