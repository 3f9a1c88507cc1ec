//! What a message says, as requests have it.

use serde::Serialize;

use crate::{
    Body, BuildError, BuildErrorKind, SenderId,
    change::Change,
    entity::open_enum,
    json::JsonText,
    macros::{opaque_debug, setters},
    text::Text,
    unseen::check_lines,
};

/// The changes to the content of a message: of an action of a campaign or a broadcast, of a variant of a newsletter, or
/// of a transactional message.
///
/// Fields that are not set stay unchanged.
///
/// Which fields a message has depends on its channel; the service refuses the others. A body that was created with the
/// drag-and-drop editor cannot be changed.
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::{ContentUpdate, campaigns::UpdateAction}, limits::Limits};
///
/// let update = ContentUpdate::new().with_subject("Welcome!").without_reply_to();
/// let request = Prepared::new(UpdateAction::new(46, 7, update), &Limits::default())?;
/// assert_eq!(request.body(), r#"{"subject":"Welcome!","reply_to_id":null}"#);
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone, Default, Serialize)]
pub struct ContentUpdate {
    body: Option<String>,
    body_plain: Option<String>,
    body_amp: Option<String>,
    body_json: Option<JsonText>,
    subject: Option<Text>,
    preheader_text: Option<Text>,
    recipient: Option<Text>,
    from_id: Option<SenderId>,
    reply_to_id: Option<Change<SenderId>>,
    sender_identity_id: Option<SenderId>,
    headers: Option<Headers>,
    image_url: Option<Text>,
    url: Option<Text>,
    method: Option<Text>,
    sending_state: Option<SendingState>,
    send_to_unsubscribed: Option<bool>,
    tracked: Option<bool>,
}

open_enum! {
    /// The behaviour of an action when a person reaches it.
    pub enum SendingState {
        /// Sends the message.
        Automatic = "automatic",
        /// Creates drafts.
        Draft = "draft",
        /// Does nothing.
        Off = "off",
    }
}

/// The headers of an e-mail or of a newsletter's webhook, or those of an action's webhook, which are JSON in text.
#[derive(Clone, Serialize)]
#[serde(untagged)]
enum Headers {
    List(Vec<Header>),
    Text(JsonText),
}

#[derive(Clone, Serialize)]
struct Header {
    name: Text,
    value: Text,
}

impl ContentUpdate {
    /// Creates an update without changes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The body: HTML, text, or the JSON of a webhook.
    #[must_use]
    pub fn with_body(mut self, body: impl Into<String>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// The body of an e-mail as text without HTML. Only for newsletters.
    #[must_use]
    pub fn with_plain_body(mut self, body: impl Into<String>) -> Self {
        self.body_plain = Some(body.into());
        self
    }

    /// The body of an e-mail as AMP, for the clients that read it; the others show the body.
    #[must_use]
    pub fn with_amp_body(mut self, body: impl Into<String>) -> Self {
        self.body_amp = Some(body.into());
        self
    }

    /// The body of a WhatsApp message, or of a newsletter to the inbox, as JSON: anything that serialises as an object.
    /// It is encoded here; what cannot be encoded is an error when the request is built.
    #[must_use]
    pub fn with_body_json(mut self, body: impl Serialize) -> Self {
        self.body_json = Some(JsonText::new("the body", &body));
        self
    }

    /// Adds a header to those of an e-mail, or of a newsletter's webhook. Together they replace all that there are.
    ///
    /// Names and values are ASCII without spaces; some names are reserved.
    #[must_use]
    pub fn with_header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        let header = Header { name: Text::new(name), value: Text::new(value) };
        match &mut self.headers {
            Some(Headers::List(headers)) => headers.push(header),
            _ => self.headers = Some(Headers::List(vec![header])),
        }
        self
    }

    /// The headers of an action's webhook: an object of names and values. They replace all that there are.
    #[must_use]
    pub fn with_webhook_headers(mut self, headers: impl Serialize) -> Self {
        self.headers = Some(Headers::Text(JsonText::new("the headers", &headers)));
        self
    }

