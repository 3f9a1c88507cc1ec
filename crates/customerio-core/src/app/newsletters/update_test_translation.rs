//! `PUT /v1/newsletters/{newsletter_id}/test_group/{test_group_id}/language/{language}`: change one of its texts.

use crate::{
    NewsletterId, TestGroupId,
    app::{Content, ContentUpdate, Language},
    macros::plain,
};

plain! {
    /// Changes the content of a newsletter for a group of its A/B test, in a language that it has.
    ///
    /// Fields that are not set stay unchanged.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Content`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/updateNewsletterTestTranslation>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{
    ///     Prepared, app::{ContentUpdate, newsletters::UpdateTestTranslation}, limits::Limits,
    /// };
    ///
    /// let update =
    ///     UpdateTestTranslation::new(7, 0, "fr", ContentUpdate::new().with_subject("Bonjour"));
    /// let request = Prepared::new(update, &Limits::default())?;
    /// assert_eq!(request.path(), "/v1/newsletters/7/test_group/0/language/fr");
    /// assert_eq!(request.body(), r#"{"subject":"Bonjour"}"#);
    /// # Ok::<(), customerio::BuildError>(())
    /// ```
    #[doc(alias = "update_newsletter_test_translation")]
    pub struct UpdateTestTranslation { newsletter_id: NewsletterId = 7, test_group_id: TestGroupId = "LEAK-group", language: Language = "fr" }
    "app.newsletters.update_test_translation" =
        PUT "/v1/newsletters/{newsletter_id}/test_group/{test_group_id}/language/{language}" -> Content;
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
        let update =
            |language: Language| UpdateTestTranslation::new(7, 0, language, ContentUpdate::new().with_body("Salut"));
        assert_eq!(update("fr".into()).replay(), Replay::Safe);
        assert_eq!(
            wire_app(update("fr".into())),
            "PUT https://api.customer.io/v1/newsletters/7/test_group/0/language/fr\n\
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
        assert!(
            default.starts_with("PUT https://api.customer.io/v1/newsletters/7/test_group/0/language/\n"),
            "{default}"
        );
        let none = ContentUpdate::new();
        for (update, expected) in [
            (update("".into()), "the language is empty"),
            (
                UpdateTestTranslation::new(0, 0, "fr", none.clone()),
                "the newsletter's id is not valid: it must be a positive number",
            ),
            (UpdateTestTranslation::new(7, "", "fr", none.clone()), "the test group's id is empty"),
            (
                UpdateTestTranslation::new(7, 0, "fr", none.with_method("put")),
                "the HTTP method of a webhook is not valid: only actions of campaigns and of broadcasts have it; leave it out",
            ),
        ] {
            assert_eq!(refused_app(update).to_string(), expected);
        }
    }

    #[test]
    fn the_response_has_the_content() {
        let json = r#"{"content":{"id":91,"language":"fr"}}"#;
        let content = parse::<UpdateTestTranslation>(Response::new(json.into())).unwrap();
        assert_eq!((content.id, content.language.as_deref()), (91.into(), Some("fr")));
    }
}
