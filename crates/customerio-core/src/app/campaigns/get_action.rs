//! `GET /v1/campaigns/{campaign_id}/actions/{action_id}`: one action of a campaign.

use crate::{ActionId, CampaignId, app::Action, macros::plain};

plain! {
    /// Reads an action of a campaign, with the text that has no language.
    ///
    /// [`GetActionTranslation`](super::GetActionTranslation) reads those in a language.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Action`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/getCampaignAction>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::{Channel, campaigns::GetAction}, http::Response, operation::parse};
    ///
    /// let json = r#"{"action":{"id":7,"campaign_id":46,"type":"email","subject":"Hello"}}"#;
    /// let action = parse::<GetAction>(Response::new(json.into()))?;
    /// assert_eq!(action.channel, Some(Channel::Email));
    /// assert_eq!(action.subject.as_deref(), Some("Hello"));
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "get_campaign_action")]
    pub struct GetAction { campaign_id: CampaignId = 46, action_id: ActionId = 7 }
    "app.campaigns.get_action" = GET "/v1/campaigns/{campaign_id}/actions/{action_id}" -> Action;
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
        assert_eq!(wire_app(GetAction::new(46, 7)), plain("GET /v1/campaigns/46/actions/7"));
        for (get, what) in [(GetAction::new(0, 7), "the campaign's id"), (GetAction::new(46, 0), "the action's id")] {
            assert_eq!(refused_app(get).to_string(), format!("{what} is not valid: it must be a positive number"));
        }
    }

    #[test]
    fn the_response_has_the_action() {
        let json = r#"{"action":{"id":"7","campaign_id":46,"headers":"[]"}}"#;
        let action = parse::<GetAction>(Response::new(json.into())).unwrap();
        assert_eq!((action.id, action.campaign_id), (7.into(), Some(46.into())));
        assert_eq!(action.headers.as_deref(), Some("[]"));
        assert!(parse::<GetAction>(Response::new(r#"{"id":7}"#.into())).is_err());
    }
}
