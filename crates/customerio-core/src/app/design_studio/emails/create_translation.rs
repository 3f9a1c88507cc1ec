//! `POST /v1/design_studio/emails/{id}/languages`: create a translation of an e-mail.

use std::time::Duration;

use http::Method;
use serde::Serialize;

use super::{
    Content, EmailTranslation, EnvelopeUpdate, Transformers,
    email_translation::check_language,
    parts::{TIMEOUT, part_setters},
};
use crate::{
    App, Body, BuildError, EmailId, Limits, Operation, Path,
    app::Language,
    limits::READ_RESPONSE,
    macros::{opaque_debug, sample},
    path::Part,
};

/// Creates a translation of an e-mail.
///
/// What is not set is copied from the e-mail.
///
/// It is not retried after a lost response, because a second one would be refused: an e-mail has one translation for
/// each language.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `EmailTranslation`.
///
/// Limits: 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/createEmailTranslation>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{
///     Prepared, app::design_studio::emails::{Content, CreateTranslation}, limits::Limits,
/// };
///
/// let content = Content::new().with_subject("Bonjour").with_html("<p>Salut</p>");
/// let create =
///     CreateTranslation::new("7f1f1d3c-9d1a-4b53-8c3e-2f0f6f3f5a11", "fr").with_content(content);
/// let request = Prepared::new(create, &Limits::default())?;
/// assert_eq!(
///     request.body(),
///     r#"{"language":"fr","content":{"html":"<p>Salut</p>","subject":"Bonjour"}}"#
/// );
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone, Serialize)]
#[doc(alias = "create_email_translation")]
pub struct CreateTranslation {
    #[serde(skip)]
    id: EmailId,
    #[serde(serialize_with = "as_text")]
    language: Language,
    content: Option<Content>,
    envelope: Option<EnvelopeUpdate>,
    transformers: Option<Transformers>,
}

fn as_text<S: serde::Serializer>(language: &Language, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(language)
}

impl CreateTranslation {
    /// Creates a translation of the e-mail with this id into this language. [`Language::default()`] is none.
    ///
    /// The service refuses a content without a field that it needs: one that is set has all that the e-mail has.
    #[must_use]
    pub fn new(id: impl Into<EmailId>, language: impl Into<Language>) -> Self {
        Self { id: id.into(), language: language.into(), content: None, envelope: None, transformers: None }
    }

    part_setters!(content envelope transformers);
}

impl Operation for CreateTranslation {
    type Api = App;
    type Output = EmailTranslation;
    const NAME: &'static str = "app.design_studio.emails.create_translation";
    const METHOD: Method = Method::POST;
    const ROUTE: &'static str = "/v1/design_studio/emails/{id}/languages";
    const RESPONSE_LIMIT: usize = READ_RESPONSE;
    const ATTEMPT_TIMEOUT: Duration = TIMEOUT;

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.id.write(path)
    }
    fn body(self, _: &Limits) -> Result<Body, BuildError> {
        check_language(&self.language)?;
        self.content.as_ref().map_or(Ok(()), Content::check)?;
        self.envelope.as_ref().map_or(Ok(()), EnvelopeUpdate::check)?;
        Body::json(&self)
    }
}

opaque_debug!(CreateTranslation);
sample!(CreateTranslation: Self::new("LEAK-email", "LEAK-language")
    .with_content(super::content::sample())
    .with_envelope(super::envelope::sample())
    .with_transformers(super::transformers::sample()));

#[cfg(test)]
mod tests {
    use http::Response;
    use serde_json::json;

    use super::*;
    use crate::{
        Replay, parse,
        testing::{body, refused_app, survives_changes, wire_app},
    };

    #[test]
    fn the_whole_request() {
        let create = CreateTranslation::new("e-1", "pt-BR")
            .with_content(Content::new().with_subject("Olá"))
            .with_envelope(EnvelopeUpdate::new().with_from(3))
            .with_transformers(Transformers::new().with_prevent_widows(false));
        assert_eq!(create.replay(), Replay::OnlyIfNotSent);
        assert_eq!(
            wire_app(create),
            "POST https://api.customer.io/v1/design_studio/emails/e-1/languages\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 126\n\
             \n\
             {\"language\":\"pt-BR\",\"content\":{\"subject\":\"Olá\"},\"envelope\":{\"from_id\":3},\
             \"transformers\":{\"prevent_widows\":{\"enabled\":false}}}"
        );
        assert_eq!(body(CreateTranslation::new("e-1", "fr")), r#"{"language":"fr"}"#);
    }

    #[test]
    fn what_the_service_does_not_take_is_refused() {
        let no_language = "the language is not valid: a translation has one: use the operation on the e-mail itself";
        for (create, expected) in [
            (CreateTranslation::new("e-1", ""), "the language is empty"),
            (CreateTranslation::new("e-1", Language::default()), no_language),
            (CreateTranslation::new(" ", "fr"), "the e-mail's id has only whitespace or invisible characters"),
            (
                CreateTranslation::new("e-1", "fr").with_content(Content::new().with_subject("Hi\r\nBcc: b@x.org")),
                "the subject is not valid: it has a line break or another control character at byte 2",
            ),
            (
                CreateTranslation::new("e-1", "fr").with_envelope(EnvelopeUpdate::new().with_reply_to(0)),
                "the sender's id is not valid: it must be a positive number",
            ),
        ] {
            assert_eq!(refused_app(create).to_string(), expected);
        }
    }

    #[test]
    fn a_translation_is_read_field_by_field() {
        let translation = json!({
            "language": "fr", "language_group_id": "e-1", "parent_folder_id": "f-1", "is_template": true,
            "is_linked": false, "available_languages": ["fr"], "content": {"subject": "Bonjour"},
            "envelope": {"reply_to_id": 4}, "transformers": {"css_variables": {"preserve": true}},
            "created": 1_700_000_000, "updated": 1_700_000_001,
        });
        let json = json!({"email_translation": translation}).to_string();
        let read = parse::<CreateTranslation>(Response::new(json.into())).unwrap();
        assert_eq!((read.language.as_str(), read.email_id), ("fr", Some("e-1".into())));
        assert_eq!((read.parent_folder_id, read.available_languages), (Some("f-1".into()), vec!["fr".to_owned()]));
        assert_eq!((read.is_template, read.is_linked), (Some(true), Some(false)));
        assert_eq!(read.content.unwrap().subject.as_deref(), Some("Bonjour"));
        assert_eq!(read.envelope.unwrap().reply_to_id, Some(4.into()));
        assert_eq!(read.transformers.unwrap().css_variables.unwrap().preserve, Some(true));
        assert_eq!((read.created, read.updated), (Some(1_700_000_000.into()), Some(1_700_000_001.into())));
        assert!(read.extra.is_empty());
        survives_changes::<EmailTranslation>(&translation, &["language"]);
    }
}
