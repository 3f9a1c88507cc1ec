//! `POST /v1/send/inbox_message`: send a transactional inbox message.
//!
//! Limits: 1 MB; `send_at` up to 90 days ahead; 3000 messages in 3 seconds, not strictly enforced.
//! <https://docs.customer.io/integrations/api/app/#operation/sendInboxMessage>

use bytes::Bytes;
use http::{Method, Response};
use serde::Serialize;

use super::message::{self, Common, SentMessage, TransactionalMessageId, common_setters};
use crate::{
    App, Body, BuildError, DecodeFailure, Limits, Nothing, Operation, Path, PersonId, Quota, Replay, Timestamp,
    macros::{opaque_debug, setters},
    path::route,
};

/// Sends a message to the inbox that a person has in your app.
///
/// A field that is not set is not sent: the transactional message's own setting holds.
///
/// ```
/// use customerio_core::app::SendInboxMessage;
/// use serde_json::json;
///
/// let data = json!({"order": "A-17"});
/// let message = SendInboxMessage::new("order_ready", "42").with_message_data(&data);
/// # let _ = message;
/// ```
#[derive(Serialize)]
#[serde(bound = "D: Serialize")]
pub struct SendInboxMessage<'a, D: ?Sized = Nothing> {
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<&'a str>,
    #[serde(flatten)]
    common: Common<'a, D>,
}

impl<'a> SendInboxMessage<'a> {
    /// The transactional message `template` to `person`.
    #[must_use]
    pub fn new(template: impl Into<TransactionalMessageId<'a>>, person: impl Into<PersonId<'a>>) -> Self {
        Self { to: None, common: Common::new(template, person) }
    }
}

impl<'a, D: ?Sized> SendInboxMessage<'a, D> {
    /// Data for the message, as in `{{trigger.order}}`: anything that serialises as an object. The app gets it as the
    /// message's properties.
    #[must_use]
    pub fn with_message_data<E: Serialize + ?Sized>(self, data: &'a E) -> SendInboxMessage<'a, E> {
        SendInboxMessage { to: self.to, common: self.common.with_message_data(data) }
    }

    setters! {
        /// Another recipient than the person. Seldom needed.
        with_to, to: &'a str;
    }
    common_setters! { queue_draft send_at language auto_create }
}

impl<D: Serialize + ?Sized> Operation for SendInboxMessage<'_, D> {
    type Api = App;
    type Output = SentMessage;
    const NAME: &'static str = "app.send_inbox_message";
    const QUOTA: Quota = Quota::Send;

    fn method(&self) -> Method {
        Method::POST
    }
    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        route!(path, "/v1/send/inbox_message");
        Ok(())
    }
    fn body(&self, limits: &Limits) -> Result<Body, BuildError> {
        self.common.check(limits)?;
        self.to.map_or(Ok(()), |to| message::check_text("the recipient", to))?;
        message::encode(self, 0, limits)
    }
    fn replay(&self) -> Replay {
        Replay::OnlyIfNotSent
    }
    fn decode(&self, response: &Response<Bytes>) -> Result<SentMessage, DecodeFailure> {
        message::decode(response)
    }
}

opaque_debug!([D: ?Sized] SendInboxMessage<'_, D>);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{body, refused_app, wire_app};

    #[test]
    fn the_whole_request() {
        let data = json!({"order": "A-17"});
        let message = SendInboxMessage::new(44, PersonId::CioId("cio_0300"))
            .with_to("43")
            .with_queue_draft(false)
            .with_send_at(1_700_000_000.into())
            .with_language("en")
            .with_auto_create(true)
            .with_message_data(&data);
        assert_eq!(
            wire_app(&message),
            "POST https://api.customer.io/v1/send/inbox_message\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/0.1.0\n\
             content-length: 181\n\
             \n\
             {\"to\":\"43\",\"transactional_message_id\":44,\"identifiers\":{\"cio_id\":\"0300\"},\"queue_draft\":false,\
             \"send_at\":1700000000,\"language\":\"en\",\"auto_create\":true,\"message_data\":{\"order\":\"A-17\"}}"
        );
    }

    #[test]
    fn what_is_not_set_is_left_to_the_template() {
        assert_eq!(
            body(&SendInboxMessage::new("order_ready", "42")),
            r#"{"transactional_message_id":"order_ready","identifiers":{"id":"42"}}"#
        );
    }

    #[test]
    fn what_cannot_be_sent_is_refused() {
        let large = json!({"text": "x".repeat(1_000_000)});
        for (error, expected) in [
            (refused_app(&SendInboxMessage::new("", "42")), "the trigger name is empty"),
            (refused_app(&SendInboxMessage::new(1, "")), "the person's id is empty"),
            (refused_app(&SendInboxMessage::new(1, "42").with_to(" ")), "the recipient is empty"),
            (
                refused_app(&SendInboxMessage::new(1, "42").with_message_data(&large)),
                "the message has 1000083 bytes, and the limit is 1000000",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
