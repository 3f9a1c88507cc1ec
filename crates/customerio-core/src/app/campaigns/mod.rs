//! Campaigns: messages that are sent when people do something.

mod campaign;

use crate::operation_info::operations;

operations! {
    /// The operations on campaigns.
    samples;
    list::List = GET "/v1/campaigns";
    get::Get = GET "/v1/campaigns/{campaign_id}";
    list_actions::ListActions = GET "/v1/campaigns/{campaign_id}/actions";
    get_action::GetAction = GET "/v1/campaigns/{campaign_id}/actions/{action_id}";
    update_action::UpdateAction = PUT "/v1/campaigns/{campaign_id}/actions/{action_id}";
    get_action_translation::GetActionTranslation = GET "/v1/campaigns/{campaign_id}/actions/{action_id}/language/{language}";
    update_action_translation::UpdateActionTranslation = PUT "/v1/campaigns/{campaign_id}/actions/{action_id}/language/{language}";
    action_metrics::ActionMetrics = GET "/v1/campaigns/{campaign_id}/actions/{action_id}/metrics";
    action_links::ActionLinks = GET "/v1/campaigns/{campaign_id}/actions/{action_id}/metrics/links";
    journey_metrics::JourneyMetrics = GET "/v1/campaigns/{campaign_id}/journey_metrics";
    messages::Messages = GET "/v1/campaigns/{campaign_id}/messages";
    metrics::Metrics = GET "/v1/campaigns/{campaign_id}/metrics";
    links::Links = GET "/v1/campaigns/{campaign_id}/metrics/links";
}

pub use self::{
    campaign::{Campaign, CampaignAudience, CampaignKind, Frequency},
    journey_metrics::Journeys,
};
