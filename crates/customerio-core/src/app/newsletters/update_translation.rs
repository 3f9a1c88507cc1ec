//! `PUT /v1/newsletters/{newsletter_id}/language/{language}`: change the content of a newsletter in a language.

use crate::{
    NewsletterId,
    app::{Content, ContentUpdate, Language},
    macros::plain,
};

plain! {
    /// Changes the content of a newsletter in a language that it has.
    ///
    /// Fields that are not set stay unchanged. For a newsletter with an A/B test, use
    /// [`UpdateTestTranslation`](super::UpdateTestTranslation).
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Content`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/updateNewsletterVariantTranslation>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{
    ///     Prepared, app::{ContentUpdate, newsletters::UpdateTranslation}, limits::Limits,
    /// };
    ///
    /// let update = UpdateTranslation::new(7, "fr", ContentUpdate::new().with_subject("Bonjour"));
    /// let request = Prepared::new(update, &Limits::default())?;
    /// assert_eq!(request.path(), "/v1/newsletters/7/language/fr");
    /// assert_eq!(request.body(), r#"{"subject":"Bonjour"}"#);
    /// # Ok::<(), customerio::BuildError>(())
    /// ```
    #[doc(alias = "update_newsletter_variant_translation")]
    pub struct UpdateTranslation { newsletter_id: NewsletterId = 7, language: Language = "fr" }
    "app.newsletters.update_translation" = PUT "/v1/newsletters/{newsletter_id}/language/{language}" -> Content;
    body update: ContentUpdate = ContentUpdate::sample().with_plain_body("LEAK-plain"), into_content_body;
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
        let update = |language: Language| UpdateTranslation::new(7, language, ContentUpdate::new().with_body("Salut"));
        assert_eq!(update("fr".into()).replay(), Replay::Safe);
        assert_eq!(
            wire_app(update("pt-BR".into())),
            "PUT https://api.customer.io/v1/newsletters/7/language/pt-BR\n\
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
        assert!(default.starts_with("PUT https://api.customer.io/v1/newsletters/7/language/\n"), "{default}");
        for (update, expected) in [
            (update("".into()), "the language is empty"),
            (
                UpdateTranslation::new(0, "fr", ContentUpdate::new()),
                "the newsletter's id is not valid: it must be a positive number",
            ),
            (
                UpdateTranslation::new(7, "fr", ContentUpdate::new().with_url("a")),
                "the URL that a webhook calls is not valid: only actions of campaigns and of broadcasts have it; leave it out",
            ),
        ] {
            assert_eq!(refused_app(update).to_string(), expected);
        }
    }

    #[test]
    fn the_response_has_the_content() {
        let json = r#"{"content":[{"id":91,"language":"fr"}]}"#;
        let content = parse::<UpdateTranslation>(Response::new(json.into())).unwrap();
        assert_eq!((content.id, content.language.as_deref()), (91.into(), Some("fr")));
    }
}
