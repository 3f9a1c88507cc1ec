//! Who an e-mail is from, and who gets it.

use serde::Serialize;

use crate::{
    BuildError, SenderId,
    change::Change,
    entity::entity,
    macros::{opaque_debug, setters},
    text::Text,
    unseen::{check_line, check_lines, check_visible},
};

entity! {
    /// The sender and the recipients of an e-mail, in a response.
    ///
    /// [`EnvelopeUpdate`] is what requests take.
    pub struct Envelope: Debug {
        /// The number of the sender.
        pub from_id: Option<SenderId>,
        /// The address of the sender.
        pub from: Option<String>,
        /// The number of the sender who gets the replies.
        pub reply_to_id: Option<SenderId>,
        /// The address that gets the replies.
        pub reply_to: Option<String>,
        /// The recipient, as Liquid.
        pub recipient: Option<String>,
        /// The recipients of a blind copy.
        pub bcc: Option<String>,
        /// Whether hidden copies have the recipient in their subject.
        pub fake_bcc: Option<bool>,
        /// The headers.
        pub headers: Vec<EmailHeader>,
    }
}

entity! {
    /// A header of an e-mail.
    pub struct EmailHeader: Debug {
        /// The name.
        pub name: Option<String>,
        /// The value.
        pub value: Option<String>,
    }
}

/// The sender and the recipients of an e-mail, in a request.
///
/// Fields that are not set stay unchanged.
///
/// What a response has can be sent again, to another e-mail for example: `EnvelopeUpdate::from(&envelope)`.
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{
///     Prepared, app::design_studio::emails::{EnvelopeUpdate, Update}, limits::Limits,
/// };
///
/// let envelope =
///     EnvelopeUpdate::new().with_from(3).without_reply_to().with_header("X-Tag", "welcome");
/// let update = Update::new("7f1f1d3c-9d1a-4b53-8c3e-2f0f6f3f5a11").with_envelope(envelope);
/// let request = Prepared::new(update, &Limits::default())?;
/// assert_eq!(
///     request.body(),
///     r#"{"envelope":{"from_id":3,"reply_to_id":null,"headers":[{"name":"X-Tag","value":"welcome"}]}}"#
/// );
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone, Default, Serialize)]
pub struct EnvelopeUpdate {
    from_id: Option<Change<SenderId>>,
    reply_to_id: Option<Change<SenderId>>,
    recipient: Option<Text>,
    bcc: Option<Text>,
    fake_bcc: Option<bool>,
    headers: Option<Vec<Header>>,
}

#[derive(Clone, Serialize)]
struct Header {
    name: Text,
    value: Text,
}

impl EnvelopeUpdate {
    /// Creates one with nothing set.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a header. Together they replace all that there are.
    #[must_use]
    pub fn with_header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        let header = Header { name: Text::new(name), value: Text::new(value) };
        self.headers.get_or_insert_default().push(header);
        self
    }

    /// Removes all headers.
    #[must_use]
    pub fn without_headers(mut self) -> Self {
        self.headers = Some(Vec::new());
        self
    }

    setters! {
        /// The sender that it is from.
        with_from, from_id: change SenderId;
        /// Removes the sender: one is needed before the e-mail is sent.
        without_from, from_id: clear;
        /// The sender that gets the replies.
        with_reply_to, reply_to_id: change SenderId;
        /// Replies go to the sender.
        without_reply_to, reply_to_id: clear;
        /// Sets the recipient, as Liquid. Default of a new e-mail: `{{customer.email}}`.
        with_recipient, recipient: text;
        /// Sets the recipients of a blind copy; an empty text for none.
        with_bcc, bcc: text;
        /// Whether hidden copies have the recipient in their subject. Default of a new e-mail: true.
        with_fake_bcc, fake_bcc: bool;
    }

    /// Refuses what the service would.
    pub(super) fn check(&self) -> Result<(), BuildError> {
        Change::check(self.from_id.as_ref())?;
        Change::check(self.reply_to_id.as_ref())?;
        check_lines([("the recipient", self.recipient.as_deref()), ("`bcc`", self.bcc.as_deref())])?;
        for Header { name, value } in self.headers.iter().flatten() {
            check_visible("the header's name", name)?;
            check_line("the header's name", name)?;
            check_line("the header's value", value)?;
        }
        Ok(())
    }
}

opaque_debug!(EnvelopeUpdate);

/// What is set in it, and the senders by their numbers. What is not set is left out, such as no sender or no headers.
impl From<&Envelope> for EnvelopeUpdate {
    fn from(envelope: &Envelope) -> Self {
        let sender = |id: Option<SenderId>| id.filter(|id| id.get() > 0).map(Change::Set);
        let text = |text: Option<&String>| text.map(Text::new);
        let header = |header: &EmailHeader| Header {
            name: Text::new(header.name.as_deref().unwrap_or_default()),
            value: Text::new(header.value.as_deref().unwrap_or_default()),
        };
        Self {
            from_id: sender(envelope.from_id),
            reply_to_id: sender(envelope.reply_to_id),
            recipient: text(envelope.recipient.as_ref()),
            bcc: text(envelope.bcc.as_ref()),
            fake_bcc: envelope.fake_bcc,
            headers: (!envelope.headers.is_empty()).then(|| envelope.headers.iter().map(header).collect()),
        }
    }
}

