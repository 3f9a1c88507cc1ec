//! `PUT /v1/broadcasts/{broadcast_id}/actions/{action_id}/language/{language}`: change what an action sends in a language.

use crate::{
    ActionId, BroadcastId,
    app::{Action, ContentUpdate, Language},
    macros::plain,
};

plain! {
    /// Changes the content of an action of a broadcast in a language.
    ///
    /// The service responds with 400 if the action has no text in the language.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Action`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/updateBroadcastActionLanguage>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{
    ///     Prepared, app::{ContentUpdate, broadcasts::UpdateActionTranslation}, limits::Limits,
    /// };
    ///
    /// let update =
    ///     UpdateActionTranslation::new(12, 7, "fr", ContentUpdate::new().with_subject("Bonjour"));
    /// let request = Prepared::new(update, &Limits::default())?;
    /// assert_eq!(request.path(), "/v1/broadcasts/12/actions/7/language/fr");
    /// assert_eq!(request.body(), r#"{"subject":"Bonjour"}"#);
    /// # Ok::<(), customerio::BuildError>(())
    /// ```
    #[doc(alias = "update_broadcast_action_language")]
    pub struct UpdateActionTranslation { broadcast_id: BroadcastId = 12, action_id: ActionId = 7, language: Language = "fr" }
    "app.broadcasts.update_action_translation" =
        PUT "/v1/broadcasts/{broadcast_id}/actions/{action_id}/language/{language}" -> Action;
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
        let update =
            |language: Language| UpdateActionTranslation::new(12, 7, language, ContentUpdate::new().with_body("Salut"));
        assert_eq!(update("fr".into()).replay(), Replay::Safe);
        assert_eq!(
            wire_app(update("pt-BR".into())),
            "PUT https://api.customer.io/v1/broadcasts/12/actions/7/language/pt-BR\n\
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
        assert!(default.starts_with("PUT https://api.customer.io/v1/broadcasts/12/actions/7/language/\n"), "{default}");
        let no_id = "it must be a positive number";
        for (update, expected) in [
            (update("".into()), "the language is empty".into()),
            (
                UpdateActionTranslation::new(0, 7, "fr", ContentUpdate::new()),
                format!("the broadcast's id is not valid: {no_id}"),
            ),
            (
                UpdateActionTranslation::new(12, 0, "fr", ContentUpdate::new()),
                format!("the action's id is not valid: {no_id}"),
            ),
        ] {
            assert_eq!(refused_app(update).to_string(), expected);
        }
    }

    #[test]
    fn the_response_has_the_action() {
        let json = r#"{"action":{"id":"8","language":"fr","subject":"Bonjour"}}"#;
        let action = parse::<UpdateActionTranslation>(Response::new(json.into())).unwrap();
        assert_eq!((action.id, action.language.as_deref()), (8.into(), Some("fr")));
        assert_eq!(action.subject.as_deref(), Some("Bonjour"));
    }
}
