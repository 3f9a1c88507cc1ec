//! `POST /v1/newsletters/{newsletter_id}/language`: add a translation to a newsletter.

use http::Method;

use super::{Newsletter, Translation, translation::Added};
use crate::{
    App, Body, BuildError, Limits, NewsletterId, Operation, Path,
    app::Language,
    macros::{opaque_debug, sample},
    path::Part,
};

/// Adds a translation to a newsletter that was not sent yet.
///
/// It is not retried after a lost response: the second would be refused with a 422, because the translation is there.
/// [`UpdateTranslation`](super::UpdateTranslation) changes one that is there.
///
/// The service refuses a newsletter with an A/B test, see [`CreateTestTranslation`](super::CreateTestTranslation), and
/// one that was created in Design Studio or with the drag-and-drop editor.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `Newsletter`.
///
/// Limits: 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/createNewsletterLanguageVariant>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{
///     Prepared, app::newsletters::{CreateTranslation, EmailTranslation}, limits::Limits,
/// };
///
/// let french = CreateTranslation::new(7, "fr", EmailTranslation::new("Bonjour", "<p>Salut</p>"));
/// let request = Prepared::new(french, &Limits::default())?;
/// assert_eq!(request.path(), "/v1/newsletters/7/language");
/// assert_eq!(request.body(), r#"{"language":"fr","subject":"Bonjour","body":"<p>Salut</p>"}"#);
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "create_newsletter_language_variant")]
pub struct CreateTranslation {
    newsletter_id: NewsletterId,
    added: Added,
}

impl CreateTranslation {
    /// Creates the operation for the newsletter's content in this language.
    #[must_use]
    pub fn new(
        newsletter_id: impl Into<NewsletterId>,
        language: impl Into<Language>,
        translation: impl Into<Translation>,
    ) -> Self {
        Self { newsletter_id: newsletter_id.into(), added: Added::new(language, translation) }
    }
}

impl Operation for CreateTranslation {
    type Api = App;
    type Output = Newsletter;
    const NAME: &'static str = "app.newsletters.create_translation";
    const METHOD: Method = Method::POST;
    const ROUTE: &'static str = "/v1/newsletters/{newsletter_id}/language";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.newsletter_id.write(path)
    }
    fn body(self, _: &Limits) -> Result<Body, BuildError> {
        self.added.into_body()
    }
}

opaque_debug!(CreateTranslation);
sample!(CreateTranslation:
    Self::new(7, "fr", super::EmailTranslation::sample());
    Self::new(7, "fr", super::InboxMessage::new(serde_json::json!({"type": "LEAK-type"}))));

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;
    use crate::{
        Replay,
        app::newsletters::EmailTranslation,
        parse,
        testing::{refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        let email = EmailTranslation::new("Bonjour", "<p>Salut</p>");
        let create = CreateTranslation::new(7, "pt-BR", email.clone());
        assert_eq!(create.replay(), Replay::OnlyIfNotSent);
        assert_eq!(
            wire_app(create),
            "POST https://api.customer.io/v1/newsletters/7/language\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 62\n\
             \n\
             {\"language\":\"pt-BR\",\"subject\":\"Bonjour\",\"body\":\"<p>Salut</p>\"}"
        );
        for (create, expected) in [
            (
                CreateTranslation::new(0, "fr", email.clone()),
                "the newsletter's id is not valid: it must be a positive number",
            ),
            (CreateTranslation::new(7, "", email.clone()), "the language is empty"),
            (
                CreateTranslation::new(7, Language::default(), email),
                "the language is not valid: the text without one is the message itself; name a language, such as `fr`",
            ),
        ] {
            assert_eq!(refused_app(create).to_string(), expected);
        }
    }

    #[test]
    fn the_response_has_the_newsletter() {
        let json = r#"{"newsletter":{"id":7,"content_ids":[90,91]}}"#;
        let newsletter = parse::<CreateTranslation>(Response::new(json.into())).unwrap();
        assert_eq!((newsletter.id, newsletter.content_ids), (7.into(), vec![90.into(), 91.into()]));
    }
}
