//! `PUT /v1/design_studio/emails/{id}/languages/{language}`: change an e-mail in a language.

use std::time::Duration;

use http::Method;
use serde::Serialize;

use super::{
    Content, EnvelopeUpdate, Transformers,
    email_translation::check_language,
    parts::{TIMEOUT, part_setters},
};
use crate::{
    App, Body, BuildError, EmailId, Limits, Operation, Path,
    app::{Language, design_studio::nodes::check_changes},
    macros::{opaque_debug, sample},
    path::Part,
};

/// Changes an e-mail in a language.
///
/// Fields that are not set stay unchanged.
///
/// A message that the e-mail is linked to stays as it is until [`Publish`](super::Publish).
///
/// Send it with [`Client::call`](crate::Client::call).
///
/// Limits: 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/updateEmailTranslation>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{
///     Prepared, app::design_studio::emails::{Content, UpdateTranslation}, limits::Limits,
/// };
///
/// let update = UpdateTranslation::new("7f1f1d3c-9d1a-4b53-8c3e-2f0f6f3f5a11", "fr")
///     .with_content(Content::new().with_subject("Bonjour"));
/// let request = Prepared::new(update, &Limits::default())?;
/// assert_eq!(request.body(), r#"{"content":{"subject":"Bonjour"}}"#);
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone, Serialize)]
#[doc(alias = "update_email_translation")]
pub struct UpdateTranslation {
    #[serde(skip)]
    id: EmailId,
    #[serde(skip)]
    language: Language,
    content: Option<Content>,
    envelope: Option<EnvelopeUpdate>,
    transformers: Option<Transformers>,
}

impl UpdateTranslation {
    /// Creates the operation for the e-mail with this id in this language. [`Language::default()`] is none. Something
    /// must be set.
    #[must_use]
    pub fn new(id: impl Into<EmailId>, language: impl Into<Language>) -> Self {
        Self { id: id.into(), language: language.into(), content: None, envelope: None, transformers: None }
    }

    part_setters!(content envelope transformers);
}

impl Operation for UpdateTranslation {
    type Api = App;
    type Output = ();
    const NAME: &'static str = "app.design_studio.emails.update_translation";
    const METHOD: Method = Method::PUT;
    const ROUTE: &'static str = "/v1/design_studio/emails/{id}/languages/{language}";
    const ATTEMPT_TIMEOUT: Duration = TIMEOUT;

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        check_language(&self.language)?;
        self.id.write(path)?;
        self.language.write(path)
    }
    fn body(self, _: &Limits) -> Result<Body, BuildError> {
        check_changes(self.content.is_some() || self.envelope.is_some() || self.transformers.is_some())?;
        self.content.as_ref().map_or(Ok(()), Content::check)?;
        self.envelope.as_ref().map_or(Ok(()), EnvelopeUpdate::check)?;
        Body::json(&self)
    }
}

opaque_debug!(UpdateTranslation);
sample!(UpdateTranslation: Self::new("LEAK-email", "LEAK-language")
    .with_content(super::content::sample())
    .with_envelope(super::envelope::sample())
    .with_transformers(super::transformers::sample()));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Replay,
        testing::{body, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        let update = UpdateTranslation::new("e-1", "fr")
            .with_content(Content::new().with_amp("<html amp4email>").with_preheader_text("Salut"))
            .with_envelope(EnvelopeUpdate::new().without_from())
            .with_transformers(Transformers::new().with_encode_entities(true));
        assert_eq!(update.replay(), Replay::Safe);
        assert_eq!(
            wire_app(update),
            "PUT https://api.customer.io/v1/design_studio/emails/e-1/languages/fr\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 143\n\
             \n\
             {\"content\":{\"amp\":\"<html amp4email>\",\"preheader_text\":\"Salut\"},\"envelope\":{\"from_id\":null},\
             \"transformers\":{\"encode_entities\":{\"enabled\":true}}}"
        );
        let content = UpdateTranslation::new("e-1", "fr").with_content(Content::new().with_html(""));
        assert_eq!(body(content), r#"{"content":{"html":""}}"#);
    }

    #[test]
    fn what_the_service_does_not_take_is_refused() {
        let update = |language: Language| UpdateTranslation::new("e-1", language);
        let changed = |language: Language| update(language).with_transformers(Transformers::new());
        let no_language = "the language is not valid: a translation has one: use the operation on the e-mail itself";
        for (update, expected) in [
            (update("fr".into()), "the update is not valid: it changes nothing: set what should change"),
            (changed(Language::default()), no_language),
            (changed("".into()), "the language is empty"),
            (
                update("fr".into()).with_content(Content::new().with_subject("Hi\r\nBcc: b@x.org")),
                "the subject is not valid: it has a line break or another control character at byte 2",
            ),
            (
                update("fr".into()).with_envelope(EnvelopeUpdate::new().with_from(-1)),
                "the sender's id is not valid: it must be a positive number",
            ),
            (UpdateTranslation::new("", "fr").with_content(Content::new()), "the e-mail's id is empty"),
        ] {
            assert_eq!(refused_app(update).to_string(), expected);
        }
    }
}