    setters! {
        /// The subject of an e-mail, or the title of a push message.
        with_subject, subject: text;
        /// Sets the preheader: the text that e-mail clients show beside the subject.
        with_preheader_text, preheader_text: text;
        /// Sets the recipient, as Liquid such as `{{customer.email}}`.
        with_recipient, recipient: text;
        /// The sender that an e-mail is from.
        with_from, from_id: into SenderId;
        /// The sender who gets the replies.
        with_reply_to, reply_to_id: change SenderId;
        /// Replies go to the sender.
        without_reply_to, reply_to_id: clear;
        /// The sender of a WhatsApp message. Only for actions.
        with_sender_identity, sender_identity_id: into SenderId;
        /// The URL of the image of an SMS. Only for actions.
        with_image_url, image_url: text;
        /// The URL that a webhook calls. Only for actions.
        with_url, url: text;
        /// The HTTP method of a webhook: `get`, `post`, `put`, `patch` or `delete`. Only for actions.
        with_method, method: text;
        /// Whether the action sends, makes drafts, or is off. Only for actions.
        with_sending_state, sending_state: into SendingState;
        /// Whether a WhatsApp message goes to those who unsubscribed, too. Only for actions.
        with_send_to_unsubscribed, send_to_unsubscribed: bool;
        /// Whether the links of a WhatsApp message are tracked. Only for actions.
        with_tracked, tracked: bool;
    }

    /// Becomes the body of a request about what is no action: refuses what actions alone have.
    pub(in crate::app) fn into_content_body(self) -> Result<Body, BuildError> {
        let set = [
            (matches!(self.headers, Some(Headers::Text(_))), "a webhook's headers as an object"),
            (self.sender_identity_id.is_some(), "the sender of a WhatsApp message"),
            (self.image_url.is_some(), "the URL of an image"),
            (self.url.is_some(), "the URL that a webhook calls"),
            (self.method.is_some(), "the HTTP method of a webhook"),
            (self.sending_state.is_some(), "whether it sends"),
            (self.send_to_unsubscribed.is_some(), "whether it goes to those who unsubscribed"),
            (self.tracked.is_some(), "whether links are tracked"),
        ];
        if let Some((_, what)) = set.iter().find(|(is_set, _)| *is_set) {
            let reason = "only actions of campaigns and of broadcasts have it; leave it out";
            return Err(BuildError::new(*what, BuildErrorKind::Invalid(reason.into())));
        }
        self.into_body()
    }

    /// Becomes the body of a request.
    pub(in crate::app) fn into_body(self) -> Result<Body, BuildError> {
        let is_no_header =
            |header: &Header| !is_plain(&header.name) || !is_plain(&header.value) || header.name.is_empty();
        match &self.headers {
            Some(Headers::List(headers)) if headers.iter().any(is_no_header) => {
                let reason = "names and values are ASCII characters without spaces";
                return Err(BuildError::new("a header", BuildErrorKind::Invalid(reason.into())));
            }
            Some(Headers::Text(json)) => json.check()?,
            _ => {}
        }
        // They become headers of e-mails.
        check_lines([
            ("the subject", self.subject.as_deref()),
            ("the preheader text", self.preheader_text.as_deref()),
            ("the recipient", self.recipient.as_deref()),
        ])?;
        self.body_json.as_ref().map_or(Ok(()), JsonText::check)?;
        for id in [self.from_id, self.sender_identity_id] {
            id.map_or(Ok(()), SenderId::check)?;
        }
        Change::check(self.reply_to_id.as_ref())?;
        Body::json(&self)
    }
}

/// For the samples of operations.
#[cfg(feature = "samples")]
impl ContentUpdate {
    /// What an e-mail has, whatever it is a part of.
    pub(in crate::app) fn sample() -> Self {
        Self::new()
            .with_body("LEAK-body")
            .with_amp_body("LEAK-amp")
            .with_subject("LEAK-subject")
            .with_preheader_text("LEAK-preheader")
            .with_recipient("LEAK-recipient")
            .with_from(3)
            .with_reply_to(4)
            .with_header("X-Tag", "LEAK-header")
    }

    /// What actions alone have, with it.
    pub(in crate::app) fn sample_of_action() -> Self {
        Self::sample()
            .with_image_url("LEAK-image")
            .with_url("LEAK-url")
            .with_method("post")
            .with_sending_state(SendingState::Draft)
    }
}

fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic())
}

