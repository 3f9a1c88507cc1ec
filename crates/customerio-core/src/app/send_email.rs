//! `POST /v1/send/email`: send a transactional e-mail.
//!
//! Limits: 15 recipients over `to`, `cc` and `bcc`; 2 MB of attachments; 1 MB for the rest; `send_at` up to 90 days
//! ahead; 3000 messages in 3 seconds, not strictly enforced.
//! <https://docs.customer.io/integrations/api/app/#operation/sendEmail>

use std::{collections::BTreeSet, time::Duration};

use bytes::Bytes;
use http::{Method, Response};
use serde::{Serialize, Serializer};

use super::{
    Attachment,
    message::{self, Common, SentMessage, TransactionalMessageId, common_setters},
};
use crate::{
    App, Body, BuildError, BuildErrorKind, DecodeFailure, Limits, Nothing, Operation, Path, PersonId, Quota, Replay,
    Timestamp,
    limits::{check_bytes, check_count},
    macros::{opaque_debug, setters},
    path::route,
};

/// Sends an e-mail.
///
/// A field that is not set is not sent: the transactional message's own setting holds.
///
/// ```
/// use customerio_core::{PersonId, app::{Attachment, SendEmail}};
/// use serde_json::json;
///
/// let data = json!({"link": "https://example.com/reset/1"});
/// let reset = SendEmail::from_template("password_reset", "ada@example.com")
///     .with_identifiers(PersonId::Email("ada@example.com"))
///     .with_message_data(&data);
///
/// let invoice = Attachment::from_bytes("invoice.pdf", b"%PDF-");
/// let plain = SendEmail::new("ada@example.com", "shop@example.com", "Your invoice", "<p>Thank you!</p>")
///     .with_attachment(&invoice);
/// # let _ = (reset, plain);
/// ```
///
/// Lists of recipients are separated by commas; a name that has a comma goes in quotes, as in
/// `"Lovelace, Ada" <ada@example.com>`.
#[derive(Serialize)]
#[serde(bound = "D: Serialize")]
pub struct SendEmail<'a, D: ?Sized = Nothing> {
    #[serde(flatten)]
    fields: Fields<'a>,
    #[serde(flatten)]
    common: Common<'a, D>,
}

/// The fields that no other channel has.
#[derive(Default, Serialize)]
struct Fields<'a> {
    to: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cc: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bcc: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fake_bcc: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    preheader: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body_plain: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body_amp: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    disable_css_preprocessing: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "message::serialize_pairs")]
    headers: Vec<(&'a str, &'a str)>,
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "serialize_attachments")]
    attachments: Vec<&'a Attachment>,
}

impl<'a> SendEmail<'a> {
    /// The transactional message `template` to the addresses `to`.
    #[must_use]
    pub fn from_template(template: impl Into<TransactionalMessageId<'a>>, to: &'a str) -> Self {
        Self { fields: Fields { to, ..Fields::default() }, common: Common::default() }.with_template(template)
    }

    /// An e-mail of your own, with an HTML `body`, to the addresses `to`.
    ///
    /// The vendor recommends to name a transactional message all the same, by [`with_template`](Self::with_template).
    #[must_use]
    pub fn new(to: &'a str, from: &'a str, subject: &'a str, body: &'a str) -> Self {
        let fields = Fields { to, from: Some(from), subject: Some(subject), body: Some(body), ..Fields::default() };
        Self { fields, common: Common::default() }
    }
}

