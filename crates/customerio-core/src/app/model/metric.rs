//! What can happen to a message.

use crate::entity::open_enum;

open_enum! {
    /// What can happen to a message.
    pub enum DeliveryMetric {
        /// It was created.
        Created = "created",
        /// It could not be handed to the provider at first.
        Attempted = "attempted",
        /// The provider has it.
        Sent = "sent",
        /// It arrived.
        Delivered = "delivered",
        /// It was opened.
        Opened = "opened",
        /// A link in it was clicked.
        Clicked = "clicked",
        /// The person did what it is for.
        Converted = "converted",
        /// It came back.
        Bounced = "bounced",
        /// It was marked as spam.
        Spammed = "spammed",
        /// The person unsubscribed because of it.
        Unsubscribed = "unsubscribed",
        /// It was not sent, because the person's address is suppressed.
        Dropped = "dropped",
        /// It could not be sent.
        Failed = "failed",
        /// It was not sent: a message limit, or a newsletter that was cancelled.
        Undeliverable = "undeliverable",
    }
}
