//! `POST /v1/send/in_app`: send a transactional in-app message.
//!
//! Limits: 1 MB; `send_at` up to 90 days ahead; 3000 messages in 3 seconds, not strictly enforced.
//! <https://docs.customer.io/integrations/api/app/#operation/sendInApp>

use bytes::Bytes;
use http::{Method, Response};
use serde::Serialize;

use super::message::{self, Common, SentMessage, TransactionalMessageId, common_setters};
use crate::{
    App, Body, BuildError, DecodeFailure, Limits, Nothing, Operation, Path, PersonId, Quota, Replay, Timestamp,
    macros::opaque_debug, path::route,
};

/// Sends an in-app message to one person.
///
/// A field that is not set is not sent: the transactional message's own setting holds.
///
/// ```
/// use customerio_core::app::SendInApp;
/// use serde_json::json;
///
/// let data = json!({"order": "A-17"});
/// let message = SendInApp::new("order_ready", "42").with_message_data(&data);
/// # let _ = message;
/// ```
#[derive(Serialize)]
#[serde(bound = "D: Serialize")]
pub struct SendInApp<'a, D: ?Sized = Nothing> {
    #[serde(flatten)]
    common: Common<'a, D>,
}

impl<'a> SendInApp<'a> {
    /// The transactional message `template` to `person`.
    #[must_use]
    pub fn new(template: impl Into<TransactionalMessageId<'a>>, person: impl Into<PersonId<'a>>) -> Self {
        Self { common: Common::new(template, person) }
    }
}

impl<'a, D: ?Sized> SendInApp<'a, D> {
    /// Data for the message, as in `{{trigger.order}}`: anything that serialises as an object. The app gets it as the
    /// message's properties.
    #[must_use]
    pub fn with_message_data<E: Serialize + ?Sized>(self, data: &'a E) -> SendInApp<'a, E> {
        SendInApp { common: self.common.with_message_data(data) }
    }

    common_setters! { queue_draft send_at language auto_create }
}

impl<D: Serialize + ?Sized> Operation for SendInApp<'_, D> {
    type Api = App;
    type Output = SentMessage;
    const NAME: &'static str = "app.send_in_app";
    const QUOTA: Quota = Quota::Send;

    fn method(&self) -> Method {
        Method::POST
    }
    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        route!(path, "/v1/send/in_app");
        Ok(())
    }
    fn body(&self, limits: &Limits) -> Result<Body, BuildError> {
        self.common.check(limits)?;
        message::encode(self, 0, limits)
    }
    fn replay(&self) -> Replay {
        Replay::OnlyIfNotSent
    }
    fn decode(&self, response: &Response<Bytes>) -> Result<SentMessage, DecodeFailure> {
        message::decode(response)
    }
}

opaque_debug!([D: ?Sized] SendInApp<'_, D>);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{body, refused_app, wire_app};

    #[test]
    fn the_whole_request() {
        let data = json!({"order": "A-17"});
        let message = SendInApp::new(44, PersonId::CioId("cio_0300"))
            .with_queue_draft(false)
            .with_send_at(1_700_000_000.into())
            .with_language("en")
            .with_auto_create(true)
            .with_message_data(&data);
        assert_eq!(
            wire_app(&message),
            "POST https://api.customer.io/v1/send/in_app\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/0.1.0\n\
             content-length: 171\n\
             \n\
             {\"transactional_message_id\":44,\"identifiers\":{\"cio_id\":\"0300\"},\"queue_draft\":false,\
             \"send_at\":1700000000,\"language\":\"en\",\"auto_create\":true,\"message_data\":{\"order\":\"A-17\"}}"
        );
    }

    #[test]
    fn what_is_not_set_is_left_to_the_template() {
        assert_eq!(
            body(&SendInApp::new("order_ready", "42")),
            r#"{"transactional_message_id":"order_ready","identifiers":{"id":"42"}}"#
        );
    }

    #[test]
    fn what_cannot_be_sent_is_refused() {
        let large = json!({"text": "x".repeat(1_000_000)});
        for (error, expected) in [
            (refused_app(&SendInApp::new("", "42")), "the trigger name is empty"),
            (refused_app(&SendInApp::new(1, "")), "the person's id is empty"),
            (
                refused_app(&SendInApp::new(1, "42").with_message_data(&large)),
                "the message has 1000083 bytes, and the limit is 1000000",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
