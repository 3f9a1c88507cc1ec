//! `GET /v1/broadcasts/{broadcast_id}/metrics`: how many messages of a broadcast were sent, opened, clicked.

use crate::{
    BroadcastId,
    app::{Channel, Metrics as Report, Periods},
    macros::plain,
};

plain! {
    /// Counts how many messages of a broadcast were sent, delivered, opened, clicked and so on, period by period.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Report`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/broadcastMetrics>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::broadcasts::Metrics, http::Response, operation::parse};
    ///
    /// let json = r#"{"metric":{"series":{"sent":[0,17],"opened":[0,4]}}}"#;
    /// let report = parse::<Metrics>(Response::new(json.into()))?;
    /// assert_eq!(report.metric.series["sent"], [0, 17]);
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "broadcast_metrics")]
    pub struct Metrics { broadcast_id: BroadcastId = 12 }
    "app.broadcasts.metrics" = GET "/v1/broadcasts/{broadcast_id}/metrics" -> Report;
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
        assert_eq!(wire_app(Metrics::new(12)), plain("GET /v1/broadcasts/12/metrics"));
        let all = Metrics::new(12).with_periods(Periods::months(12)).with_channel(Channel::Email);
        assert_eq!(wire_app(all), plain("GET /v1/broadcasts/12/metrics?period=months&steps=12&type=email"));
        for (metrics, expected) in [
            (Metrics::new(0), "the broadcast's id is not valid: it must be a positive number"),
            (
                Metrics::new(12).with_periods(Periods::weeks(13)),
                "the number of periods is not valid: it is 13 weeks, and can be 2 to 12",
            ),
        ] {
            assert_eq!(refused_app(metrics).to_string(), expected);
        }
    }

    #[test]
    fn the_response_has_the_numbers() {
        let report = parse::<Metrics>(Response::new(r#"{"metric":{"series":{"sent":[0,17]}}}"#.into())).unwrap();
        assert_eq!((&report.metric.series["sent"][..], report.resolution), (&[0, 17][..], None));
        assert!(parse::<Metrics>(Response::new(r#"{"metric":null}"#.into())).is_err());
    }
}
