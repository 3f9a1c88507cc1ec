//! The content of a newsletter in another language, as the requests that add one have it.

use serde::Serialize;

use super::message::{InboxMessage, PushMessage, SmsMessage, check_email, variants};
use crate::{
    Body, BuildError,
    app::Language,
    macros::{opaque_debug, setters},
    text::Text,
};

/// The content of a newsletter in another language, by channel; there are no translations of messages in the app.
///
/// The service refuses one of another channel than the newsletter's.
#[derive(Clone, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Translation {
    /// A translation of an e-mail.
    Email(EmailTranslation),
    /// A translation of a text message.
    Sms(SmsMessage),
    /// A translation of a push notification.
    Push(PushMessage),
    /// A translation of a message in the app's inbox.
    Inbox(InboxMessage),
    /// A translation of a webhook call.
    Webhook(WebhookTranslation),
}

opaque_debug!(Translation);

variants!(Translation: Email(EmailTranslation), Sms(SmsMessage), Push(PushMessage), Inbox(InboxMessage),
    Webhook(WebhookTranslation));

/// An e-mail in another language.
///
/// Its sender and its layout are the newsletter's.
#[derive(Clone, Serialize)]
pub struct EmailTranslation {
    subject: Text,
    body: String,
    body_plain: Option<String>,
    body_amp: Option<String>,
    preheader_text: Option<Text>,
}

opaque_debug!(EmailTranslation);

impl EmailTranslation {
    /// Creates an e-mail with this subject and this body, which is HTML; both can have Liquid.
    #[must_use]
    pub fn new(subject: impl AsRef<str>, body: impl Into<String>) -> Self {
        let (subject, body) = (Text::new(subject), body.into());
        Self { subject, body, body_plain: None, body_amp: None, preheader_text: None }
    }

    /// The body as text without HTML.
    #[must_use]
    pub fn with_plain_body(mut self, body: impl Into<String>) -> Self {
        self.body_plain = Some(body.into());
        self
    }

    /// The body as AMP, for the e-mail clients that read it; the others show the body.
    #[must_use]
    pub fn with_amp_body(mut self, body: impl Into<String>) -> Self {
        self.body_amp = Some(body.into());
        self
    }

    setters! {
        /// Sets the preheader: the text that e-mail clients show beside the subject.
        with_preheader_text, preheader_text: text;
    }
}

#[cfg(feature = "samples")]
impl EmailTranslation {
    /// For the samples of operations.
    pub(super) fn sample() -> Self {
        Self::new("LEAK-subject", "LEAK-body")
            .with_plain_body("LEAK-plain")
            .with_amp_body("LEAK-amp")
            .with_preheader_text("LEAK-preheader")
    }
}

/// The body of a webhook's call in another language.
///
/// Its method and its URL are the newsletter's.
#[derive(Clone, Serialize)]
pub struct WebhookTranslation {
    body: String,
}

opaque_debug!(WebhookTranslation);

impl WebhookTranslation {
    /// Creates a call with this body, which can have Liquid.
    #[must_use]
    pub fn new(body: impl Into<String>) -> Self {
        Self { body: body.into() }
    }
}

/// A translation and its language, as the two requests have it that add one: to a newsletter, and to a test group.
#[derive(Clone)]
pub(super) struct Added {
    language: Language,
    translation: Translation,
}

impl Added {
    pub(super) fn new(language: impl Into<Language>, translation: impl Into<Translation>) -> Self {
        Self { language: language.into(), translation: translation.into() }
    }

    /// Becomes the body of a request.
    pub(super) fn into_body(self) -> Result<Body, BuildError> {
        #[derive(Serialize)]
        struct Translated<'a> {
            language: &'a str,
            #[serde(flatten)]
            translation: &'a Translation,
        }

        let language = self.language.tag()?;
        match &self.translation {
            Translation::Email(email) => check_email(&email.subject, &email.body, email.preheader_text.as_ref())?,
            Translation::Sms(message) => message.check()?,
            Translation::Push(message) => message.check()?,
            Translation::Inbox(message) => message.check()?,
            Translation::Webhook(_) => {}
        }
        Body::json(&Translated { language, translation: &self.translation })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sent(language: impl Into<Language>, translation: impl Into<Translation>) -> Result<String, String> {
        let body = Added::new(language, translation).into_body();
        body.map(|body| String::from_utf8_lossy(body.bytes()).into()).map_err(|error| error.to_string())
    }

    #[test]
    fn each_way_has_fields_of_its_own() {
        let email = EmailTranslation::new("Bonjour", "<p>Salut</p>")
            .with_plain_body("Salut")
            .with_amp_body("<html amp4email>")
            .with_preheader_text("Du nouveau");
        assert_eq!(
            sent("fr", email).unwrap(),
            "{\"language\":\"fr\",\"subject\":\"Bonjour\",\"body\":\"<p>Salut</p>\",\"body_plain\":\"Salut\",\
             \"body_amp\":\"<html amp4email>\",\"preheader_text\":\"Du nouveau\"}"
        );
        for (sent, expected) in [
            (sent("fr", EmailTranslation::new("a", "b")), r#"{"language":"fr","subject":"a","body":"b"}"#),
            (sent("fr", SmsMessage::new("Salut")), r#"{"language":"fr","body":"Salut"}"#),
            (sent("fr", PushMessage::new("Salut")), r#"{"language":"fr","body":"Salut"}"#),
            (sent("fr", PushMessage::titled("Bonjour")), r#"{"language":"fr","subject":"Bonjour"}"#),
            (sent("fr", WebhookTranslation::new("")), r#"{"language":"fr","body":""}"#),
            (
                sent("fr", InboxMessage::new(json!({"type": "a"}))),
                r#"{"language":"fr","body_json":"{\"type\":\"a\"}"}"#,
            ),
        ] {
            assert_eq!(sent.unwrap(), expected);
        }
    }

    #[test]
    fn what_cannot_be_added_is_refused() {
        let no_tag =
            "the language is not valid: the text without one is the message itself; name a language, such as `fr`";
        for (sent, expected) in [
            (sent(Language::default(), SmsMessage::new("a")), no_tag),
            (sent("", SmsMessage::new("a")), "the language is empty"),
            (sent("fr", SmsMessage::new("")), "the body is empty"),
            (sent("fr", PushMessage::new("")), "the body is empty"),
            (sent("fr", PushMessage::titled(" ")), "the title has only whitespace or invisible characters"),
            (sent("fr", EmailTranslation::new("", "a")), "the subject is empty"),
            (sent("fr", EmailTranslation::new("a", "")), "the body is empty"),
            (
                sent("fr", EmailTranslation::new("a", "b").with_preheader_text("c\nd")),
                "the preheader text is not valid: it has a line break or another control character at byte 1",
            ),
            (sent("fr", InboxMessage::new("{}")), "the body must be an object, not text"),
        ] {
            assert_eq!(sent.unwrap_err(), expected);
        }
    }
}
