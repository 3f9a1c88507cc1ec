//! `GET /v1/broadcasts/{broadcast_id}/actions/{action_id}/metrics/links`: how often an action's links were clicked.

use crate::{
    ActionId, BroadcastId, Page,
    app::{Channel, LinkMetrics, Periods},
    macros::plain,
};

plain! {
    /// Counts how often the links in the messages of an action of a broadcast were clicked, period by period.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Page<LinkMetrics>`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/broadcastActionLinks>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::broadcasts::ActionLinks, http::Response, operation::parse};
    ///
    /// let json = r#"{"links":[{"link":{"id":1,"href":"https://example.com"},"metric":{"series":{"clicked":[3]}}}]}"#;
    /// let links = parse::<ActionLinks>(Response::new(json.into()))?.items;
    /// assert_eq!(links[0].metric.as_ref().unwrap().series["clicked"], [3]);
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "broadcast_action_links")]
    pub struct ActionLinks { broadcast_id: BroadcastId = 12, action_id: ActionId = 7 }
    "app.broadcasts.action_links" =
        GET "/v1/broadcasts/{broadcast_id}/actions/{action_id}/metrics/links" -> Page<LinkMetrics>;
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
        let path = "GET /v1/broadcasts/12/actions/7/metrics/links";
        assert_eq!(wire_app(ActionLinks::new(12, 7)), plain(path));
        let all = ActionLinks::new(12, 7).with_periods(Periods::weeks(2)).with_channel(Channel::Sms);
        assert_eq!(wire_app(all), plain(&format!("{path}?period=weeks&steps=2&type=twilio")));
        for (links, expected) in [
            (ActionLinks::new(0, 7), "the broadcast's id is not valid: it must be a positive number"),
            (ActionLinks::new(12, 0), "the action's id is not valid: it must be a positive number"),
            (
                ActionLinks::new(12, 7).with_periods(Periods::hours(25)),
                "the number of periods is not valid: it is 25 hours, and can be 2 to 24",
            ),
        ] {
            assert_eq!(refused_app(links).to_string(), expected);
        }
    }

    #[test]
    fn the_response_has_the_links() {
        let json =
            r#"{"links":[{"link":{"id":"1","href":"https://example.com"},"metric":{"series":{"clicked":[3,0]}}}]}"#;
        let page = parse::<ActionLinks>(Response::new(json.into())).unwrap();
        let link = page.items[0].link.as_ref().unwrap();
        assert_eq!((link.id, link.href.as_deref()), (Some(1), Some("https://example.com")));
        assert_eq!(page.items[0].metric.as_ref().unwrap().series["clicked"], [3, 0]);
    }
}
