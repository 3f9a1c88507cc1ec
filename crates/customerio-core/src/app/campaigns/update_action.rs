//! `PUT /v1/campaigns/{campaign_id}/actions/{action_id}`: change what an action of a campaign sends.

use crate::{
    ActionId, CampaignId,
    app::{Action, ContentUpdate},
    macros::plain,
};

plain! {
    /// Changes the content of an action of a campaign: the text without a language.
    ///
    /// [`UpdateActionTranslation`](super::UpdateActionTranslation) changes those in a language.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Action`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/updateCampaignAction>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{Prepared, app::{ContentUpdate, campaigns::UpdateAction}, limits::Limits};
    ///
    /// let update = UpdateAction::new(46, 7, ContentUpdate::new().with_subject("Welcome!"));
    /// let request = Prepared::new(update, &Limits::default())?;
    /// assert_eq!(request.path(), "/v1/campaigns/46/actions/7");
    /// assert_eq!(request.body(), r#"{"subject":"Welcome!"}"#);
    /// # Ok::<(), customerio::BuildError>(())
    /// ```
    #[doc(alias = "update_campaign_action")]
    pub struct UpdateAction { campaign_id: CampaignId = 46, action_id: ActionId = 7 }
    "app.campaigns.update_action" = PUT "/v1/campaigns/{campaign_id}/actions/{action_id}" -> Action;
    body update: ContentUpdate = ContentUpdate::sample_of_action();
}

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;
    use crate::{
        Operation as _, Replay, parse,
        testing::{refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        let update = UpdateAction::new(46, 7, ContentUpdate::new().with_subject("Hello").without_reply_to());
        assert_eq!(update.replay(), Replay::Safe);
        assert_eq!(
            wire_app(update),
            "PUT https://api.customer.io/v1/campaigns/46/actions/7\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 38\n\
             \n\
             {\"subject\":\"Hello\",\"reply_to_id\":null}"
        );
        for (update, what) in [
            (UpdateAction::new(0, 7, ContentUpdate::new()), "the campaign's id"),
            (UpdateAction::new(46, 0, ContentUpdate::new()), "the action's id"),
            (UpdateAction::new(46, 7, ContentUpdate::new().with_from(0)), "the sender's id"),
        ] {
            assert!(refused_app(update).to_string().starts_with(what), "{what}");
        }
    }

    #[test]
    fn the_response_has_the_action() {
        let json = r#"{"action":{"id":"7","subject":"Hello"}}"#;
        let action = parse::<UpdateAction>(Response::new(json.into())).unwrap();
        assert_eq!((action.id, action.subject.as_deref()), (7.into(), Some("Hello")));
    }
}
