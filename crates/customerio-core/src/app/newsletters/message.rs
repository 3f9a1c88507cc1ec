//! The content of a newsletter, as the request that creates it has it.

use http::Method;
use serde::{Serialize, Serializer};

use crate::{
    BuildError, BuildErrorKind, LayoutId, SenderId,
    json::JsonText,
    macros::{opaque_debug, setters},
    text::Text,
    unseen::{check_line, check_visible},
};

/// The content of a newsletter, by channel.
#[derive(Clone, Serialize)]
#[serde(tag = "type")]
#[non_exhaustive]
pub enum Message {
    /// An e-mail.
    #[serde(rename = "email")]
    Email(EmailMessage),
    /// A text message.
    #[serde(rename = "twilio")]
    Sms(SmsMessage),
    /// A push notification.
    #[serde(rename = "push")]
    Push(PushMessage),
    /// A message in the app.
    #[serde(rename = "in_app")]
    InApp(InAppMessage),
    /// A message in the app's inbox.
    #[serde(rename = "inbox")]
    Inbox(InboxMessage),
    /// A call of a webhook.
    #[serde(rename = "webhook")]
    Webhook(WebhookMessage),
}

opaque_debug!(Message);

impl Message {
    pub(super) fn check(&self) -> Result<(), BuildError> {
        match self {
            Self::Email(message) => message.check(),
            Self::Sms(message) => message.check(),
            Self::Push(message) => message.check(),
            Self::InApp(message) => message.check(),
            Self::Inbox(message) => message.check(),
            Self::Webhook(message) => message.check(),
        }
    }
}

/// Makes each of the types a variant of an enum.
macro_rules! variants {
    ($enum:ident: $($variant:ident($type:ident)),*) => {$(
        impl From<$type> for $enum {
            fn from(of: $type) -> Self {
                Self::$variant(of)
            }
        }
    )*};
}
pub(super) use variants;

variants!(Message: Email(EmailMessage), Sms(SmsMessage), Push(PushMessage), InApp(InAppMessage), Inbox(InboxMessage),
    Webhook(WebhookMessage));

/// An e-mail.
#[derive(Clone, Serialize)]
pub struct EmailMessage {
    subject: Text,
    body: String,
    body_plain: Option<String>,
    preheader_text: Option<Text>,
    from: Option<Text>,
    from_id: Option<SenderId>,
    layout_id: Option<LayoutId>,
}

opaque_debug!(EmailMessage);

impl EmailMessage {
    /// Creates an e-mail with this subject and this body, which is HTML; both can have Liquid.
    #[must_use]
    pub fn new(subject: impl AsRef<str>, body: impl Into<String>) -> Self {
        Self {
            subject: Text::new(subject),
            body: body.into(),
            body_plain: None,
            preheader_text: None,
            from: None,
            from_id: None,
            layout_id: None,
        }
    }

    /// The body as text without HTML. Default: made of the body.
    #[must_use]
    pub fn with_plain_body(mut self, body: impl Into<String>) -> Self {
        self.body_plain = Some(body.into());
        self
    }

    /// The sender that the e-mail is from, instead of an [address](Self::with_from_address). Default: the verified
    /// address that the workspace has had for the longest time.
    #[must_use]
    pub fn with_from(mut self, sender: impl Into<SenderId>) -> Self {
        (self.from, self.from_id) = (None, Some(sender.into()));
        self
    }

    /// The address that the e-mail is from, such as `Shop <news@example.com>`, instead of a [sender](Self::with_from):
    /// one that a sender of the workspace has.
    #[must_use]
    pub fn with_from_address(mut self, address: impl AsRef<str>) -> Self {
        (self.from, self.from_id) = (Some(Text::new(address)), None);
        self
    }

    setters! {
        /// Sets the preheader: the text that e-mail clients show beside the subject.
        with_preheader_text, preheader_text: text;
        /// The layout around the body. Default: that of the workspace.
        with_layout, layout_id: into LayoutId;
    }

    fn check(&self) -> Result<(), BuildError> {
        check_email(&self.subject, &self.body, self.preheader_text.as_ref())?;
        if let Some(from) = &self.from {
            check_visible("the sender", from)?;
            check_line("the sender", from)?;
        }
        self.from_id.map_or(Ok(()), SenderId::check)?;
        self.layout_id.map_or(Ok(()), LayoutId::check)
    }
}

