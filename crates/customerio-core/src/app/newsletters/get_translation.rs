//! `GET /v1/newsletters/{newsletter_id}/language/{language}`: the content of a newsletter in a language.

use crate::{
    NewsletterId,
    app::{Content, Language},
    macros::plain,
};

plain! {
    /// Reads the content of a newsletter in a language.
    ///
    /// For a newsletter with an A/B test, use [`GetTestTranslation`](super::GetTestTranslation).
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Content`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/getNewsletterVariantTranslation>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{Prepared, app::{Language, newsletters::GetTranslation}, limits::Limits};
    ///
    /// let request = Prepared::new(GetTranslation::new(7, "fr"), &Limits::default())?;
    /// assert_eq!(request.path(), "/v1/newsletters/7/language/fr");
    /// // The text of the newsletter itself:
    /// let request = Prepared::new(GetTranslation::new(7, Language::default()), &Limits::default())?;
    /// assert_eq!(request.path(), "/v1/newsletters/7/language/");
    /// # Ok::<(), customerio::BuildError>(())
    /// ```
    #[doc(alias = "get_newsletter_variant_translation")]
    pub struct GetTranslation { newsletter_id: NewsletterId = 7, language: Language = "fr" }
    "app.newsletters.get_translation" = GET "/v1/newsletters/{newsletter_id}/language/{language}" -> Content;
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
        assert_eq!(wire_app(GetTranslation::new(7, "pt-BR")), plain("GET /v1/newsletters/7/language/pt-BR"));
        assert_eq!(wire_app(GetTranslation::new(7, Language::default())), plain("GET /v1/newsletters/7/language/"));
        for (get, expected) in [
            (GetTranslation::new(0, "fr"), "the newsletter's id is not valid: it must be a positive number"),
            (GetTranslation::new(7, ""), "the language is empty"),
        ] {
            assert_eq!(refused_app(get).to_string(), expected);
        }
    }

    #[test]
    fn the_response_has_the_content() {
        let json = r#"{"content":{"id":91,"language":"fr"}}"#;
        let content = parse::<GetTranslation>(Response::new(json.into())).unwrap();
        assert_eq!((content.id, content.language.as_deref()), (91.into(), Some("fr")));
    }
}
