//! `PUT /v1/campaigns/{campaign_id}/actions/{action_id}/language/{language}`: change what an action sends in a language.

use crate::{
    ActionId, CampaignId,
    app::{Action, ContentUpdate, Language},
    macros::plain,
};

plain! {
    /// Changes the content of an action of a campaign in a language.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Action`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/updateCampaignActionTranslation>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{
    ///     Prepared, app::{ContentUpdate, campaigns::UpdateActionTranslation}, limits::Limits,
    /// };
    ///
    /// let update =
    ///     UpdateActionTranslation::new(46, 7, "fr", ContentUpdate::new().with_subject("Bienvenue"));
    /// let request = Prepared::new(update, &Limits::default())?;
    /// assert_eq!(request.path(), "/v1/campaigns/46/actions/7/language/fr");
    /// assert_eq!(request.body(), r#"{"subject":"Bienvenue"}"#);
    /// # Ok::<(), customerio::BuildError>(())
    /// ```
    #[doc(alias = "update_campaign_action_translation")]
    pub struct UpdateActionTranslation { campaign_id: CampaignId = 46, action_id: ActionId = 7, language: Language = "fr" }
    "app.campaigns.update_action_translation" =
        PUT "/v1/campaigns/{campaign_id}/actions/{action_id}/language/{language}" -> Action;
    body update: ContentUpdate = ContentUpdate::sample_of_action();
}

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;
    use crate::{
        parse,
        testing::{refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        let update =
            |language: Language| UpdateActionTranslation::new(46, 7, language, ContentUpdate::new().with_body("Salut"));
        assert_eq!(
            wire_app(update("pt-BR".into())),
            "PUT https://api.customer.io/v1/campaigns/46/actions/7/language/pt-BR\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 16\n\
             \n\
             {\"body\":\"Salut\"}"
        );
        let default = wire_app(update(Language::default()));
        assert!(default.starts_with("PUT https://api.customer.io/v1/campaigns/46/actions/7/language/\n"), "{default}");
        assert_eq!(refused_app(update("".into())).to_string(), "the language is empty");
    }

    #[test]
    fn the_response_has_the_action() {
        let json = r#"{"action":{"id":"7","subject":"Hello"}}"#;
        let action = parse::<UpdateActionTranslation>(Response::new(json.into())).unwrap();
        assert_eq!((action.id, action.subject.as_deref()), (7.into(), Some("Hello")));
    }
}
