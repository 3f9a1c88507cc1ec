//! `POST /v1/send/sms`: send a transactional SMS.

use http::Method;
use serde::Serialize;

use super::message::{MessageFields, SentMessage, common_setters, write_set};
use crate::{
    App, Body, BuildError, Limits, Operation, PersonId, Quota, TransactionalMessageId,
    macros::{opaque_debug, sample, setters},
    text::Text,
    unseen::{check_line, check_visible},
};

/// Sends an SMS to one person.
///
/// A field that is not set is not sent: the transactional message's own setting applies.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `SentMessage`, or with the short method
/// `send_sms`.
///
/// Limits: 1 MB; `send_at` up to 90 days ahead; 3000 messages in 3 seconds, not strictly enforced.
/// <https://docs.customer.io/integrations/api/app/#operation/sendSMS>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::SendSms, limits::Limits, retry::Replay};
/// use serde_json::json;
///
/// let message = SendSms::new("login_code", "42", "+15551234567")
///     .with_message_data(json!({"code": "123456"}));
/// let request = Prepared::new(message, &Limits::default())?;
/// assert_eq!((request.path(), request.replay()), ("/v1/send/sms", Replay::OnlyIfNotSent));
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "send_sms")]
pub struct SendSms {
    to: Text,
    from: Option<Text>,
    common: MessageFields,
}

impl SendSms {
    /// Creates the transactional message `message` about `person`, to the phone number `to` in E.164 form
    /// (`+15551234567`) or as Liquid (`{{customer.phone}}`).
    #[must_use]
    pub fn new(message: impl Into<TransactionalMessageId>, person: impl Into<PersonId>, to: impl AsRef<str>) -> Self {
        Self { to: Text::new(to), from: None, common: MessageFields::new(message, person) }
    }

    /// Data for the message's Liquid, as in `{{trigger.code}}`: anything that serialises as an object. It is encoded
    /// here; what cannot be encoded is an error when the request is built.
    #[must_use]
    pub fn with_message_data(mut self, data: impl Serialize) -> Self {
        self.common.set_message_data(&data);
        self
    }

    setters! {
        /// The sender: a phone number or a sender ID that Twilio has verified.
        with_from, from: text;
    }
    common_setters! {
        tracked_links disable_message_retention send_to_unsubscribed queue_draft send_at language auto_create
    }
}

impl Operation for SendSms {
    type Api = App;
    type Output = SentMessage;
    const NAME: &'static str = "app.send_sms";
    const METHOD: Method = Method::POST;
    const ROUTE: &'static str = "/v1/send/sms";
    const QUOTA: Quota = Quota::Send;

    fn body(self, limits: &Limits) -> Result<Body, BuildError> {
        check_visible("the recipient", &self.to)?;
        check_line("the recipient", &self.to)?;
        self.from.as_ref().map_or(Ok(()), |from| check_line("the sender", from))?;
        self.common.encode(0, limits, |body| {
            body.field("to", &self.to)?;
            write_set!(body, self: from);
            Ok(())
        })
    }
}

opaque_debug!(SendSms);
sample!(SendSms:
    Self::new(44, "LEAK-42", "+14155550142").with_message_data(std::collections::BTreeMap::from([("LEAK-order", 17)]));
    Self::new(44, "LEAK-42", "+14155550142")
        .with_from("+14155550143")
        .with_message_data(std::collections::BTreeMap::from([("LEAK-order", 17)]))
        .with_tracked(true)
        .with_disable_message_retention(true)
        .with_send_to_unsubscribed(true)
        .with_queue_draft(true)
        .with_send_at(1_800_000_000)
        .with_language("fr").with_auto_create(true));

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{body, refused_app, wire_app};

    #[test]
    fn the_whole_request() {
        let data = json!({"code": "123456"});
        let message = SendSms::new(44, PersonId::email("ada@example.com"), "+15551234567")
            .with_from("ACME")
            .with_tracked(false)
            .with_disable_message_retention(true)
            .with_send_to_unsubscribed(false)
            .with_queue_draft(true)
            .with_send_at(1_700_000_000)
            .with_language("pt-BR")
            .with_auto_create(true)
            .with_message_data(data);
        assert_eq!(
            wire_app(message),
            "POST https://api.customer.io/v1/send/sms\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 296\n\
             \n\
             {\"to\":\"+15551234567\",\"from\":\"ACME\",\
             \"transactional_message_id\":44,\"identifiers\":{\"email\":\"ada@example.com\"},\"tracked\":false,\"disable_message_retention\":true,\"send_to_unsubscribed\":false,\
             \"queue_draft\":true,\"send_at\":1700000000,\"language\":\"pt-BR\",\"auto_create\":true,\
             \"message_data\":{\"code\":\"123456\"}}"
        );
    }

    #[test]
    fn what_is_not_set_is_left_to_the_template() {
        assert_eq!(
            body(SendSms::new("login_code", "42", "{{customer.phone}}")),
            r#"{"to":"{{customer.phone}}","transactional_message_id":"login_code","identifiers":{"id":"42"}}"#
        );
    }

    #[test]
    fn what_cannot_be_sent_is_refused() {
        let large = json!({"text": "x".repeat(1_000_000)});
        for (error, expected) in [
            (refused_app(SendSms::new("", "42", "+1")), "the trigger name is empty"),
            (refused_app(SendSms::new(1, "", "+1")), "the person's id is empty"),
            (refused_app(SendSms::new(1, "42", "")), "the recipient is empty"),
            (
                refused_app(SendSms::new(1, "42", "+1\n")),
                "the recipient is not valid: it has a line break or another control character at byte 2",
            ),
            (
                refused_app(SendSms::new(1, "42", "+1").with_from("\0")),
                "the sender is not valid: it has a line break or another control character at byte 0",
            ),
            (
                refused_app(SendSms::new(1, "42", "+1").with_message_data(large)),
                "the message has 1000093 bytes, and the limit is 1000000",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