impl From<Envelope> for EnvelopeUpdate {
    fn from(envelope: Envelope) -> Self {
        Self::from(&envelope)
    }
}

/// One with everything in it, for the samples of operations.
#[cfg(feature = "samples")]
pub(super) fn sample() -> EnvelopeUpdate {
    EnvelopeUpdate::new()
        .with_from(3)
        .without_reply_to()
        .with_recipient("LEAK-recipient")
        .with_bcc("LEAK-bcc")
        .with_fake_bcc(false)
        .with_header("LEAK-header", "LEAK-value")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Body, testing::survives_changes};

    fn sent(update: &EnvelopeUpdate) -> String {
        update.check().unwrap();
        String::from_utf8(Body::json(update).unwrap().bytes().to_vec()).unwrap()
    }

    #[test]
    fn what_is_not_set_is_not_sent_and_what_is_cleared_is_null() {
        assert_eq!(sent(&EnvelopeUpdate::new()), "{}");
        let all = EnvelopeUpdate::new()
            .with_from(3)
            .with_reply_to(4)
            .with_recipient("{{customer.email}}")
            .with_bcc("bcc@example.com")
            .with_fake_bcc(false)
            .with_header("X-Tag", "one")
            .with_header("X-Other", "{{event.id}}");
        assert_eq!(
            sent(&all),
            "{\"from_id\":3,\"reply_to_id\":4,\"recipient\":\"{{customer.email}}\",\"bcc\":\"bcc@example.com\",\
             \"fake_bcc\":false,\"headers\":[{\"name\":\"X-Tag\",\"value\":\"one\"},\
             {\"name\":\"X-Other\",\"value\":\"{{event.id}}\"}]}"
        );
        let cleared = EnvelopeUpdate::new().with_from(3).without_from().without_reply_to().without_headers();
        assert_eq!(sent(&cleared), r#"{"from_id":null,"reply_to_id":null,"headers":[]}"#);
        assert_eq!(sent(&cleared.with_from(3).with_header("a", "")), {
            r#"{"from_id":3,"reply_to_id":null,"headers":[{"name":"a","value":""}]}"#
        });
    }

    #[test]
    fn what_cannot_be_sent_is_refused() {
        for (update, expected) in [
            (EnvelopeUpdate::new().with_from(0), "the sender's id is not valid: it must be a positive number"),
            (EnvelopeUpdate::new().with_reply_to(-1), "the sender's id is not valid: it must be a positive number"),
            (
                EnvelopeUpdate::new().with_recipient("a@x.org\r\nBcc: b@x.org"),
                "the recipient is not valid: it has a line break or another control character at byte 7",
            ),
            (
                EnvelopeUpdate::new().with_bcc("\n"),
                "`bcc` is not valid: it has a line break or another control character at byte 0",
            ),
            (EnvelopeUpdate::new().with_header("", "a"), "the header's name is empty"),
            (
                EnvelopeUpdate::new().with_header("X-Tag\n", "a"),
                "the header's name is not valid: it has a line break or another control character at byte 5",
            ),
            (
                EnvelopeUpdate::new().with_header("X-Tag", "a\r\nBcc: b"),
                "the header's value is not valid: it has a line break or another control character at byte 1",
            ),
        ] {
            assert_eq!(update.check().unwrap_err().to_string(), expected);
        }
    }

    #[test]
    fn an_envelope_is_read_field_by_field() {
        let json = json!({
            "from_id": 3, "from": "Ada <ada@example.com>", "reply_to_id": 4, "reply_to": "help@example.com",
            "recipient": "{{customer.email}}", "bcc": "", "fake_bcc": true, "headers": [{"name": "X-Tag", "value": "one"}],
        });
        let read: Envelope = serde_json::from_value(json.clone()).unwrap();
        assert_eq!((read.from_id, read.from.as_deref()), (Some(3.into()), Some("Ada <ada@example.com>")));
        assert_eq!((read.reply_to_id, read.reply_to.as_deref()), (Some(4.into()), Some("help@example.com")));
        assert_eq!((read.recipient.as_deref(), read.bcc.as_deref()), (Some("{{customer.email}}"), Some("")));
        assert_eq!((read.fake_bcc, read.headers[0].name.as_deref()), (Some(true), Some("X-Tag")));
        assert!(read.extra.is_empty() && read.headers[0].extra.is_empty());
        survives_changes::<Envelope>(&json, &[]);
    }

    #[test]
    fn what_was_read_can_be_sent_without_what_requests_do_not_take() {
        let json = json!({
            "from_id": 3, "from": "ada@example.com", "reply_to_id": null, "reply_to": "", "recipient": "{{customer.email}}",
            "fake_bcc": true, "headers": [{"name": "X-Tag", "value": "one", "new": 1}], "new": 1,
        });
        let read: Envelope = serde_json::from_value(json).unwrap();
        assert_eq!(
            sent(&read.into()),
            "{\"from_id\":3,\"recipient\":\"{{customer.email}}\",\"fake_bcc\":true,\
             \"headers\":[{\"name\":\"X-Tag\",\"value\":\"one\"}]}"
        );
        let nobody: Envelope = serde_json::from_value(json!({"from_id": 0, "headers": []})).unwrap();
        assert_eq!(sent(&EnvelopeUpdate::from(&nobody)), "{}");
    }
}