/// Refuses an e-mail without a subject or a body, and what would begin a header of its own.
pub(super) fn check_email(subject: &Text, body: &str, preheader: Option<&Text>) -> Result<(), BuildError> {
    check_visible("the subject", subject)?;
    check_line("the subject", subject)?;
    preheader.map_or(Ok(()), |text| check_line("the preheader text", text))?;
    check_visible("the body", body)
}

/// A text message.
#[derive(Clone, Serialize)]
pub struct SmsMessage {
    body: String,
}

opaque_debug!(SmsMessage);

impl SmsMessage {
    /// Creates a message with this text, which can have Liquid.
    #[must_use]
    pub fn new(body: impl Into<String>) -> Self {
        Self { body: body.into() }
    }

    pub(super) fn check(&self) -> Result<(), BuildError> {
        check_visible("the body", &self.body)
    }
}

/// A push notification: a title, a body, or both.
#[derive(Clone, Serialize)]
pub struct PushMessage {
    subject: Option<Text>,
    body: Option<String>,
}

opaque_debug!(PushMessage);

impl PushMessage {
    /// Creates a notification with this body, which can have Liquid.
    #[must_use]
    pub fn new(body: impl Into<String>) -> Self {
        Self { subject: None, body: Some(body.into()) }
    }

    /// Creates a notification with only this title.
    #[must_use]
    pub fn titled(title: impl AsRef<str>) -> Self {
        Self { subject: Some(Text::new(title)), body: None }
    }

    setters! {
        /// The title.
        with_title, subject: text;
    }

    pub(super) fn check(&self) -> Result<(), BuildError> {
        self.subject.as_ref().map_or(Ok(()), |title| check_visible("the title", title))?;
        self.body.as_ref().map_or(Ok(()), |body| check_visible("the body", body))
    }
}

/// Declares a message whose body is JSON in text.
macro_rules! json_message {
    ($(#[$meta:meta])* $type:ident $(#[$new:meta])*) => {
        $(#[$meta])*
        #[derive(Clone, Serialize)]
        pub struct $type {
            body_json: JsonText,
        }

        opaque_debug!($type);

        impl $type {
            $(#[$new])*
            ///
            /// The body is anything that serialises as an object; it can have Liquid in its text. It is encoded here;
            /// what cannot be encoded is an error when the request is built.
            #[must_use]
            pub fn new(body: impl Serialize) -> Self {
                Self { body_json: JsonText::new("the body", &body) }
            }

            pub(super) fn check(&self) -> Result<(), BuildError> {
                self.body_json.check()
            }
        }
    };
}

json_message! {
    /// A message in the app.
    InAppMessage
    /// A message with this body: `message_id` or `carta_content`, `display`, `priority`, `expiration` and so on.
}

json_message! {
    /// A message in the app's inbox.
    InboxMessage
    /// A message with this body: `properties` for the app, `topics`, `type` and `expiration`.
}

/// A call of a webhook for each person.
#[derive(Clone, Serialize)]
pub struct WebhookMessage {
    #[serde(serialize_with = "as_text")]
    request_method: Method,
    url: Text,
    body: String,
}

opaque_debug!(WebhookMessage);

fn as_text<S: Serializer>(method: &Method, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(method.as_str())
}

impl WebhookMessage {
    /// Creates a request to `url` with this method, which is DELETE, GET, POST, PUT or PATCH, and this body, which can
    /// have Liquid.
    #[must_use]
    pub fn new(method: Method, url: impl AsRef<str>, body: impl Into<String>) -> Self {
        Self { request_method: method, url: Text::new(url), body: body.into() }
    }

    fn check(&self) -> Result<(), BuildError> {
        if !matches!(self.request_method, Method::DELETE | Method::GET | Method::POST | Method::PUT | Method::PATCH) {
            let reason = "it must be DELETE, GET, POST, PUT or PATCH";
            return Err(BuildError::new("the HTTP method of the webhook", BuildErrorKind::Invalid(reason.into())));
        }
        check_visible("the URL of the webhook", &self.url)
    }
}
