//! `GET /v1/newsletters/{newsletter_id}/test_group/{test_group_id}/language/{language}`: one text of a test group.

use crate::{
    NewsletterId, TestGroupId,
    app::{Content, Language},
    macros::plain,
};

plain! {
    /// Reads the content of a newsletter for a group of its A/B test in a language.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Content`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/getNewsletterVariantTranslationTest>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{Prepared, app::{Language, newsletters::GetTestTranslation}, limits::Limits};
    ///
    /// let request = Prepared::new(GetTestTranslation::new(7, 0, "fr"), &Limits::default())?;
    /// assert_eq!(request.path(), "/v1/newsletters/7/test_group/0/language/fr");
    /// // The text without a language:
    /// let request =
    ///     Prepared::new(GetTestTranslation::new(7, 0, Language::default()), &Limits::default())?;
    /// assert_eq!(request.path(), "/v1/newsletters/7/test_group/0/language/");
    /// # Ok::<(), customerio::BuildError>(())
    /// ```
    #[doc(alias = "get_newsletter_variant_translation_test")]
    pub struct GetTestTranslation { newsletter_id: NewsletterId = 7, test_group_id: TestGroupId = "LEAK-group", language: Language = "fr" }
    "app.newsletters.get_test_translation" =
        GET "/v1/newsletters/{newsletter_id}/test_group/{test_group_id}/language/{language}" -> Content;
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
        for (get, path) in [
            (GetTestTranslation::new(7, 0, "pt-BR"), "0/language/pt-BR"),
            (GetTestTranslation::new(7, "2", Language::default()), "2/language/"),
            (GetTestTranslation::new(7, "a/b", "fr"), "a%2Fb/language/fr"),
        ] {
            assert_eq!(wire_app(get), plain(&format!("GET /v1/newsletters/7/test_group/{path}")));
        }
        for (get, expected) in [
            (GetTestTranslation::new(0, 0, "fr"), "the newsletter's id is not valid: it must be a positive number"),
            (GetTestTranslation::new(7, "", "fr"), "the test group's id is empty"),
            (GetTestTranslation::new(7, 0, ""), "the language is empty"),
        ] {
            assert_eq!(refused_app(get).to_string(), expected);
        }
    }

    #[test]
    fn the_response_has_the_content() {
        let json = r#"{"content":{"id":91,"language":"fr"}}"#;
        let content = parse::<GetTestTranslation>(Response::new(json.into())).unwrap();
        assert_eq!((content.id, content.language.as_deref()), (91.into(), Some("fr")));
    }
}
