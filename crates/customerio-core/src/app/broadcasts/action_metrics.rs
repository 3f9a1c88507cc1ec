//! `GET /v1/broadcasts/{broadcast_id}/actions/{action_id}/metrics`: how many messages of an action were sent, opened, clicked.

use crate::{
    ActionId, BroadcastId,
    app::{Channel, Metrics as Report, Periods},
    macros::plain,
};

plain! {
    /// Counts how many messages of an action of a broadcast were sent, delivered, opened, clicked and so on, period by
    /// period.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Report`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/broadcastActionMetrics>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::broadcasts::ActionMetrics, http::Response, operation::parse};
    ///
    /// let json = r#"{"metric":{"series":{"sent":[0,17],"human_clicked":[0,4]}}}"#;
    /// let report = parse::<ActionMetrics>(Response::new(json.into()))?;
    /// assert_eq!(report.metric.series["human_clicked"], [0, 4]);
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "broadcast_action_metrics")]
    pub struct ActionMetrics { broadcast_id: BroadcastId = 12, action_id: ActionId = 7 }
    "app.broadcasts.action_metrics" =
        GET "/v1/broadcasts/{broadcast_id}/actions/{action_id}/metrics" -> Report;
    query {
        /// The last periods, up to now. Default: the last 45 days.
        with_periods, periods: Periods = Periods::days(7);
        /// Counts only messages of one channel. Default: all.
        with_channel, channel: into Channel as "type" = "email";
    }
}

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;
    use crate::{
        parse,
        testing::{plain, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        let path = "GET /v1/broadcasts/12/actions/7/metrics";
        assert_eq!(wire_app(ActionMetrics::new(12, 7)), plain(path));
        let all = ActionMetrics::new(12, 7).with_periods(Periods::hours(24)).with_channel(Channel::InApp);
        assert_eq!(wire_app(all), plain(&format!("{path}?period=hours&steps=24&type=in_app")));
        for (metrics, expected) in [
            (ActionMetrics::new(0, 7), "the broadcast's id is not valid: it must be a positive number"),
            (ActionMetrics::new(12, 0), "the action's id is not valid: it must be a positive number"),
            (
                ActionMetrics::new(12, 7).with_periods(Periods::days(46)),
                "the number of periods is not valid: it is 46 days, and can be 2 to 45",
            ),
        ] {
            assert_eq!(refused_app(metrics).to_string(), expected);
        }
    }

    #[test]
    fn the_response_has_the_numbers() {
        let json = r#"{"metric":{"series":{"sent":[0,17],"2xx":[1],"new":[2],"odd":"x"}}}"#;
        let report = parse::<ActionMetrics>(Response::new(json.into())).unwrap();
        let series = &report.metric.series;
        assert_eq!((&series["sent"][..], series["2xx"][0], series["new"][0]), (&[0, 17][..], 1, 2));
        assert_eq!(report.metric.extra["series"]["odd"], "x");
        assert!(parse::<ActionMetrics>(Response::new(r#"{"series":{}}"#.into())).is_err());
    }
}
