//! `GET /v1/campaigns/{campaign_id}/metrics/links`: how often a campaign's links were clicked.

use crate::{
    CampaignId, Page,
    app::{LinkMetrics, Periods},
    macros::plain,
};

plain! {
    /// Counts how often the links in the messages of a campaign were clicked, period by period.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Page<LinkMetrics>`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/campaignLinkMetrics>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::campaigns::Links, http::Response, operation::parse};
    ///
    /// let json = r#"{"links":[{"link":{"id":1,"href":"https://example.com"},"metric":{"series":{"clicked":[3]}}}]}"#;
    /// let links = parse::<Links>(Response::new(json.into()))?.items;
    /// assert_eq!(links[0].metric.as_ref().unwrap().series["clicked"], [3]);
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "campaign_link_metrics")]
    pub struct Links { campaign_id: CampaignId = 46 }
    "app.campaigns.links" = GET "/v1/campaigns/{campaign_id}/metrics/links" -> Page<LinkMetrics>;
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
    use serde_json::json;

    use super::*;
    use crate::{
        parse,
        testing::{plain, survives_changes, wire_app},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(Links::new(46)), plain("GET /v1/campaigns/46/metrics/links"));
        assert_eq!(
            wire_app(Links::new(46).with_periods(Periods::weeks(2)).with_unique(true)),
            plain("GET /v1/campaigns/46/metrics/links?period=weeks&steps=2&unique=true")
        );
    }

    #[test]
    fn a_link_is_read_field_by_field() {
        let link = json!({"link": {"id": 1, "href": "https://example.com"}, "metric": {"series": {"clicked": [3, 0]}}});
        let json = json!({"links": [link, "odd"]}).to_string();
        let page = parse::<Links>(Response::new(json.into())).unwrap();
        let read = page.items[0].link.as_ref().unwrap();
        assert_eq!((read.id, read.href.as_deref()), (Some(1), Some("https://example.com")));
        assert_eq!((page.items.len(), &page.extra["links"]), (1, &json!(["odd"])));
        survives_changes::<LinkMetrics>(&link, &[]);
    }
}
