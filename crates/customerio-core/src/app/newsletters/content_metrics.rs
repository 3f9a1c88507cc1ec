//! `GET /v1/newsletters/{newsletter_id}/contents/{content_id}/metrics`: how many were sent, opened, clicked.

use crate::{
    ContentId, NewsletterId,
    app::{Channel, Metrics, Periods},
    macros::plain,
};

plain! {
    /// Counts how many messages with one of the texts of a newsletter were sent, delivered, opened, clicked and so on,
    /// period by period: in one language, or to one group of an A/B test.
    ///
    /// Days begin in US Eastern time.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Metrics`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/getVariantMetrics>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{Prepared, app::{Periods, newsletters::ContentMetrics}, limits::Limits};
    ///
    /// let request = Prepared::new(
    ///     ContentMetrics::new(7, 90).with_periods(Periods::days(7)),
    ///     &Limits::default(),
    /// )?;
    /// assert_eq!(request.path(), "/v1/newsletters/7/contents/90/metrics?period=days&steps=7");
    /// # Ok::<(), customerio::BuildError>(())
    /// ```
    #[doc(alias = "get_variant_metrics")]
    pub struct ContentMetrics { newsletter_id: NewsletterId = 7, content_id: ContentId = 90 }
    "app.newsletters.content_metrics" = GET "/v1/newsletters/{newsletter_id}/contents/{content_id}/metrics" -> Metrics;
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
        assert_eq!(wire_app(ContentMetrics::new(7, 90)), plain("GET /v1/newsletters/7/contents/90/metrics"));
        assert_eq!(
            wire_app(ContentMetrics::new(7, 90).with_periods(Periods::hours(2)).with_channel(Channel::Sms)),
            plain("GET /v1/newsletters/7/contents/90/metrics?period=hours&steps=2&type=twilio")
        );
        for (metrics, what) in
            [(ContentMetrics::new(0, 90), "the newsletter's id"), (ContentMetrics::new(7, 0), "the content's id")]
        {
            assert_eq!(refused_app(metrics).to_string(), format!("{what} is not valid: it must be a positive number"));
        }
    }

    #[test]
    fn the_response_has_the_numbers() {
        let json = r#"{"metric":{"series":{"clicked":[1,4]}}}"#;
        let report = parse::<ContentMetrics>(Response::new(json.into())).unwrap();
        assert_eq!(report.metric.series["clicked"], [1, 4]);
    }
}
