//! `PUT /v1/transactional/{transactional_id}/language/{language}`: change a transactional message in a language.

use crate::{
    TransactionalId,
    app::{Content, ContentUpdate, Language},
    macros::plain,
};

plain! {
    /// Changes the content of a transactional message in a language, or without one: [`Language::default()`].
    ///
    /// The messages that are sent from now on have the new content. As with [`UpdateContent`](super::UpdateContent),
    /// set everything that it should have.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Content`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/updateTransactionalVariant>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{
    ///     Prepared, app::{ContentUpdate, transactional::UpdateTranslation}, limits::Limits,
    /// };
    ///
    /// let content = ContentUpdate::new().with_subject("Votre reçu").with_body("<p>Merci</p>");
    /// let request = Prepared::new(UpdateTranslation::new(44, "fr", content), &Limits::default())?;
    /// assert_eq!(request.path(), "/v1/transactional/44/language/fr");
    /// # Ok::<(), customerio::BuildError>(())
    /// ```
    #[doc(alias = "update_transactional_variant")]
    pub struct UpdateTranslation { transactional_id: TransactionalId = 44, language: Language = "fr" }
    "app.transactional.update_translation" = PUT "/v1/transactional/{transactional_id}/language/{language}" -> Content;
    body update: ContentUpdate = ContentUpdate::sample(), into_content_body;
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
        let update = |language: Language| UpdateTranslation::new(44, language, ContentUpdate::new().with_body("Salut"));
        assert_eq!(update("fr".into()).replay(), Replay::Safe);
        assert_eq!(
            wire_app(update("fr".into())),
            "PUT https://api.customer.io/v1/transactional/44/language/fr\n\
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
        assert!(default.starts_with("PUT https://api.customer.io/v1/transactional/44/language/\n"), "{default}");
        assert_eq!(refused_app(update("".into())).to_string(), "the language is empty");
        let update = UpdateTranslation::new(44, "fr", ContentUpdate::new().with_header("X Tag", "a"));
        assert!(refused_app(update).to_string().starts_with("a header is not valid"));
    }

    #[test]
    fn the_response_has_the_content() {
        let json = r#"{"content":[{"id":140,"body":"Salut"}]}"#;
        let content = parse::<UpdateTranslation>(Response::new(json.into())).unwrap();
        assert_eq!((content.id, content.body.as_deref()), (140.into(), Some("Salut")));
    }
}
