//! `POST /v1/send/email`: send a transactional e-mail.

use std::time::Duration;

use http::Method;
use serde::{Serialize, Serializer};

use super::{
    Attachment,
    message::{MessageFields, Pairs, SentMessage, are_distinct, common_setters, write_set},
};
use crate::{
    App, Body, BuildError, BuildErrorKind, Limits, Operation, PersonId, Quota, TransactionalMessageId,
    json::Writer,
    limits::{check_bytes, check_count},
    macros::{opaque_debug, sample, setters},
    text::Text,
    unseen::{check_line, check_lines, check_visible},
};

/// Sends an e-mail.
///
/// A field that is not set is not sent: the transactional message's own setting applies.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `SentMessage`, or with the short method
/// `send_email`.
///
/// Limits: 15 recipients over `to`, `cc` and `bcc`; 2 MB of attachments; 1 MB for the rest; `send_at` up to 90 days
/// ahead; 3000 messages in 3 seconds, not strictly enforced.
/// <https://docs.customer.io/integrations/api/app/#operation/sendEmail>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{PersonId, Prepared, app::{Attachment, SendEmail}, limits::Limits};
/// use serde_json::json;
///
/// let reset = SendEmail::from_template("password_reset", "ada@example.com")
///     .with_identifiers(PersonId::email("ada@example.com"))
///     .with_message_data(json!({"link": "https://example.com/reset/1"}));
/// let request = Prepared::new(reset, &Limits::default())?;
/// assert_eq!(
///     request.body(),
///     r#"{"to":"ada@example.com","transactional_message_id":"password_reset","identifiers":{"email":"ada@example.com"},"message_data":{"link":"https://example.com/reset/1"}}"#
/// );
///
/// let invoice =
///     SendEmail::new("ada@example.com", "shop@example.com", "Your invoice", "<p>Thank you!</p>")
///         .with_attachment(Attachment::from_bytes("invoice.pdf", b"%PDF-"));
/// assert_eq!(Prepared::new(invoice, &Limits::default())?.path(), "/v1/send/email");
/// # Ok::<(), customerio::BuildError>(())
/// ```
///
/// Lists of recipients are separated by commas; a name that has a comma goes in quotes, as in `"Lovelace, Ada"
/// <ada@example.com>`. A line break or another control character is refused in recipients, sender, reply address,
/// subject, headers and the names of attachments: there it would begin another header.
#[derive(Clone)]
#[doc(alias = "send_email")]
#[doc(alias = "SendEmailRequest")]
pub struct SendEmail {
    fields: EmailFields,
    common: MessageFields,
}

/// The fields that no other channel has.
#[derive(Clone, Default)]
struct EmailFields {
    to: Text,
    cc: Option<Text>,
    bcc: Option<Text>,
    fake_bcc: Option<bool>,
    from: Option<Text>,
    reply_to: Option<Text>,
    subject: Option<Text>,
    preheader: Option<Text>,
    body: Option<Text>,
    body_plain: Option<Text>,
    body_amp: Option<Text>,
    disable_css_preprocessing: Option<bool>,
    headers: Pairs,
    attachments: Vec<Attachment>,
}

impl SendEmail {
    /// Creates the transactional message `message` to the addresses `to`.
    #[must_use]
    pub fn from_template(message: impl Into<TransactionalMessageId>, to: impl AsRef<str>) -> Self {
        let fields = EmailFields { to: Text::new(to), ..EmailFields::default() };
        Self { fields, common: MessageFields::default() }.with_transactional_message(message)
    }

    /// Creates an e-mail with your own HTML `body`, to the addresses `to`.
    ///
    /// The vendor still recommends naming a transactional message, with
    /// [`with_transactional_message`](Self::with_transactional_message).
    #[must_use]
    pub fn new(to: impl AsRef<str>, from: impl AsRef<str>, subject: impl AsRef<str>, body: impl AsRef<str>) -> Self {
        let fields = EmailFields { to: Text::new(to), ..EmailFields::default() };
        Self { fields, common: MessageFields::default() }.with_from(from).with_subject(subject).with_body(body)
    }

    /// Data for the message's Liquid, as in `{{trigger.link}}`: anything that serialises as an object. It is encoded
    /// here; what cannot be encoded is an error when the request is built.
    #[must_use]
    pub fn with_message_data(mut self, data: impl Serialize) -> Self {
        self.common.set_message_data(&data);
        self
    }

