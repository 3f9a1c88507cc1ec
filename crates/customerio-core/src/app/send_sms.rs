//! `POST /v1/send/sms`: send a transactional SMS.
//!
//! Limits: 1 MB; `send_at` up to 90 days ahead; 3000 messages in 3 seconds, not strictly enforced.
//! <https://docs.customer.io/integrations/api/app/#operation/sendSMS>

use bytes::Bytes;
use http::{Method, Response};
use serde::Serialize;

use super::message::{self, SentMessage, TemplateId};
use crate::{
    App, Body, BuildError, Nothing, Operation, Path, PersonId, Quota, Replay, UnixSeconds, Unreadable,
    json::Object,
    macros::{opaque_debug, setters},
};

/// Sends an SMS to one person.
///
/// A field that is not set is not sent: the transactional message's own setting holds.
///
/// ```
/// use customerio_core::app::SendSms;
/// use serde_json::json;
///
/// let data = json!({"code": "123456"});
/// let message = SendSms::new("login_code", "42", "+15551234567").with_message_data(&data);
/// # let _ = message;
/// ```
#[derive(Serialize)]
#[serde(bound = "D: Serialize")]
pub struct SendSms<'a, D: ?Sized = Nothing> {
    #[serde(flatten)]
    fields: Fields<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_data: Option<Object<'a, D>>,
}

#[derive(Serialize)]
struct Fields<'a> {
    transactional_message_id: TemplateId<'a>,
    identifiers: PersonId<'a>,
    to: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tracked: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    disable_message_retention: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    send_to_unsubscribed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    queue_draft: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    send_at: Option<UnixSeconds>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auto_create: Option<bool>,
}

impl<'a> SendSms<'a> {
    /// The transactional message `template` about `person`, to the phone number `to` in E.164 form (`+15551234567`) or
    /// as Liquid (`{{customer.phone}}`).
    #[must_use]
    pub fn new(template: impl Into<TemplateId<'a>>, person: impl Into<PersonId<'a>>, to: &'a str) -> Self {
        let fields = Fields {
            transactional_message_id: template.into(),
            identifiers: person.into(),
            to,
            from: None,
            tracked: None,
            disable_message_retention: None,
            send_to_unsubscribed: None,
            queue_draft: None,
            send_at: None,
            language: None,
            auto_create: None,
        };
        Self { fields, message_data: None }
    }
}

impl<'a, D: ?Sized> SendSms<'a, D> {
    /// Data for the message's Liquid, as in `{{trigger.code}}`: anything that serialises as an object.
    #[must_use]
    pub fn with_message_data<E: Serialize + ?Sized>(self, data: &'a E) -> SendSms<'a, E> {
        SendSms { fields: self.fields, message_data: Some(Object(data)) }
    }

    setters! {
        /// The sender: a phone number or a sender ID that Twilio has verified.
        with_from, fields.from: &'a str;
        /// Whether clicks on links are tracked. Default: as the transactional message says.
        with_tracked, fields.tracked: bool;
        /// Whether the message's text is kept out of the delivery history. Default: as the transactional message says.
        with_disable_message_retention, fields.disable_message_retention: bool;
        /// Whether it goes to a person who has unsubscribed too. Default: as the transactional message says.
        with_send_to_unsubscribed, fields.send_to_unsubscribed: bool;
        /// Whether it is held as a draft, to be sent by hand. Default: false.
        with_queue_draft, fields.queue_draft: bool;
        /// When it goes out, up to 90 days ahead; a time in the past is now.
        with_send_at, fields.send_at: UnixSeconds;
        /// The language, instead of the person's: a code such as `en` or `pt-BR`.
        with_language, fields.language: &'a str;
        /// Whether a trigger name that no transactional message has makes a new, empty one. Default: false. It has no
        /// effect for a number.
        with_auto_create, fields.auto_create: bool;
    }
}

impl<D: Serialize + ?Sized> Operation for SendSms<'_, D> {
    type Surface = App;
    type Output = SentMessage;
    const NAME: &'static str = "app.send_sms";
    const QUOTA: Quota = Quota::Send;

    fn method(&self) -> Method {
        Method::POST
    }
    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        path.literal("/v1/send/sms");
        Ok(())
    }
    fn body(&self) -> Result<Body, BuildError> {
        self.fields.transactional_message_id.check()?;
        self.fields.identifiers.check()?;
        message::check_text("the recipient", self.fields.to)?;
        message::encode(self, 0)
    }
    fn replay(&self) -> Replay {
        Replay::OnlyIfNotSent
    }
    fn decode(&self, response: &Response<Bytes>) -> Result<SentMessage, Unreadable> {
        message::decode(response)
    }
}

opaque_debug!([D: ?Sized] SendSms<'_, D>);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{body, refused_app, wire_app};

    #[test]
    fn the_whole_request() {
        let data = json!({"code": "123456"});
        let message = SendSms::new(44, PersonId::Email("ada@example.com"), "+15551234567")
            .with_from("ACME")
            .with_tracked(false)
            .with_disable_message_retention(true)
            .with_send_to_unsubscribed(false)
            .with_queue_draft(true)
            .with_send_at(1_700_000_000.into())
            .with_language("pt-BR")
            .with_auto_create(true)
            .with_message_data(&data);
        assert_eq!(
            wire_app(&message),
            "POST https://api.customer.io/v1/send/sms\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/0.1.0\n\
             content-length: 296\n\
             \n\
             {\"transactional_message_id\":44,\"identifiers\":{\"email\":\"ada@example.com\"},\"to\":\"+15551234567\",\
             \"from\":\"ACME\",\"tracked\":false,\"disable_message_retention\":true,\"send_to_unsubscribed\":false,\
             \"queue_draft\":true,\"send_at\":1700000000,\"language\":\"pt-BR\",\"auto_create\":true,\
             \"message_data\":{\"code\":\"123456\"}}"
        );
    }

    #[test]
    fn what_is_not_set_is_left_to_the_template() {
        assert_eq!(
            body(&SendSms::new("login_code", "42", "{{customer.phone}}")),
            r#"{"transactional_message_id":"login_code","identifiers":{"id":"42"},"to":"{{customer.phone}}"}"#
        );
    }

    #[test]
    fn what_cannot_be_sent_is_refused() {
        let large = json!({"text": "x".repeat(1_000_000)});
        for (error, expected) in [
            (refused_app(&SendSms::new("", "42", "+1")), "the trigger name is empty"),
            (refused_app(&SendSms::new(1, "", "+1")), "the person's id is empty"),
            (refused_app(&SendSms::new(1, "42", "")), "the recipient is empty"),
            (
                refused_app(&SendSms::new(1, "42", "+1").with_message_data(&large)),
                "the message has 1000093 bytes, and the limit is 1000000",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
