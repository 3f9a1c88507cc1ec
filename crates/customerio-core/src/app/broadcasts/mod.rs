//! Broadcasts: one message to many people, triggered by the API.
//!
//! [`OPERATIONS`] has the operations.

mod audience;
mod filter;

pub use self::{
    audience::{
        Audience, DataFileAudience, DefaultAudience, EmailsAudience, FilterAudience, IdsAudience, PerUserDataAudience,
        UserData,
    },
    filter::{Filter, FilterValue},
    trigger::Trigger,
};
use crate::operation_info::operations;

operations! {
    /// The operations on broadcasts.
    samples;
    trigger::TriggerBroadcast = POST "/v1/campaigns/{broadcast_id}/triggers";
}
