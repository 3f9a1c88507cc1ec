//! `GET /v1/campaigns/{campaign_id}/metrics`: how many messages of a campaign were sent, opened, clicked.

use http::Method;

use crate::{
    App, BuildError, CampaignId, Operation, Path, Query,
    app::{Channel, Metrics as Report, Periods, TimeRange, model::ReportTime},
    macros::{opaque_debug, sample, setters},
    path::Part,
};

/// Counts how many messages of a campaign were sent, delivered, opened, clicked and so on, period by period.
///
/// [`between`](Self::between) two moments is recommended by the vendor (version 2). The [last](Self::last) periods are
/// deprecated (version 1), and in US Eastern time.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `Report`.
///
/// Limits: ten years; 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/campaignMetrics>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{app::campaigns::Metrics, http::Response, operation::parse};
///
/// let json = r#"{"metric":{"series":{"sent":[0,17],"opened":[0,4]}},"res":"days"}"#;
/// let report = parse::<Metrics>(Response::new(json.into()))?;
/// assert_eq!(report.metric.series["sent"], [0, 17]);
/// # Ok::<(), customerio::Error>(())
/// ```
#[derive(Clone)]
#[doc(alias = "campaign_metrics")]
pub struct Metrics {
    campaign_id: CampaignId,
    time: ReportTime,
    channel: Option<Channel>,
}

impl Metrics {
    /// Selects the time between two moments.
    #[must_use]
    pub fn between(campaign_id: impl Into<CampaignId>, range: TimeRange) -> Self {
        Self { campaign_id: campaign_id.into(), time: ReportTime::Between(range), channel: None }
    }

    /// Selects the last periods, up to now.
    #[must_use]
    pub fn last(campaign_id: impl Into<CampaignId>, periods: Periods) -> Self {
        Self { campaign_id: campaign_id.into(), time: ReportTime::Last(periods), channel: None }
    }

    setters! {
        /// Counts only messages of one channel. Default: all.
        with_channel, channel: into Channel;
    }
}

impl Operation for Metrics {
    type Api = App;
    type Output = Report;
    const NAME: &'static str = "app.campaigns.metrics";
    const METHOD: Method = Method::GET;
    const ROUTE: &'static str = "/v1/campaigns/{campaign_id}/metrics";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.campaign_id.write(path)
    }
    fn query(&self, query: &mut Query<'_>) -> Result<(), BuildError> {
        self.time.write(query)?;
        query.optional("type", self.channel.as_ref());
        Ok(())
    }
}

opaque_debug!(Metrics);
sample!(Metrics names nobody: Self::last(46, Periods::days(7)).with_channel("email"));

#[cfg(test)]
mod tests {
    use http::Response;
    use serde_json::json;

    use super::*;
    use crate::{
        app::Resolution,
        parse,
        testing::{plain, refused_app, survives_changes, wire_app},
    };

    #[test]
    fn the_whole_request() {
        let range = TimeRange::new(1_700_000_000, 1_700_086_400, Resolution::Hours);
        assert_eq!(
            wire_app(Metrics::between(46, range.clone()).with_channel(Channel::Push)),
            plain("GET /v1/campaigns/46/metrics?version=2&start=1700000000&end=1700086400&res=hours&type=push")
        );
        assert_eq!(
            wire_app(Metrics::last(46, Periods::months(12))),
            plain("GET /v1/campaigns/46/metrics?version=1&period=months&steps=12")
        );
        assert!(refused_app(Metrics::between(0, range)).to_string().contains("the campaign's id"));
    }

    #[test]
    fn what_the_service_would_clip_or_misread_is_refused() {
        for (periods, expected) in [
            (Periods::hours(25), "it is 25 hours, and can be 2 to 24"),
            (Periods::days(0), "it is 0 days, and can be 2 to 45"),
            (Periods::days(1), "it is 1 days, and can be 2 to 45"),
            (Periods::weeks(13), "it is 13 weeks, and can be 2 to 12"),
            (Periods::months(122), "it is 122 months, and can be 2 to 121"),
        ] {
            let error = refused_app(Metrics::last(46, periods)).to_string();
            assert_eq!(error, format!("the number of periods is not valid: {expected}"));
        }
        for (start, end) in [(2, 1), (1, 1), (0, 400_000_000)] {
            let error = refused_app(Metrics::between(46, TimeRange::new(start, end, Resolution::Days)));
            assert!(error.to_string().starts_with("the time range is not valid"), "{error}");
        }
    }

    #[test]
    fn any_series_is_read() {
        let report = json!({
            "metric": {"series": {"sent": [0, 17], "2xx": [1], "machine_clicked": []}},
            "start": "2025-01-02 00:00:00 +0000 UTC", "end": "2025-01-03 00:00:00 +0000 UTC", "res": "days",
        });
        let read = parse::<Metrics>(Response::new(report.to_string().into())).unwrap();
        assert_eq!(read.metric.series["2xx"], [1]);
        assert_eq!(read.start.as_deref(), Some("2025-01-02 00:00:00 +0000 UTC"));
        survives_changes::<Report>(&report, &["metric"]);
        for json in ["{}", r#"{"metric":null}"#, r#"{"series":{}}"#] {
            assert!(parse::<Metrics>(Response::new(json.into())).is_err(), "{json}");
        }
    }
}