impl<'a, D: ?Sized> SendEmail<'a, D> {
    /// Data for the message's Liquid, as in `{{trigger.link}}`: anything that serialises as an object.
    #[must_use]
    pub fn with_message_data<E: Serialize + ?Sized>(self, data: &'a E) -> SendEmail<'a, E> {
        SendEmail { fields: self.fields, common: self.common.with_message_data(data) }
    }

    /// The transactional message that the e-mail belongs to. What else is set overrides what it has.
    #[must_use]
    pub fn with_template(mut self, template: impl Into<TransactionalMessageId<'a>>) -> Self {
        self.common.transactional_message_id = Some(template.into());
        self
    }

    /// The person that the e-mail is about. Older versions of the contract required one.
    #[must_use]
    pub fn with_identifiers(mut self, person: impl Into<PersonId<'a>>) -> Self {
        self.common.identifiers = Some(person.into());
        self
    }

    /// Adds a header. A name is visible ASCII without colons and can be given once, in whatever case; a value is ASCII
    /// without control characters. Some names are the vendor's own and cannot be set.
    ///
    /// Headers are sent as an object, `{"X-Tag":"a"}`. The vendor's reference describes a string with a list in it and
    /// shows an object; the vendor's own clients send the object.
    #[must_use]
    pub fn with_header(mut self, name: &'a str, value: &'a str) -> Self {
        self.fields.headers.push((name, value));
        self
    }

    /// Adds a file. With one, an attempt may take 30 seconds instead of 10.
    #[must_use]
    pub fn with_attachment(mut self, attachment: &'a Attachment) -> Self {
        self.fields.attachments.push(attachment);
        self
    }

    /// Adds files.
    #[must_use]
    pub fn with_attachments(mut self, attachments: impl IntoIterator<Item = &'a Attachment>) -> Self {
        self.fields.attachments.extend(attachments);
        self
    }

    setters! {
        /// Recipients of a copy, whom everyone sees.
        with_cc, fields.cc: &'a str;
        /// Recipients of a copy, whom no one sees.
        with_bcc, fields.bcc: &'a str;
        /// Whether the hidden recipients get a copy of their own, with the recipient in the subject.
        with_fake_bcc, fields.fake_bcc: bool;
        /// The sender: an address that Customer.io has verified. A display name goes in quotes.
        with_from, fields.from: &'a str;
        /// Where replies go, if not to the sender.
        with_reply_to, fields.reply_to: &'a str;
        /// The subject.
        with_subject, fields.subject: &'a str;
        /// The text that an inbox shows after the subject.
        with_preheader, fields.preheader: &'a str;
        /// The HTML.
        with_body, fields.body: &'a str;
        /// The plain text, instead of the one that Customer.io makes of the HTML.
        with_body_plain, fields.body_plain: &'a str;
        /// The AMP version. Where a mail program knows no AMP, it shows the HTML.
        with_body_amp, fields.body_amp: &'a str;
        /// Whether the CSS is left as it is. Default: as the transactional message says.
        with_disable_css_preprocessing, fields.disable_css_preprocessing: bool;
        /// Whether opens and clicks on links are tracked. Default: true.
        with_tracked, common.tracked: bool;
    }
    common_setters! { disable_message_retention send_to_unsubscribed queue_draft send_at language auto_create }
}

fn serialize_attachments<S: Serializer>(attachments: &[&Attachment], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(attachments.iter().map(|attachment| (attachment.name(), attachment.base64())))
}

impl Fields<'_> {
    fn check(&self, limits: &Limits) -> Result<(), BuildError> {
        message::check_text("the recipient", self.to)?;
        let count = [Some(self.to), self.cc, self.bcc].into_iter().flatten().map(count_addresses).sum();
        check_count("the list of recipients", count, 1, limits.email_recipients)?;
        self.check_headers()?;
        self.check_attachments(limits)
    }

    /// What only a transactional message could provide instead.
    fn check_content(&self) -> Result<(), BuildError> {
        message::check_text("the sender", self.from.unwrap_or_default())?;
        message::check_text("the subject", self.subject.unwrap_or_default())?;
        message::check_text("the body of the e-mail", self.body.unwrap_or_default())
    }

    fn check_headers(&self) -> Result<(), BuildError> {
        let mut names = BTreeSet::new();
        for (name, value) in &self.headers {
            let invalid =
                |what, reason: &'static str| Err(BuildError::new(what, BuildErrorKind::Invalid(reason.into())));
            message::check_text("the name of a header", name)?;
            if !name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':') {
                return invalid("the name of a header", "it must be visible ASCII without colons");
            }
            if !value.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_control()) {
                return invalid("the value of a header", "it must be ASCII without control characters");
            }
            if !names.insert(name.to_ascii_lowercase()) {
                return Err(BuildError::new("a header", BuildErrorKind::Duplicate));
            }
        }
        Ok(())
    }

    fn check_attachments(&self, limits: &Limits) -> Result<(), BuildError> {
        let mut names = BTreeSet::new();
        for attachment in &self.attachments {
            message::check_text("the name of an attachment", attachment.name())?;
            if !names.insert(attachment.name()) {
                return Err(BuildError::new("the name of an attachment", BuildErrorKind::Duplicate));
            }
        }
        let bytes = self.attachments.iter().map(|attachment| attachment.size()).sum();
        check_bytes("the total of the attachments", bytes, limits.attachments)
    }
}

/// How many addresses a list has: what stands between its commas.
///
/// A comma in quotes, in angle brackets or in Liquid separates nothing. Where the list is broken, such as by a quote
/// that does not end, this counts too few rather than too many, and the answer of Customer.io decides.
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

impl<D: Serialize + ?Sized> Operation for SendEmail<'_, D> {
    type Api = App;
    type Output = SentMessage;
    const NAME: &'static str = "app.send_email";
    const QUOTA: Quota = Quota::Send;

    fn method(&self) -> Method {
        Method::POST
    }
    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        route!(path, "/v1/send/email");
        Ok(())
    }
    fn body(&self, limits: &Limits) -> Result<Body, BuildError> {
        self.common.check(limits)?;
        self.fields.check(limits)?;
        if self.common.transactional_message_id.is_none() {
            self.fields.check_content()?;
        }
        message::encode(self, self.fields.attachments.iter().map(|attachment| attachment.base64().len()).sum(), limits)
    }
    fn replay(&self) -> Replay {
        Replay::OnlyIfNotSent
    }
    fn attempt_timeout(&self) -> Duration {
        Duration::from_secs(if self.fields.attachments.is_empty() { 10 } else { 30 })
    }
    fn decode(&self, response: &Response<Bytes>) -> Result<SentMessage, DecodeFailure> {
        message::decode(response)
    }
}

