//! `GET /v1/newsletters/{newsletter_id}/metrics/links`: how often a newsletter's links were clicked.

use crate::{
    NewsletterId, Page,
    app::{LinkMetrics, Periods},
    macros::plain,
};

plain! {
    /// Counts how often the links in the messages of a newsletter were clicked, period by period.
    ///
    /// Days begin in US Eastern time.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Page<LinkMetrics>`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/getNewsletterLinks>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::newsletters::Links, http::Response, operation::parse};
    ///
    /// let json = r#"{"links":[{"link":{"id":1,"href":"https://example.com"},"metric":{"series":{"clicked":[3]}}}]}"#;
    /// let links = parse::<Links>(Response::new(json.into()))?.items;
    /// assert_eq!(links[0].metric.as_ref().unwrap().series["clicked"], [3]);
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "get_newsletter_links")]
    pub struct Links { newsletter_id: NewsletterId = 7 }
    "app.newsletters.links" = GET "/v1/newsletters/{newsletter_id}/metrics/links" -> Page<LinkMetrics>;
    query {
        /// The last periods, up to now. Default: the last 45 days.
        with_periods, periods: Periods = Periods::days(7);
        /// Whether each person counts once. Default: false.
        with_unique, unique: bool = true;
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
        assert_eq!(wire_app(Links::new(7)), plain("GET /v1/newsletters/7/metrics/links"));
        assert_eq!(
            wire_app(Links::new(7).with_periods(Periods::weeks(2)).with_unique(true)),
            plain("GET /v1/newsletters/7/metrics/links?period=weeks&steps=2&unique=true")
        );
        assert_eq!(
            refused_app(Links::new(0)).to_string(),
            "the newsletter's id is not valid: it must be a positive number"
        );
    }

    #[test]
    fn the_response_has_the_links() {
        let json =
            r#"{"links":[{"link":{"id":1,"href":"https://a.example"},"metric":{"series":{"human_clicked":[3,0]}}}]}"#;
        let links = parse::<Links>(Response::new(json.into())).unwrap().items;
        assert_eq!(links[0].link.as_ref().unwrap().href.as_deref(), Some("https://a.example"));
        assert_eq!(links[0].metric.as_ref().unwrap().series["human_clicked"], [3, 0]);
    }
}
