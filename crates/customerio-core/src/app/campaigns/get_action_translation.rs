//! `GET /v1/campaigns/{campaign_id}/actions/{action_id}/language/{language}`: what an action sends in a language.

use crate::{
    ActionId, CampaignId,
    app::{Action, Language},
    macros::plain,
};

plain! {
    /// Reads the content of an action of a campaign in a language.
    ///
    /// The service responds with 400 if the action has no text in the language.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Action`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/getCampaignActionTranslation>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{Prepared, app::{Language, campaigns::GetActionTranslation}, limits::Limits};
    ///
    /// let french = Prepared::new(GetActionTranslation::new(46, 7, "fr"), &Limits::default())?;
    /// assert_eq!(french.path(), "/v1/campaigns/46/actions/7/language/fr");
    /// let default =
    ///     Prepared::new(GetActionTranslation::new(46, 7, Language::default()), &Limits::default())?;
    /// assert_eq!(default.path(), "/v1/campaigns/46/actions/7/language/");
    /// # Ok::<(), customerio::BuildError>(())
    /// ```
    #[doc(alias = "get_campaign_action_translation")]
    pub struct GetActionTranslation { campaign_id: CampaignId = 46, action_id: ActionId = 7, language: Language = "fr" }
    "app.campaigns.get_action_translation" =
        GET "/v1/campaigns/{campaign_id}/actions/{action_id}/language/{language}" -> Action;
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
        let get = |language: Language| GetActionTranslation::new(46, 7, language);
        assert_eq!(wire_app(get("pt-BR".into())), plain("GET /v1/campaigns/46/actions/7/language/pt-BR"));
        assert_eq!(wire_app(get(Language::default())), plain("GET /v1/campaigns/46/actions/7/language/"));
        for (get, expected) in [
            (get("".into()), "the language is empty"),
            (GetActionTranslation::new(0, 7, "fr"), "the campaign's id is not valid: it must be a positive number"),
            (GetActionTranslation::new(46, 0, "fr"), "the action's id is not valid: it must be a positive number"),
        ] {
            assert_eq!(refused_app(get).to_string(), expected);
        }
    }

    #[test]
    fn the_response_has_the_action() {
        let json = r#"{"action":{"id":8,"parent_action_id":7,"language":"fr","subject":"Bonjour"}}"#;
        let action = parse::<GetActionTranslation>(Response::new(json.into())).unwrap();
        assert_eq!((action.id, action.parent_action_id), (8.into(), Some(7.into())));
        assert_eq!((action.language.as_deref(), action.subject.as_deref()), (Some("fr"), Some("Bonjour")));
    }
}
