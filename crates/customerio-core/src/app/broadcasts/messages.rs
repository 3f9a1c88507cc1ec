//! `GET /v1/broadcasts/{broadcast_id}/messages`: the messages of a broadcast, page by page.

use crate::{
    BroadcastId, Page,
    app::{MessageDelivery, model::deliveries},
};

deliveries! {
    /// Lists the messages of a broadcast, page by page: [`Client::items`](crate::Client::items) reads them all.
    ///
    /// Without times, the service silently lists only the month after the broadcast was first triggered, so set the
    /// times for one that is triggered repeatedly. Of a range of more than twelve months it lists the last twelve.
    ///
    /// Limits: 1,000 messages a page; 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/broadcastMessages>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{Prepared, app::{DeliveryState, broadcasts::Messages}, limits::Limits};
    ///
    /// let failed = Messages::new(12).with_state(DeliveryState::Failed).with_from(1_700_000_000);
    /// let request = Prepared::new(failed, &Limits::default())?;
    /// assert_eq!(request.path(), "/v1/broadcasts/12/messages?state=failed&start_ts=1700000000");
    /// # Ok::<(), customerio::BuildError>(())
    /// ```
    #[doc(alias = "broadcast_messages")]
    pub struct Messages { broadcast_id: BroadcastId = 12 }
    "app.broadcasts.messages" = GET "/v1/broadcasts/{broadcast_id}/messages" -> Page<MessageDelivery>;
    with channel metric state tracked_responses;
}

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;
    use crate::{
        Paged as _,
        app::{Channel, DeliveryMetric, DeliveryState},
        parse,
        testing::{plain, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(Messages::new(12)), plain("GET /v1/broadcasts/12/messages"));
        let all = Messages::new(12)
            .with_start("a+b")
            .with_limit(1000)
            .with_channel(Channel::Sms)
            .with_metric(DeliveryMetric::Sent)
            .with_state(DeliveryState::Attempted)
            .with_from(1_700_000_000)
            .with_until(1_700_000_001)
            .with_tracked_responses(true);
        assert_eq!(
            wire_app(all),
            plain(
                "GET /v1/broadcasts/12/messages?start=a%2Bb&limit=1000&type=twilio&metric=sent&state=attempted\
                 &start_ts=1700000000&end_ts=1700000001&get_tracked_responses=true"
            )
        );
        assert_eq!(
            refused_app(Messages::new(0)).to_string(),
            "the broadcast's id is not valid: it must be a positive number"
        );
    }

    /// The schema of the response does not have `next`; the vendor's text does.
    #[test]
    fn the_next_page_is_found() {
        let json = r#"{"messages":[{"id":"RPIL","broadcast_id":12,"campaign_id":null}],"next":"Mg=="}"#;
        let page = parse::<Messages>(Response::new(json.into())).unwrap();
        assert_eq!((page.items[0].broadcast_id, page.items[0].campaign_id), (Some(12.into()), None));
        let list = Messages::new(12).with_state(DeliveryState::Sent);
        let next = list.next(&page).unwrap();
        assert_eq!(
            wire_app(list.starting_at(&next)),
            plain("GET /v1/broadcasts/12/messages?start=Mg%3D%3D&state=sent")
        );
    }
}
