//! `POST /v1/newsletters/{newsletter_id}/test_group/{test_group_id}/language`: add a translation to a test group.

use http::Method;

use super::{Newsletter, Translation, translation::Added};
use crate::{
    App, Body, BuildError, Limits, NewsletterId, Operation, Path, TestGroupId,
    app::Language,
    macros::{opaque_debug, sample},
    path::Part,
};

/// Adds a translation to a group of the A/B test of a newsletter that was not sent yet.
///
/// It is not retried after a lost response: the second would be refused with a 422, because the translation is there.
/// [`UpdateTestTranslation`](super::UpdateTestTranslation) changes one that is there.
///
/// The service refuses a newsletter that was created in Design Studio or with the drag-and-drop editor.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `Newsletter`.
///
/// Limits: 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/createNewsletterTestLanguageVariant>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{
///     Prepared, app::newsletters::{CreateTestTranslation, SmsMessage}, limits::Limits,
/// };
///
/// let french = CreateTestTranslation::new(7, 0, "fr", SmsMessage::new("Salut"));
/// let request = Prepared::new(french, &Limits::default())?;
/// assert_eq!(request.path(), "/v1/newsletters/7/test_group/0/language");
/// assert_eq!(request.body(), r#"{"language":"fr","body":"Salut"}"#);
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "create_newsletter_test_language_variant")]
pub struct CreateTestTranslation {
    newsletter_id: NewsletterId,
    test_group_id: TestGroupId,
    added: Added,
}

impl CreateTestTranslation {
    /// Creates the operation for the newsletter's content for this group in this language.
    #[must_use]
    pub fn new(
        newsletter_id: impl Into<NewsletterId>,
        test_group_id: impl Into<TestGroupId>,
        language: impl Into<Language>,
        translation: impl Into<Translation>,
    ) -> Self {
        Self {
            newsletter_id: newsletter_id.into(),
            test_group_id: test_group_id.into(),
            added: Added::new(language, translation),
        }
    }
}

impl Operation for CreateTestTranslation {
    type Api = App;
    type Output = Newsletter;
    const NAME: &'static str = "app.newsletters.create_test_translation";
    const METHOD: Method = Method::POST;
    const ROUTE: &'static str = "/v1/newsletters/{newsletter_id}/test_group/{test_group_id}/language";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.newsletter_id.write(path)?;
        self.test_group_id.write(path)
    }
    fn body(self, _: &Limits) -> Result<Body, BuildError> {
        self.added.into_body()
    }
}

opaque_debug!(CreateTestTranslation);
sample!(CreateTestTranslation:
    Self::new(7, "LEAK-group", "fr", super::EmailTranslation::sample());
    Self::new(7, "LEAK-group", "fr", super::InboxMessage::new(serde_json::json!({"type": "LEAK-type"}))));

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;
    use crate::{
        Replay,
        app::newsletters::PushMessage,
        parse,
        testing::{refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        let create = CreateTestTranslation::new(7, 0, "fr", PushMessage::new("Salut").with_title("Bonjour"));
        assert_eq!(create.replay(), Replay::OnlyIfNotSent);
        assert_eq!(
            wire_app(create),
            "POST https://api.customer.io/v1/newsletters/7/test_group/0/language\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 52\n\
             \n\
             {\"language\":\"fr\",\"subject\":\"Bonjour\",\"body\":\"Salut\"}"
        );
        let push = PushMessage::new("Salut");
        for (create, expected) in [
            (
                CreateTestTranslation::new(0, 0, "fr", push.clone()),
                "the newsletter's id is not valid: it must be a positive number",
            ),
            (CreateTestTranslation::new(7, "", "fr", push.clone()), "the test group's id is empty"),
            (
                CreateTestTranslation::new(7, 0, Language::default(), push),
                "the language is not valid: the text without one is the message itself; name a language, such as `fr`",
            ),
        ] {
            assert_eq!(refused_app(create).to_string(), expected);
        }
    }

    #[test]
    fn the_response_has_the_newsletter() {
        let json = r#"{"newsletter":{"id":7,"content_ids":[90,91]}}"#;
        let newsletter = parse::<CreateTestTranslation>(Response::new(json.into())).unwrap();
        assert_eq!((newsletter.id, newsletter.content_ids), (7.into(), vec![90.into(), 91.into()]));
    }
}
