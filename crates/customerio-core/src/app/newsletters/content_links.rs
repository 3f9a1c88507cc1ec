//! `GET /v1/newsletters/{newsletter_id}/contents/{content_id}/metrics/links`: how often links were clicked.

use crate::{
    ContentId, NewsletterId, Page,
    app::{Channel, LinkMetrics, Periods},
    macros::plain,
};

plain! {
    /// Counts how often the links in one of the texts of a newsletter were clicked, period by period: in one language,
    /// or by one group of an A/B test.
    ///
    /// Unlike [`Links`](super::Links), it cannot count each person once.
    ///
    /// Days begin in US Eastern time.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Page<LinkMetrics>`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/getVariantLinks>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::newsletters::ContentLinks, http::Response, operation::parse};
    ///
    /// let json = r#"{"links":[{"link":{"id":1,"href":"https://example.com"},"metric":{"series":{"clicked":[3]}}}]}"#;
    /// let links = parse::<ContentLinks>(Response::new(json.into()))?.items;
    /// assert_eq!(links[0].metric.as_ref().unwrap().series["clicked"], [3]);
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "get_variant_links")]
    pub struct ContentLinks { newsletter_id: NewsletterId = 7, content_id: ContentId = 90 }
    "app.newsletters.content_links" = GET "/v1/newsletters/{newsletter_id}/contents/{content_id}/metrics/links" -> Page<LinkMetrics>;
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
        assert_eq!(wire_app(ContentLinks::new(7, 90)), plain("GET /v1/newsletters/7/contents/90/metrics/links"));
        assert_eq!(
            wire_app(ContentLinks::new(7, 90).with_periods(Periods::weeks(2)).with_channel(Channel::Email)),
            plain("GET /v1/newsletters/7/contents/90/metrics/links?period=weeks&steps=2&type=email")
        );
        for (links, what) in
            [(ContentLinks::new(0, 90), "the newsletter's id"), (ContentLinks::new(7, 0), "the content's id")]
        {
            assert_eq!(refused_app(links).to_string(), format!("{what} is not valid: it must be a positive number"));
        }
    }

    #[test]
    fn the_response_has_the_links() {
        let json = r#"{"links":[{"link":{"id":1,"href":"https://a.example"},"metric":{"series":{"clicked":[3,0]}}}]}"#;
        let links = parse::<ContentLinks>(Response::new(json.into())).unwrap().items;
        assert_eq!(
            (links[0].link.as_ref().unwrap().id, &links[0].metric.as_ref().unwrap().series["clicked"]),
            (Some(1), &vec![3, 0])
        );
    }
}
