//! Campaigns: messages that follow from what people do.

use crate::operation_info::operations;

operations! {
    /// The operations on campaigns.
    samples;
    update_action::UpdateAction = PUT "/v1/campaigns/{campaign_id}/actions/{action_id}";
    update_action_translation::UpdateActionTranslation = PUT "/v1/campaigns/{campaign_id}/actions/{action_id}/language/{language}";
    journey_metrics::JourneyMetrics = GET "/v1/campaigns/{campaign_id}/journey_metrics";
    messages::Messages = GET "/v1/campaigns/{campaign_id}/messages";
    metrics::Metrics = GET "/v1/campaigns/{campaign_id}/metrics";
    links::Links = GET "/v1/campaigns/{campaign_id}/metrics/links";
}

pub use self::journey_metrics::Journeys;
