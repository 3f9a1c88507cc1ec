//! `GET /v1/broadcasts/{broadcast_id}/metrics/links`: how often a broadcast's links were clicked.

use crate::{
    BroadcastId, Page,
    app::{LinkMetrics, Periods},
    macros::plain,
};

plain! {
    /// Counts how often the links in the messages of a broadcast were clicked, period by period.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Page<LinkMetrics>`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/broadcastLinks>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::broadcasts::Links, http::Response, operation::parse};
    ///
    /// let json = r#"{"links":[{"link":{"id":1,"href":"https://example.com"},"metric":{"series":{"clicked":[3]}}}]}"#;
    /// let links = parse::<Links>(Response::new(json.into()))?.items;
    /// assert_eq!(links[0].link.as_ref().unwrap().href.as_deref(), Some("https://example.com"));
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "broadcast_links")]
    pub struct Links { broadcast_id: BroadcastId = 12 }
    "app.broadcasts.links" = GET "/v1/broadcasts/{broadcast_id}/metrics/links" -> Page<LinkMetrics>;
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
        assert_eq!(wire_app(Links::new(12)), plain("GET /v1/broadcasts/12/metrics/links"));
        assert_eq!(
            wire_app(Links::new(12).with_periods(Periods::weeks(2)).with_unique(true)),
            plain("GET /v1/broadcasts/12/metrics/links?period=weeks&steps=2&unique=true")
        );
        for (links, expected) in [
            (Links::new(0), "the broadcast's id is not valid: it must be a positive number"),
            (
                Links::new(12).with_periods(Periods::days(46)),
                "the number of periods is not valid: it is 46 days, and can be 2 to 45",
            ),
        ] {
            assert_eq!(refused_app(links).to_string(), expected);
        }
    }

    #[test]
    fn the_response_has_the_links() {
        let json = r#"{"links":[{"link":{"id":1},"metric":{"series":{"clicked":[3],"machine_clicked":[1]}}}]}"#;
        let page = parse::<Links>(Response::new(json.into())).unwrap();
        let metric = page.items[0].metric.as_ref().unwrap();
        assert_eq!((metric.series["clicked"][0], metric.series["machine_clicked"][0]), (3, 1));
    }
}