    /// Adds a header. A name is visible ASCII without colons and can be given once, in whatever case; a value is ASCII
    /// without control characters. Some names are the vendor's own and cannot be set.
    ///
    /// Headers are sent as an object, `{"X-Tag":"a"}`. The vendor's reference describes a string with a list in it and
    /// shows an object; the vendor's own clients send the object.
    #[must_use]
    pub fn with_header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        self.fields.headers.push(name, value);
        self
    }

    /// Adds a file. With one, an attempt may take 30 seconds instead of 10.
    #[must_use]
    pub fn with_attachment(mut self, attachment: Attachment) -> Self {
        self.fields.attachments.push(attachment);
        self
    }

    /// Adds files.
    #[must_use]
    pub fn with_attachments(mut self, attachments: impl IntoIterator<Item = Attachment>) -> Self {
        self.fields.attachments.extend(attachments);
        self
    }

    setters! {
        /// The transactional message that the e-mail belongs to. The other fields override those of the transactional
        /// message.
        #[doc(alias = "with_template")]
        with_transactional_message, common.transactional_message_id: into TransactionalMessageId;
        /// The person that the e-mail is about. Older versions of the contract required one.
        with_identifiers, common.identifiers: into PersonId;
        /// Recipients of a copy, whom everyone sees.
        with_cc, fields.cc: text;
        /// Recipients of a copy, whom no one sees.
        with_bcc, fields.bcc: text;
        /// Whether the hidden recipients get a copy of their own, with the recipient in the subject.
        with_fake_bcc, fields.fake_bcc: bool;
        /// The sender: an address that Customer.io has verified. A display name goes in quotes.
        with_from, fields.from: text;
        /// Sets the address for replies, if it is not the sender's.
        with_reply_to, fields.reply_to: text;
        /// The subject.
        with_subject, fields.subject: text;
        /// The text that an inbox shows after the subject.
        with_preheader, fields.preheader: text;
        /// The HTML.
        with_body, fields.body: text;
        /// The plain text, instead of the one that Customer.io makes of the HTML.
        with_body_plain, fields.body_plain: text;
        /// The AMP version. Clients without AMP show the HTML.
        with_body_amp, fields.body_amp: text;
        /// Whether the CSS is left as it is. Default: as the transactional message says.
        with_disable_css_preprocessing, fields.disable_css_preprocessing: bool;
        /// Whether opens and clicks on links are tracked. Default: true.
        with_tracked, common.tracked: bool;
    }
    common_setters! { disable_message_retention send_to_unsubscribed queue_draft send_at language auto_create }
}

impl EmailFields {
    fn check(&self, limits: &Limits) -> Result<(), BuildError> {
        check_visible("the recipient", &self.to)?;
        let lists = [Some(&self.to), self.cc.as_ref(), self.bcc.as_ref()];
        let count = lists.into_iter().flatten().map(|list| count_addresses(list)).sum();
        check_count("the list of recipients", count, 1, limits.email_recipients)?;
        self.check_lines()?;
        self.check_headers()?;
        self.check_attachments(limits)
    }

    /// What only a transactional message could provide instead.
    fn check_content(&self) -> Result<(), BuildError> {
        check_visible("the sender", self.from.as_deref().unwrap_or_default())?;
        check_visible("the subject", self.subject.as_deref().unwrap_or_default())?;
        check_visible("the body of the e-mail", self.body.as_deref().unwrap_or_default())
    }

    /// What becomes a header of the e-mail is one line.
    fn check_lines(&self) -> Result<(), BuildError> {
        check_lines([
            ("the recipient", Some(&*self.to)),
            ("`cc`", self.cc.as_deref()),
            ("`bcc`", self.bcc.as_deref()),
            ("the sender", self.from.as_deref()),
            ("`reply_to`", self.reply_to.as_deref()),
            ("the subject", self.subject.as_deref()),
        ])
    }

