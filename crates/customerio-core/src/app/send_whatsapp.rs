//! `POST /v1/send/whatsapp`: send a transactional WhatsApp message.
//!
//! Limits: 1 MB; `send_at` up to 90 days ahead; 3000 messages in 3 seconds, not strictly enforced.
//! <https://docs.customer.io/integrations/api/app/#operation/sendWhatsApp>

use bytes::Bytes;
use http::{Method, Response};
use serde::Serialize;

use super::message::{self, Common, SentMessage, TransactionalMessageId, common_setters};
use crate::{
    App, Body, BuildError, DecodeFailure, Limits, Nothing, Operation, Path, PersonId, Quota, Replay, Timestamp,
    macros::{opaque_debug, setters},
    path::route,
};

/// Sends a WhatsApp message to one person.
///
/// A field that is not set is not sent: the transactional message's own setting holds.
///
/// ```
/// use customerio_core::app::SendWhatsApp;
/// use serde_json::json;
///
/// let data = json!({"code": "123456"});
/// let message = SendWhatsApp::new("login_code", "42", "+15551234567").with_message_data(&data);
/// # let _ = message;
/// ```
#[derive(Serialize)]
#[serde(bound = "D: Serialize")]
pub struct SendWhatsApp<'a, D: ?Sized = Nothing> {
    to: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'a str>,
    #[serde(flatten)]
    common: Common<'a, D>,
}

impl<'a> SendWhatsApp<'a> {
    /// The transactional message `template` about `person`, to the WhatsApp number `to` in E.164 form (`+15551234567`) or
    /// as Liquid (`{{customer.phone}}`).
    #[must_use]
    pub fn new(template: impl Into<TransactionalMessageId<'a>>, person: impl Into<PersonId<'a>>, to: &'a str) -> Self {
        Self { to, from: None, common: Common::new(template, person) }
    }
}

impl<'a, D: ?Sized> SendWhatsApp<'a, D> {
    /// Data for the message's Liquid, as in `{{trigger.code}}`: anything that serialises as an object.
    #[must_use]
    pub fn with_message_data<E: Serialize + ?Sized>(self, data: &'a E) -> SendWhatsApp<'a, E> {
        SendWhatsApp { to: self.to, from: self.from, common: self.common.with_message_data(data) }
    }

    setters! {
        /// The sender: a number of the workspace that WhatsApp has approved.
        with_from, from: &'a str;
    }
    common_setters! {
        tracked_links disable_message_retention send_to_unsubscribed queue_draft send_at language
    }
}

impl<D: Serialize + ?Sized> Operation for SendWhatsApp<'_, D> {
    type Api = App;
    type Output = SentMessage;
    const NAME: &'static str = "app.send_whatsapp";
    const QUOTA: Quota = Quota::Send;

    fn method(&self) -> Method {
        Method::POST
    }
    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        route!(path, "/v1/send/whatsapp");
        Ok(())
    }
    fn body(&self, limits: &Limits) -> Result<Body, BuildError> {
        self.common.check(limits)?;
        message::check_text("the recipient", self.to)?;
        message::encode(self, 0, limits)
    }
    fn replay(&self) -> Replay {
        Replay::OnlyIfNotSent
    }
    fn decode(&self, response: &Response<Bytes>) -> Result<SentMessage, DecodeFailure> {
        message::decode(response)
    }
}

opaque_debug!([D: ?Sized] SendWhatsApp<'_, D>);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{body, refused_app, wire_app};

    #[test]
    fn the_whole_request() {
        let data = json!({"code": "123456"});
        let message = SendWhatsApp::new(44, PersonId::Email("ada@example.com"), "+15551234567")
            .with_from("+15557654321")
            .with_tracked(false)
            .with_disable_message_retention(true)
            .with_send_to_unsubscribed(false)
            .with_queue_draft(true)
            .with_send_at(1_700_000_000.into())
            .with_language("pt-BR")
            .with_message_data(&data);
        assert_eq!(
            wire_app(&message),
            "POST https://api.customer.io/v1/send/whatsapp\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/0.1.0\n\
             content-length: 285\n\
             \n\
             {\"to\":\"+15551234567\",\"from\":\"+15557654321\",\
             \"transactional_message_id\":44,\"identifiers\":{\"email\":\"ada@example.com\"},\"tracked\":false,\"disable_message_retention\":true,\"send_to_unsubscribed\":false,\
             \"queue_draft\":true,\"send_at\":1700000000,\"language\":\"pt-BR\",\
             \"message_data\":{\"code\":\"123456\"}}"
        );
    }

    #[test]
    fn what_is_not_set_is_left_to_the_template() {
        assert_eq!(
            body(&SendWhatsApp::new("login_code", "42", "{{customer.phone}}")),
            r#"{"to":"{{customer.phone}}","transactional_message_id":"login_code","identifiers":{"id":"42"}}"#
        );
    }

    #[test]
    fn what_cannot_be_sent_is_refused() {
        let large = json!({"text": "x".repeat(1_000_000)});
        for (error, expected) in [
            (refused_app(&SendWhatsApp::new("", "42", "+1")), "the trigger name is empty"),
            (refused_app(&SendWhatsApp::new(1, "", "+1")), "the person's id is empty"),
            (refused_app(&SendWhatsApp::new(1, "42", "")), "the recipient is empty"),
            (
                refused_app(&SendWhatsApp::new(1, "42", "+1").with_message_data(&large)),
                "the message has 1000093 bytes, and the limit is 1000000",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
