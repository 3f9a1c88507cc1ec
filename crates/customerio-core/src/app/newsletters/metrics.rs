//! `GET /v1/newsletters/{newsletter_id}/metrics`: how many messages of a newsletter were sent, opened, clicked.

use crate::{
    NewsletterId,
    app::{Channel, Metrics as Report, Periods},
    macros::plain,
};

plain! {
    /// Counts how many messages of a newsletter were sent, delivered, opened, clicked and so on, period by period.
    ///
    /// Days begin in US Eastern time.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Report`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/getNewsletterMetrics>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{Prepared, app::{Periods, newsletters::Metrics}, limits::Limits};
    ///
    /// let request =
    ///     Prepared::new(Metrics::new(7).with_periods(Periods::hours(24)), &Limits::default())?;
    /// assert_eq!(request.path(), "/v1/newsletters/7/metrics?period=hours&steps=24");
    /// # Ok::<(), customerio::BuildError>(())
    /// ```
    #[doc(alias = "get_newsletter_metrics")]
    pub struct Metrics { newsletter_id: NewsletterId = 7 }
    "app.newsletters.metrics" = GET "/v1/newsletters/{newsletter_id}/metrics" -> Report;
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
        assert_eq!(wire_app(Metrics::new(7)), plain("GET /v1/newsletters/7/metrics"));
        assert_eq!(
            wire_app(Metrics::new(7).with_periods(Periods::months(12)).with_channel(Channel::Inbox)),
            plain("GET /v1/newsletters/7/metrics?period=months&steps=12&type=inbox")
        );
        for (metrics, expected) in [
            (Metrics::new(0), "the newsletter's id is not valid: it must be a positive number"),
            (
                Metrics::new(7).with_periods(Periods::days(46)),
                "the number of periods is not valid: it is 46 days, and can be 2 to 45",
            ),
        ] {
            assert_eq!(refused_app(metrics).to_string(), expected);
        }
    }

    #[test]
    fn the_response_has_the_numbers() {
        let json = r#"{"metric":{"series":{"sent":[0,17],"human_opened":[0,9]}}}"#;
        let report = parse::<Metrics>(Response::new(json.into())).unwrap();
        assert_eq!(
            (&report.metric.series["sent"][..], &report.metric.series["human_opened"][..]),
            (&[0, 17][..], &[0, 9][..])
        );
    }
}
