//! `GET /v1/campaigns/{campaign_id}/messages`: the messages of a campaign, page by page.

use http::Method;

use crate::{
    App, BuildError, CampaignId, Operation, Page, Path, Query,
    app::{
        MessageDelivery,
        model::{Deliveries, deliveries_setters},
    },
    macros::{opaque_debug, sample},
    page::paged,
    path::Part,
};

/// Lists the messages of a campaign, page by page: [`Client::items`](crate::Client::items) reads them all.
///
/// No list is longer than six months: without times it is the last six months, and of a longer time it is, silently, the
/// last six months before its end.
///
/// Limits: 1,000 messages a page; 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/getCampaignMessages>
///
/// ```
/// use customerio_core::{Limits, Prepared, app::{DeliveryMetric, campaigns::Messages}};
///
/// let request = Prepared::new(Messages::new(46).with_metric(DeliveryMetric::Bounced), &Limits::default())?;
/// assert_eq!(request.path(), "/v1/campaigns/46/messages?metric=bounced");
/// # Ok::<(), customerio_core::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "get_campaign_messages")]
pub struct Messages {
    campaign_id: CampaignId,
    deliveries: Deliveries,
}

paged!(Messages of MessageDelivery from deliveries.start);

impl Messages {
    /// Those of this campaign, of the last six months.
    #[must_use]
    pub fn new(campaign_id: impl Into<CampaignId>) -> Self {
        Self { campaign_id: campaign_id.into(), deliveries: Deliveries::default() }
    }

    deliveries_setters!(channel metric drafts tracked_responses);
}

impl Operation for Messages {
    type Api = App;
    type Output = Page<MessageDelivery>;
    const NAME: &'static str = "app.campaigns.messages";
    const METHOD: Method = Method::GET;
    const ROUTE: &'static str = "/v1/campaigns/{campaign_id}/messages";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.campaign_id.write(path)
    }
    fn query(&self, query: &mut Query<'_>) -> Result<(), BuildError> {
        self.deliveries.write(query);
        Ok(())
    }
}

opaque_debug!(Messages);
sample!(Messages: Self::new(46)
    .with_start("LEAK-start")
    .with_limit(500)
    .with_channel("email")
    .with_metric("sent")
    .with_drafts(true)
    .with_from(1_700_000_000)
    .with_until(1_700_086_400)
    .with_tracked_responses(true));

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
