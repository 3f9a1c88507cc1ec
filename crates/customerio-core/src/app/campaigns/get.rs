//! `GET /v1/campaigns/{campaign_id}`: one campaign.

use super::Campaign;
use crate::{CampaignId, macros::plain};

plain! {
    /// Reads a campaign.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Campaign`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/getCampaigns>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::campaigns::{CampaignKind, Get}, http::Response, operation::parse};
    ///
    /// let json = r#"{"campaign":{"id":46,"type":"event","event_name":"purchase"}}"#;
    /// let campaign = parse::<Get>(Response::new(json.into()))?;
    /// assert_eq!(campaign.kind, Some(CampaignKind::Event));
    /// assert_eq!(campaign.event_name.as_deref(), Some("purchase"));
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "get_campaigns")]
    pub struct Get { campaign_id: CampaignId = 46 }
    "app.campaigns.get" = GET "/v1/campaigns/{campaign_id}" -> Campaign;
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
        assert_eq!(wire_app(Get::new(46)), plain("GET /v1/campaigns/46"));
        assert_eq!(
            refused_app(Get::new(0)).to_string(),
            "the campaign's id is not valid: it must be a positive number"
        );
    }

    #[test]
    fn the_response_has_the_campaign() {
        let json = r#"{"campaign":{"id":"46","tags":null,"state":"paused"}}"#;
        let campaign = parse::<Get>(Response::new(json.into())).unwrap();
        assert_eq!((campaign.id, campaign.tags.len()), (46.into(), 0));
        assert_eq!(campaign.state.unwrap().as_str(), "paused");
        for json in [r#"{"campaign":{}}"#, r#"{"campaign":null}"#, r#"{"id":46}"#] {
            assert!(parse::<Get>(Response::new(json.into())).is_err(), "{json}");
        }
    }
}
