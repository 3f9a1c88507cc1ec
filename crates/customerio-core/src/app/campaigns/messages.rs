//! `GET /v1/campaigns/{campaign_id}/messages`: the messages of a campaign, page by page.

use crate::{
    CampaignId, Page,
    app::{MessageDelivery, model::deliveries},
};

deliveries! {
    /// Lists the messages of a campaign, page by page: [`Client::items`](crate::Client::items) reads them all.
    ///
    /// Without times, the service lists the last six months. Of a range of more than twelve months it silently lists
    /// the last twelve.
    ///
    /// Limits: 1,000 messages a page; 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/getCampaignMessages>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{Prepared, app::{DeliveryMetric, campaigns::Messages}, limits::Limits};
    ///
    /// let request =
    ///     Prepared::new(Messages::new(46).with_metric(DeliveryMetric::Bounced), &Limits::default())?;
    /// assert_eq!(request.path(), "/v1/campaigns/46/messages?metric=bounced");
    /// # Ok::<(), customerio::BuildError>(())
    /// ```
    #[doc(alias = "get_campaign_messages")]
    pub struct Messages { campaign_id: CampaignId = 46 }
    "app.campaigns.messages" = GET "/v1/campaigns/{campaign_id}/messages" -> Page<MessageDelivery>;
    with channel metric drafts tracked_responses;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{Channel, DeliveryMetric};
    use crate::testing::{plain, refused_app, wire_app};

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(Messages::new(46)), plain("GET /v1/campaigns/46/messages"));
        let all = Messages::new(46)
            .with_start("a+b")
            .with_limit(1000)
            .with_channel(Channel::Sms)
            .with_metric(DeliveryMetric::Sent)
            .with_drafts(true)
            .with_from(1_700_000_000)
            .with_until(1_700_000_001)
            .with_tracked_responses(true);
        assert_eq!(
            wire_app(all),
            plain(
                "GET /v1/campaigns/46/messages?start=a%2Bb&limit=1000&type=twilio&metric=sent&drafts=true\
                 &start_ts=1700000000&end_ts=1700000001&get_tracked_responses=true"
            )
        );
        assert!(refused_app(Messages::new(0)).to_string().contains("the campaign's id"));
    }
}