opaque_debug!(ContentUpdate);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sent(update: ContentUpdate) -> Result<String, String> {
        update.into_body().map(|body| String::from_utf8_lossy(body.bytes()).into()).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_not_set_is_not_sent_and_what_is_cleared_is_null() {
        assert_eq!(sent(ContentUpdate::new()).unwrap(), "{}");
        assert_eq!(sent(ContentUpdate::new().with_reply_to(7)).unwrap(), r#"{"reply_to_id":7}"#);
        assert_eq!(sent(ContentUpdate::new().with_reply_to(7).without_reply_to()).unwrap(), r#"{"reply_to_id":null}"#);
        let email = ContentUpdate::new()
            .with_body("<b>Hi</b>")
            .with_plain_body("Hi")
            .with_amp_body("<html amp4email>")
            .with_subject("Hello")
            .with_preheader_text("You there?")
            .with_recipient("{{customer.email}}")
            .with_from(3)
            .with_header("X-Tag", "one")
            .with_header("X-Other", "two");
        assert_eq!(
            sent(email).unwrap(),
            "{\"body\":\"<b>Hi</b>\",\"body_plain\":\"Hi\",\"body_amp\":\"<html amp4email>\",\"subject\":\"Hello\",\
             \"preheader_text\":\"You there?\",\"recipient\":\"{{customer.email}}\",\"from_id\":3,\
             \"headers\":[{\"name\":\"X-Tag\",\"value\":\"one\"},{\"name\":\"X-Other\",\"value\":\"two\"}]}"
        );
    }

    #[test]
    fn json_in_text_is_encoded_when_it_is_given() {
        let webhook = ContentUpdate::new()
            .with_url("https://a.example")
            .with_method("put")
            .with_webhook_headers(json!({"X-Key": "a b"}))
            .with_sending_state(SendingState::Off);
        assert_eq!(
            sent(webhook).unwrap(),
            r#"{"headers":"{\"X-Key\":\"a b\"}","url":"https://a.example","method":"put","sending_state":"off"}"#
        );
        let whatsapp = ContentUpdate::new()
            .with_body_json(json!({"body": "Hi"}))
            .with_sender_identity(4)
            .with_send_to_unsubscribed(false)
            .with_tracked(true)
            .with_image_url("https://b.example");
        assert_eq!(
            sent(whatsapp).unwrap(),
            "{\"body_json\":\"{\\\"body\\\":\\\"Hi\\\"}\",\"sender_identity_id\":4,\"image_url\":\"https://b.example\",\
             \"send_to_unsubscribed\":false,\"tracked\":true}"
        );
    }

    #[test]
    fn what_cannot_be_sent_is_refused() {
        for (update, expected) in [
            (ContentUpdate::new().with_header("X Tag", "a"), "a header is not valid"),
            (ContentUpdate::new().with_header("X-Tag", "ü"), "a header is not valid"),
            (ContentUpdate::new().with_header("", "a"), "a header is not valid"),
            (ContentUpdate::new().with_subject("Hi\r\nBcc: b@x.org"), "the subject is not valid: it has a line break"),
            (ContentUpdate::new().with_preheader_text("a\nb"), "the preheader text is not valid: it has a line break"),
            (ContentUpdate::new().with_recipient("a@x.org\nb"), "the recipient is not valid: it has a line break"),
            (ContentUpdate::new().with_from(0), "the sender's id"),
            (ContentUpdate::new().with_reply_to(-1), "the sender's id"),
            (ContentUpdate::new().with_body_json(std::collections::BTreeMap::from([("a", f64::NAN)])), "`a` is NaN"),
            (ContentUpdate::new().with_body_json(r#"{"body":"Hi"}"#), "the body must be an object, not text"),
            (ContentUpdate::new().with_body_json(()), "the body is empty"),
            (ContentUpdate::new().with_webhook_headers([1]), "the headers must be an object, not a list"),
        ] {
            let error = sent(update).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn what_actions_alone_have_is_refused_elsewhere() {
        for (update, what) in [
            (ContentUpdate::new().with_webhook_headers(json!({})), "a webhook's headers as an object"),
            (ContentUpdate::new().with_sender_identity(1), "the sender of a WhatsApp message"),
            (ContentUpdate::new().with_image_url("a"), "the URL of an image"),
            (ContentUpdate::new().with_url("a"), "the URL that a webhook calls"),
            (ContentUpdate::new().with_method("get"), "the HTTP method of a webhook"),
            (ContentUpdate::new().with_sending_state("off"), "whether it sends"),
            (ContentUpdate::new().with_send_to_unsubscribed(false), "whether it goes to those who unsubscribed"),
            (ContentUpdate::new().with_tracked(false), "whether links are tracked"),
        ] {
            assert!(update.clone().into_body().is_ok(), "{what}");
            assert_eq!(
                update.into_content_body().unwrap_err().to_string(),
                format!("{what} is not valid: only actions of campaigns and of broadcasts have it; leave it out")
            );
        }
        let body = ContentUpdate::new().with_header("X-Tag", "a").with_body_json(json!({"a": 1})).into_content_body();
        assert_eq!(
            String::from_utf8_lossy(body.unwrap().bytes()),
            r#"{"body_json":"{\"a\":1}","headers":[{"name":"X-Tag","value":"a"}]}"#
        );
    }
}
