//! Broadcasts: messages to many people, triggered by the API.
//!
//! [`OPERATIONS`] has the operations.

mod audience;
mod broadcast;
mod filter;

pub use self::{
    audience::{
        Audience, DataFileAudience, DefaultAudience, EmailsAudience, FilterAudience, IdsAudience, PerUserDataAudience,
        UserData,
    },
    broadcast::Broadcast,
    filter::{Filter, FilterValue},
    trigger::Trigger,
    trigger_errors::TriggerError,
};
use crate::operation_info::operations;

operations! {
    /// The operations on broadcasts.
    samples;
    list::List = GET "/v1/broadcasts";
    get::Get = GET "/v1/broadcasts/{broadcast_id}";
    list_actions::ListActions = GET "/v1/broadcasts/{broadcast_id}/actions";
    get_action::GetAction = GET "/v1/broadcasts/{broadcast_id}/actions/{action_id}";
    update_action::UpdateAction = PUT "/v1/broadcasts/{broadcast_id}/actions/{action_id}";
    get_action_translation::GetActionTranslation = GET "/v1/broadcasts/{broadcast_id}/actions/{action_id}/language/{language}";
    update_action_translation::UpdateActionTranslation = PUT "/v1/broadcasts/{broadcast_id}/actions/{action_id}/language/{language}";
    action_metrics::ActionMetrics = GET "/v1/broadcasts/{broadcast_id}/actions/{action_id}/metrics";
    action_links::ActionLinks = GET "/v1/broadcasts/{broadcast_id}/actions/{action_id}/metrics/links";
    messages::Messages = GET "/v1/broadcasts/{broadcast_id}/messages";
    metrics::Metrics = GET "/v1/broadcasts/{broadcast_id}/metrics";
    links::Links = GET "/v1/broadcasts/{broadcast_id}/metrics/links";
    list_triggers::ListTriggers = GET "/v1/broadcasts/{broadcast_id}/triggers";
    trigger::TriggerBroadcast = POST "/v1/campaigns/{broadcast_id}/triggers";
    trigger_status::TriggerStatus = GET "/v1/campaigns/{broadcast_id}/triggers/{trigger_id}";
    trigger_errors::TriggerErrors = GET "/v1/campaigns/{broadcast_id}/triggers/{trigger_id}/errors";
}