    fn check_headers(&self) -> Result<(), BuildError> {
        let invalid = |what, reason: &'static str| Err(BuildError::new(what, BuildErrorKind::Invalid(reason.into())));
        let headers = self.headers.as_slice();
        for (name, value) in headers {
            check_visible("the name of a header", name)?;
            if !name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':') {
                return invalid("the name of a header", "it must be visible ASCII without colons");
            }
            if !value.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_control()) {
                return invalid("the value of a header", "it must be ASCII without control characters");
            }
        }
        if !are_distinct(headers.iter().map(|(name, _)| name.to_ascii_lowercase())) {
            return Err(BuildError::new("a header", BuildErrorKind::Duplicate));
        }
        Ok(())
    }

    fn check_attachments(&self, limits: &Limits) -> Result<(), BuildError> {
        let names = || self.attachments.iter().map(Attachment::name);
        for name in names() {
            check_visible("the name of an attachment", name)?;
            check_line("the name of an attachment", name)?;
        }
        if !are_distinct(names()) {
            return Err(BuildError::new("the name of an attachment", BuildErrorKind::Duplicate));
        }
        let bytes = self.attachments.iter().map(Attachment::size).sum();
        check_bytes("the total of the attachments", bytes, limits.attachments)
    }

    fn write(&self, body: &mut Writer) -> Result<(), BuildError> {
        body.field("to", &self.to)?;
        write_set!(body, self: cc bcc fake_bcc from reply_to subject preheader body body_plain body_amp);
        write_set!(body, self: disable_css_preprocessing);
        if !self.headers.is_empty() {
            body.field("headers", &self.headers)?;
        }
        if !self.attachments.is_empty() {
            body.field("attachments", &Attachments(&self.attachments))?;
        }
        Ok(())
    }
}

/// The attachments as an object of their names and contents.
struct Attachments<'a>(&'a [Attachment]);

impl Serialize for Attachments<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|attachment| (attachment.name(), attachment.base64())))
    }
}

/// How many addresses a list has: what is between its commas.
///
/// A comma in quotes, in angle brackets or in Liquid separates nothing. If the list is malformed, such as by a quote
/// that does not end, this counts too few rather than too many, and Customer.io decides.
fn count_addresses(list: &str) -> usize {
    let (mut quoted, mut escaped, mut depth) = (false, false, 0_usize);
    let separates = |character| {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '<' | '{' if !quoted => depth += 1,
            '>' | '}' if !quoted => depth = depth.saturating_sub(1),
            ',' => return !quoted && depth == 0,
            _ => {}
        }
        false
    };
    list.split(separates).filter(|address| !address.trim().is_empty()).count()
}

impl Operation for SendEmail {
    type Api = App;
    type Output = SentMessage;
    const NAME: &'static str = "app.send_email";
    const METHOD: Method = Method::POST;
    const ROUTE: &'static str = "/v1/send/email";
    const QUOTA: Quota = Quota::Send;

    fn body(self, limits: &Limits) -> Result<Body, BuildError> {
        let Self { fields, common } = self;
        fields.check(limits)?;
        if common.transactional_message_id.is_none() {
            fields.check_content()?;
        }
        let attachments = fields.attachments.iter().map(|attachment| attachment.base64().len()).sum();
        common.encode(attachments, limits, |body| fields.write(body))
    }
    fn attempt_timeout(&self) -> Duration {
        if self.fields.attachments.is_empty() { Self::ATTEMPT_TIMEOUT } else { Duration::from_secs(30) }
    }
}

