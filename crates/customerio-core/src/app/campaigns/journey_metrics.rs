//! `GET /v1/campaigns/{campaign_id}/journey_metrics`: how people go through a campaign.

use std::collections::BTreeMap;

use http::Method;

use crate::{
    App, BuildError, CampaignId, Operation, Path, Query,
    app::TimeRange,
    entity::{entity, returned},
    macros::{opaque_debug, sample},
    path::Part,
};

/// Counts how many people started, left and finished a campaign, period by period.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `Journeys`.
///
/// Limits: ten years; 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/campaignJourneyMetrics>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{app::campaigns::JourneyMetrics, http::Response, operation::parse};
///
/// let json = r#"{"journey_metric":{"started":[5,2],"finished":[0,4]}}"#;
/// let journeys = parse::<JourneyMetrics>(Response::new(json.into()))?;
/// assert_eq!(journeys.journey_metric["started"], [5, 2]);
/// # Ok::<(), customerio::Error>(())
/// ```
#[derive(Clone)]
#[doc(alias = "campaign_journey_metrics")]
pub struct JourneyMetrics {
    campaign_id: CampaignId,
    range: TimeRange,
}

entity! {
    /// How many people took each way through a campaign.
    pub struct Journeys: Debug {
        /// The numbers by name, such as `started`: one a period, the oldest first.
        pub journey_metric: BTreeMap<String, Vec<i64>>,
    }
}

returned!(Journeys with "journey_metric" = r#"{"journey_metric":{"started":[5]}}"#);

impl JourneyMetrics {
    /// Creates the operation for this campaign, between two moments. The report takes no [time
    /// zone](TimeRange::with_time_zone).
    #[must_use]
    pub fn between(campaign_id: impl Into<CampaignId>, range: TimeRange) -> Self {
        Self { campaign_id: campaign_id.into(), range }
    }
}

impl Operation for JourneyMetrics {
    type Api = App;
    type Output = Journeys;
    const NAME: &'static str = "app.campaigns.journey_metrics";
    const METHOD: Method = Method::GET;
    const ROUTE: &'static str = "/v1/campaigns/{campaign_id}/journey_metrics";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.campaign_id.write(path)
    }
    fn query(&self, query: &mut Query<'_>) -> Result<(), BuildError> {
        self.range.write(query, "resolution", None)
    }
}

opaque_debug!(JourneyMetrics);
sample!(JourneyMetrics names nobody: Self::between(46, TimeRange::new(1_700_000_000, 1_700_086_400, crate::app::Resolution::Days)));

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;
    use crate::{
        app::Resolution,
        parse,
        testing::{plain, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        let range = TimeRange::new(1_700_000_000, 1_700_086_400, Resolution::Days);
        assert_eq!(
            wire_app(JourneyMetrics::between(46, range.clone())),
            plain("GET /v1/campaigns/46/journey_metrics?start=1700000000&end=1700086400&resolution=days")
        );
        let error = refused_app(JourneyMetrics::between(46, range.with_time_zone("Europe/Berlin")));
        assert_eq!(error.to_string(), "the time range is not valid: this report takes no time zone");
    }

    #[test]
    fn the_response_must_have_the_numbers() {
        let json = r#"{"journey_metric":{"started":[5],"odd":"x"}}"#;
        let read = parse::<JourneyMetrics>(Response::new(json.into())).unwrap();
        assert_eq!(read.journey_metric["started"], [5]);
        assert_eq!(read.extra["journey_metric"]["odd"], "x");
        assert!(parse::<JourneyMetrics>(Response::new("{}".into())).is_err());
    }
}
