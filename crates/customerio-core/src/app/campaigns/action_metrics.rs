//! `GET /v1/campaigns/{campaign_id}/actions/{action_id}/metrics`: how many messages of an action were sent, opened, clicked.

use http::Method;

use crate::{
    ActionId, App, BuildError, CampaignId, Operation, Path, Query,
    app::{Channel, Metrics as Report, Periods, TimeRange, model::ReportTime},
    macros::{opaque_debug, sample, setters},
    path::Part,
};

/// Counts how many messages of an action of a campaign were sent, delivered, opened, clicked and so on, period by period.
///
/// [`between`](Self::between) two moments is recommended by the vendor (version 2). The [last](Self::last) periods are
/// deprecated (version 1), and in US Eastern time. An action that has translations has the numbers of each in
/// [`language_variants`](Report::language_variants), too.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `Report`.
///
/// Limits: ten years; 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/campaignActionMetrics>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{app::campaigns::ActionMetrics, http::Response, operation::parse};
///
/// let json = r#"{
///     "metric": {"series": {"sent": [0, 17]}},
///     "language_variants": {"8": {"default": false, "language": "fr", "series": {"sent": [0, 5]}}}
/// }"#;
/// let report = parse::<ActionMetrics>(Response::new(json.into()))?;
/// assert_eq!(report.metric.series["sent"], [0, 17]);
/// assert_eq!(report.language_variants["8"].series["sent"], [0, 5]);
/// # Ok::<(), customerio::Error>(())
/// ```
#[derive(Clone)]
#[doc(alias = "campaign_action_metrics")]
pub struct ActionMetrics {
    campaign_id: CampaignId,
    action_id: ActionId,
    time: ReportTime,
    channel: Option<Channel>,
}

impl ActionMetrics {
    fn of(campaign_id: impl Into<CampaignId>, action_id: impl Into<ActionId>, time: ReportTime) -> Self {
        Self { campaign_id: campaign_id.into(), action_id: action_id.into(), time, channel: None }
    }

    /// Selects the time between two moments.
    #[must_use]
    pub fn between(campaign_id: impl Into<CampaignId>, action_id: impl Into<ActionId>, range: TimeRange) -> Self {
        Self::of(campaign_id, action_id, ReportTime::Between(range))
    }

    /// Selects the last periods, up to now.
    #[must_use]
    pub fn last(campaign_id: impl Into<CampaignId>, action_id: impl Into<ActionId>, periods: Periods) -> Self {
        Self::of(campaign_id, action_id, ReportTime::Last(periods))
    }

    setters! {
        /// Counts only messages of one channel. Default: all.
        with_channel, channel: into Channel;
    }
}

impl Operation for ActionMetrics {
    type Api = App;
    type Output = Report;
    const NAME: &'static str = "app.campaigns.action_metrics";
    const METHOD: Method = Method::GET;
    const ROUTE: &'static str = "/v1/campaigns/{campaign_id}/actions/{action_id}/metrics";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.campaign_id.write(path)?;
        self.action_id.write(path)
    }
    fn query(&self, query: &mut Query<'_>) -> Result<(), BuildError> {
        self.time.write(query)?;
        query.optional("type", self.channel.as_ref());
        Ok(())
    }
}

opaque_debug!(ActionMetrics);
sample!(ActionMetrics names nobody: Self::last(46, 7, Periods::days(7)).with_channel("email"));

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
        let path = "GET /v1/campaigns/46/actions/7/metrics";
        let range = TimeRange::new(1_700_000_000, 1_700_086_400, Resolution::Hours).with_time_zone("Europe/Berlin");
        assert_eq!(
            wire_app(ActionMetrics::between(46, 7, range.clone()).with_channel(Channel::Push)),
            plain(&format!("{path}?version=2&start=1700000000&end=1700086400&res=hours&tz=Europe%2FBerlin&type=push"))
        );
        assert_eq!(
            wire_app(ActionMetrics::last(46, 7, Periods::months(12))),
            plain(&format!("{path}?version=1&period=months&steps=12"))
        );
        let backwards = TimeRange::new(2, 1, Resolution::Days);
        for (metrics, expected) in [
            (
                ActionMetrics::between(0, 7, range.clone()),
                "the campaign's id is not valid: it must be a positive number",
            ),
            (ActionMetrics::between(46, 0, range), "the action's id is not valid: it must be a positive number"),
            (ActionMetrics::between(46, 7, backwards), "the time range is not valid: it ends before it starts"),
        ] {
            assert_eq!(refused_app(metrics).to_string(), expected);
        }
        assert_eq!(
            refused_app(ActionMetrics::last(46, 7, Periods::hours(25))).to_string(),
            "the number of periods is not valid: it is 25 hours, and can be 2 to 24"
        );
    }

    #[test]
    fn the_translations_are_read_with_it() {
        let report = json!({
            "metric": {"series": {"sent": [0, 17]}}, "start": "2025-01-02 00:00:00 +0000 UTC",
            "end": "2025-01-03 00:00:00 +0000 UTC", "res": "days",
            "language_variants": {
                "7": {"default": true, "language": "", "series": {"sent": [0, 12]}},
                "8": {"default": false, "language": "fr", "series": {"sent": [0, 5], "machine_clicked": [1]}},
                "odd": "x",
            },
        });
        let read = parse::<ActionMetrics>(Response::new(report.to_string().into())).unwrap();
        assert_eq!((read.metric.series["sent"][1], read.resolution.as_deref()), (17, Some("days")));
        let (default, french) = (&read.language_variants["7"], &read.language_variants["8"]);
        assert_eq!((default.is_default, default.language.as_deref()), (Some(true), Some("")));
        assert_eq!((french.is_default, french.language.as_deref()), (Some(false), Some("fr")));
        assert_eq!((&french.series["sent"][..], french.series["machine_clicked"][0]), (&[0, 5][..], 1));
        assert_eq!(read.extra["language_variants"], json!({"odd": "x"}));
        survives_changes::<Report>(&report, &["metric"]);
    }

    #[test]
    fn a_report_of_version_1_has_the_numbers_alone() {
        let read = parse::<ActionMetrics>(Response::new(r#"{"metric":{"series":{"2xx":[1,2]}}}"#.into())).unwrap();
        assert_eq!((&read.metric.series["2xx"][..], read.start), (&[1, 2][..], None));
        assert!(read.language_variants.is_empty());
    }
}
