//! What can happen to a message.

use crate::entity::open_enum;

open_enum! {
    /// A metric of a message.
    pub enum DeliveryMetric {
        /// Created.
        Created = "created",
        /// Not accepted by the provider at first.
        Attempted = "attempted",
        /// The provider has it.
        Sent = "sent",
        /// Delivered.
        Delivered = "delivered",
        /// Opened.
        Opened = "opened",
        /// A link in it was clicked.
        Clicked = "clicked",
        /// The person did what it is for.
        Converted = "converted",
        /// Bounced.
        Bounced = "bounced",
        /// Marked as spam.
        Spammed = "spammed",
        /// The person unsubscribed because of it.
        Unsubscribed = "unsubscribed",
        /// Not sent, because the person's address is suppressed.
        Dropped = "dropped",
        /// Failed to be sent.
        Failed = "failed",
        /// Not sent, because of a message limit or a cancelled newsletter.
        Undeliverable = "undeliverable",
    }
}