opaque_debug!(SendEmail);
sample!(SendEmail:
    Self::from_template("LEAK-order", "LEAK-ada@example.com")
        .with_identifiers("LEAK-42")
        .with_message_data(std::collections::BTreeMap::from([("LEAK-order", 17)]))
        .with_header("X-Order", "LEAK-17")
        .with_attachment(Attachment::from_bytes("LEAK-invoice.csv", [0xff; 1000]));
    Self::new("LEAK-to@example.com", "LEAK-from@example.com", "LEAK-subject", "LEAK-body")
        .with_cc("LEAK-cc@example.com")
        .with_bcc("LEAK-bcc@example.com")
        .with_fake_bcc(true)
        .with_reply_to("LEAK-reply@example.com")
        .with_preheader("LEAK-preheader")
        .with_body_plain("LEAK-plain")
        .with_body_amp("LEAK-amp")
        .with_disable_css_preprocessing(true)
        .with_tracked(true)
        .with_disable_message_retention(true)
        .with_send_to_unsubscribed(true)
        .with_queue_draft(true)
        .with_send_at(1_800_000_000)
        .with_language("fr")
        .with_auto_create(true));

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        Replay,
        testing::{body, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        let data = json!({"link": "https://example.com/1"});
        let files = [Attachment::from_bytes("a.csv", b"1,2"), Attachment::from_bytes("b.txt", b"")];
        let third = Attachment::from_bytes("c.txt", b"x");
        let message = SendEmail::from_template(44, "\"Lovelace, Ada\" <ada@example.com>")
            .with_identifiers(PersonId::email("ada@example.com"))
            .with_cc("cc@example.com")
            .with_bcc("bcc@example.com")
            .with_fake_bcc(false)
            .with_from("\"Shop\" <shop@example.com>")
            .with_reply_to("reply@example.com")
            .with_subject("Hi")
            .with_preheader("Look")
            .with_body("<p>é</p>")
            .with_body_plain("e")
            .with_body_amp("<html amp4email>")
            .with_disable_css_preprocessing(true)
            .with_header("X-Tag", "a b")
            .with_header("X-Empty", "")
            .with_attachments(files)
            .with_attachment(third)
            .with_tracked(false)
            .with_disable_message_retention(true)
            .with_send_to_unsubscribed(false)
            .with_queue_draft(true)
            .with_send_at(1_700_000_000)
            .with_language("pt-BR")
            .with_auto_create(false)
            .with_message_data(data);
        assert_eq!(
            wire_app(message.clone()),
            "POST https://api.customer.io/v1/send/email\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 681\n\
             \n\
             {\"to\":\"\\\"Lovelace, Ada\\\" <ada@example.com>\",\"cc\":\"cc@example.com\",\"bcc\":\"bcc@example.com\",\
             \"fake_bcc\":false,\"from\":\"\\\"Shop\\\" <shop@example.com>\",\"reply_to\":\"reply@example.com\",\
             \"subject\":\"Hi\",\"preheader\":\"Look\",\"body\":\"<p>é</p>\",\"body_plain\":\"e\",\
             \"body_amp\":\"<html amp4email>\",\"disable_css_preprocessing\":true,\
             \"headers\":{\"X-Tag\":\"a b\",\"X-Empty\":\"\"},\
             \"attachments\":{\"a.csv\":\"MSwy\",\"b.txt\":\"\",\"c.txt\":\"eA==\"},\
             \"transactional_message_id\":44,\"identifiers\":{\"email\":\"ada@example.com\"},\"tracked\":false,\
             \"disable_message_retention\":true,\"send_to_unsubscribed\":false,\"queue_draft\":true,\
             \"send_at\":1700000000,\"language\":\"pt-BR\",\"auto_create\":false,\
             \"message_data\":{\"link\":\"https://example.com/1\"}}"
        );
        assert_eq!(message.replay(), Replay::OnlyIfNotSent);
    }

    #[test]
    fn what_is_not_set_is_left_to_the_template() {
        assert_eq!(
            body(SendEmail::from_template("reset", "{{customer.email}}")),
            r#"{"to":"{{customer.email}}","transactional_message_id":"reset"}"#
        );
        assert_eq!(
            body(SendEmail::new("a@x.org", "b@x.org", "S", "B")),
            r#"{"to":"a@x.org","from":"b@x.org","subject":"S","body":"B"}"#
        );
        assert!(body(SendEmail::new("a@x.org", "", "", "").with_transactional_message(4)).contains(r#""body":"""#));
    }

    #[test]
    fn attachments_take_longer() {
        let file = Attachment::from_bytes("a.csv", b"1,2");
        let message = SendEmail::from_template(1, "a@x.org");
        assert_eq!(message.attempt_timeout(), Duration::from_secs(10));
        assert_eq!(message.with_attachment(file).attempt_timeout(), Duration::from_secs(30));
    }

    #[test]
    fn data_stands_last_beside_attachments_too() {
        let file = Attachment::from_bytes("a.csv", b"1,2");
        let message = SendEmail::from_template(1, "a@x.org").with_attachment(file);
        for (message, data) in [
            (message.clone(), ""),
            (message.clone().with_message_data(json!({"a": 1})), r#","message_data":{"a":1}"#),
            (message.with_message_data(()), r#","message_data":{}"#),
        ] {
            let expected =
                format!(r#"{{"to":"a@x.org","attachments":{{"a.csv":"MSwy"}},"transactional_message_id":1{data}}}"#);
            assert_eq!(body(message), expected);
        }
    }

    #[test]
    fn addresses_are_counted_as_mail_programs_do() {
        for (list, expected) in [
            ("a@x.org", 1),
            ("a@x.org,b@x.org", 2),
            (" a@x.org , , b@x.org,", 2),
            ("\"Lovelace, Ada\" <a@x.org>, b@x.org", 2),
            (r#""A \", B" <a@x.org>, b@x.org"#, 2),
            ("<\"a,b\"@x.org>,b@x.org", 2),
            ("<@r1,@r2:a@x.org>,b@x.org", 2),
            ("{{customer.email}}", 1),
            ("{{customer.emails | join: \",\"}}, {{trigger.to | replace: 'a', 'b'}}", 2),
            ("\"never closed, b@x.org, c@x.org", 1),
            ("> a@x.org, b@x.org", 2),
        ] {
            assert_eq!(count_addresses(list), expected, "{list}");
        }
    }

    #[test]
    fn what_fits_the_limits_is_sent() {
        let half = Attachment::from_bytes("a.bin", vec![0; 1_000_000]);
        let other = Attachment::from_bytes("b.bin", vec![0; 1_000_000]);
        let message = SendEmail::from_template(1, "a@x.org").with_attachments([half, other]);
        assert!(body(message).len() > 2_600_000);
        let recipients = ["a@x.org"; 13].join(",");
        assert!(
            SendEmail::from_template(1, &recipients)
                .with_cc("b@x.org")
                .with_bcc("c@x.org")
                .body(&Limits::default())
                .is_ok()
        );
    }

    #[test]
    fn what_becomes_a_header_is_one_line() {
        let template = || SendEmail::from_template(1, "a@x.org");
        let line = "is not valid: it has a line break or another control character at byte 1";
        for text in ["x\r\nBcc: evil@x.org", "x\n", "x\0y", "x\r", "x\u{85}"] {
            for (message, what) in [
                (SendEmail::from_template(1, text), "the recipient"),
                (template().with_cc(text), "`cc`"),
                (template().with_bcc(text), "`bcc`"),
                (template().with_from(text), "the sender"),
                (template().with_reply_to(text), "`reply_to`"),
                (template().with_subject(text), "the subject"),
                (template().with_attachment(Attachment::from_bytes(text, b"")), "the name of an attachment"),
            ] {
                assert_eq!(refused_app(message).to_string(), format!("{what} {line}"), "{text:?}");
            }
            assert!(
                refused_app(template().with_header("X-Tag", text)).to_string().starts_with("the value of a header")
            );
        }
        // Texts have as many lines as they like.
        let text = template().with_body("a\r\nb").with_body_plain("a\nb").with_preheader("a\nb");
        assert!(body(text).contains(r#""preheader":"a\nb","body":"a\r\nb","body_plain":"a\nb""#));
    }

    #[test]
    fn what_cannot_be_sent_is_refused() {
        let template = || SendEmail::from_template(1, "a@x.org");
        let large = json!({"text": "x".repeat(1_000_000)});
        let recipients = ["a@x.org"; 14].join(",");
        let file = |name, size| Attachment::from_bytes(name, vec![0; size]);
        let files = [file("", 1), file("a.bin", 2_000_000), file("a.bin", 0), file("b.bin", 1)];
        let [nameless, full, same_name, over] = files;
        let visible = "the name of a header is not valid: it must be visible ASCII without colons";
        let printable = "the value of a header is not valid: it must be ASCII without control characters";
        for (error, expected) in [
            (refused_app(SendEmail::from_template("", "a@x.org")), "the trigger name is empty"),
            (
                refused_app(SendEmail::from_template(1, " ")),
                "the recipient has only whitespace or invisible characters",
            ),
            (refused_app(template().with_identifiers("")), "the person's id is empty"),
            (refused_app(SendEmail::new("a@x.org", "", "S", "B")), "the sender is empty"),
            (refused_app(SendEmail::new("a@x.org", "b@x.org", "", "B")), "the subject is empty"),
            (refused_app(SendEmail::new("a@x.org", "b@x.org", "S", "")), "the body of the e-mail is empty"),
            (
                refused_app(SendEmail::from_template(1, &recipients).with_cc("b@x.org").with_bcc("c@x.org")),
                "the list of recipients has 16 entries, expected 1 to 15",
            ),
            (refused_app(SendEmail::from_template(1, " , ")), "the list of recipients has 0 entries, expected 1 to 15"),
            (refused_app(template().with_header("", "b")), "the name of a header is empty"),
            (refused_app(template().with_header("X A", "b")), visible),
            (refused_app(template().with_header("X-É", "b")), visible),
            (refused_app(template().with_header("X:", "b")), visible),
            (refused_app(template().with_header("X-A\n", "b")), visible),
            (refused_app(template().with_header("X-A", "é")), printable),
            (refused_app(template().with_header("X-A", "a\r\nX-B: b")), printable),
            (refused_app(template().with_header("X-A", "1").with_header("x-a", "2")), "a header is given twice"),
            (refused_app(template().with_attachment(nameless)), "the name of an attachment is empty"),
            (
                refused_app(template().with_attachments([full.clone(), same_name])),
                "the name of an attachment is given twice",
            ),
            (
                refused_app(template().with_attachments([full, over.clone()])),
                "the total of the attachments has 2000001 bytes, and the limit is 2000000",
            ),
            (
                refused_app(template().with_message_data(large).with_attachment(over)),
                "the message has 1000099 bytes, and the limit is 1000000",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
