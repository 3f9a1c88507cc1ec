//! Subscription channels and topics, and links to the subscription center.
//!
//! [`customers`](super::customers) has the choices of one person.

use crate::operation_info::operations;

operations! {
    /// The operations on subscriptions.
    samples;
    channels::Channels = GET "/v1/subscription_channels";
    topics::Topics = GET "/v1/subscription_topics";
    token::CenterToken = GET "/v1/subscription_center/{customer_id}/token";
}

pub use self::{channels::SubscriptionChannel, token::SubscriptionCenterLink, topics::Topic};