opaque_debug!([D: ?Sized] SendEmail<'_, D>);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{body, refused_app, wire_app};

    #[test]
    fn the_whole_request() {
        let data = json!({"link": "https://example.com/1"});
        let files = [Attachment::from_bytes("a.csv", b"1,2"), Attachment::from_bytes("b.txt", b"")];
        let third = Attachment::from_bytes("c.txt", b"x");
        let message = SendEmail::from_template(44, "\"Lovelace, Ada\" <ada@example.com>")
            .with_identifiers(PersonId::Email("ada@example.com"))
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
            .with_attachments(&files)
            .with_attachment(&third)
            .with_tracked(false)
            .with_disable_message_retention(true)
            .with_send_to_unsubscribed(false)
            .with_queue_draft(true)
            .with_send_at(1_700_000_000.into())
            .with_language("pt-BR")
            .with_auto_create(false)
            .with_message_data(&data);
        assert_eq!(
            wire_app(&message),
            "POST https://api.customer.io/v1/send/email\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/0.1.0\n\
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
        assert_eq!(wire_app(&message), wire_app(&message));
        assert_eq!(message.replay(), Replay::OnlyIfNotSent);
    }

    #[test]
    fn what_is_not_set_is_left_to_the_template() {
        assert_eq!(
            body(&SendEmail::from_template("reset", "{{customer.email}}")),
            r#"{"to":"{{customer.email}}","transactional_message_id":"reset"}"#
        );
        assert_eq!(
            body(&SendEmail::new("a@x.org", "b@x.org", "S", "B")),
            r#"{"to":"a@x.org","from":"b@x.org","subject":"S","body":"B"}"#
        );
        assert!(body(&SendEmail::new("a@x.org", "", "", "").with_template(4)).contains(r#""body":"""#));
    }

    #[test]
    fn attachments_take_longer() {
        let file = Attachment::from_bytes("a.csv", b"1,2");
        let message = SendEmail::from_template(1, "a@x.org");
        assert_eq!(message.attempt_timeout(), Duration::from_secs(10));
        assert_eq!(message.with_attachment(&file).attempt_timeout(), Duration::from_secs(30));
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
        let half = Attachment::from_bytes("a.bin", &vec![0; 1_000_000]);
        let other = Attachment::from_bytes("b.bin", &vec![0; 1_000_000]);
        let message = SendEmail::from_template(1, "a@x.org").with_attachments([&half, &other]);
        assert!(body(&message).len() > 2_600_000);
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
    fn what_cannot_be_sent_is_refused() {
        let template = || SendEmail::from_template(1, "a@x.org");
        let large = json!({"text": "x".repeat(1_000_000)});
        let recipients = ["a@x.org"; 14].join(",");
        let file = |name, size| Attachment::from_bytes(name, &vec![0; size]);
        let files = [file("", 1), file("a.bin", 2_000_000), file("a.bin", 0), file("b.bin", 1)];
        let [nameless, full, same_name, over] = &files;
        let visible = "the name of a header is not valid: it must be visible ASCII without colons";
        let printable = "the value of a header is not valid: it must be ASCII without control characters";
        for (error, expected) in [
            (refused_app(&SendEmail::from_template("", "a@x.org")), "the trigger name is empty"),
            (refused_app(&SendEmail::from_template(1, " ")), "the recipient is empty"),
            (refused_app(&template().with_identifiers("")), "the person's id is empty"),
            (refused_app(&SendEmail::new("a@x.org", "", "S", "B")), "the sender is empty"),
            (refused_app(&SendEmail::new("a@x.org", "b@x.org", "", "B")), "the subject is empty"),
            (refused_app(&SendEmail::new("a@x.org", "b@x.org", "S", "")), "the body of the e-mail is empty"),
            (
                refused_app(&SendEmail::from_template(1, &recipients).with_cc("b@x.org").with_bcc("c@x.org")),
                "the list of recipients has 16 entries, and must have from 1 to 15",
            ),
            (
                refused_app(&SendEmail::from_template(1, " , ")),
                "the list of recipients has 0 entries, and must have from 1 to 15",
            ),
            (refused_app(&template().with_header("", "b")), "the name of a header is empty"),
            (refused_app(&template().with_header("X A", "b")), visible),
            (refused_app(&template().with_header("X-É", "b")), visible),
            (refused_app(&template().with_header("X:", "b")), visible),
            (refused_app(&template().with_header("X-A\n", "b")), visible),
            (refused_app(&template().with_header("X-A", "é")), printable),
            (refused_app(&template().with_header("X-A", "a\r\nX-B: b")), printable),
            (refused_app(&template().with_header("X-A", "1").with_header("x-a", "2")), "a header is given twice"),
            (refused_app(&template().with_attachment(nameless)), "the name of an attachment is empty"),
            (refused_app(&template().with_attachments([full, same_name])), "the name of an attachment is given twice"),
            (
                refused_app(&template().with_attachments([full, over])),
                "the total of the attachments has 2000001 bytes, and the limit is 2000000",
            ),
            (
                refused_app(&template().with_message_data(&large).with_attachment(over)),
                "the message has 1000099 bytes, and the limit is 1000000",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
