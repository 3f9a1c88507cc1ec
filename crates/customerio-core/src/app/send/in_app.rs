//! `POST /v1/send/in_app`: send a transactional in-app message.

use http::Method;
use serde::Serialize;

use super::message::{MessageFields, SentMessage, common_setters};
use crate::{
    App, Body, BuildError, Limits, Operation, PersonId, Quota, TransactionalMessageId,
    macros::{opaque_debug, sample},
};

/// Sends an in-app message to one person.
///
/// A field that is not set is not sent: the transactional message's own setting applies.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `SentMessage`, or with the short method
/// `send_in_app`.
///
/// Limits: 1 MB; `send_at` up to 90 days ahead; 3000 messages in 3 seconds, not strictly enforced.
/// <https://docs.customer.io/integrations/api/app/#operation/sendInApp>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::SendInApp, limits::Limits, retry::Replay};
/// use serde_json::json;
///
/// let message = SendInApp::new("order_ready", "42").with_message_data(json!({"order": "A-17"}));
/// let request = Prepared::new(message, &Limits::default())?;
/// assert_eq!((request.path(), request.replay()), ("/v1/send/in_app", Replay::OnlyIfNotSent));
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "send_in_app")]
pub struct SendInApp {
    common: MessageFields,
}

impl SendInApp {
    /// Creates the transactional message `message` to `person`.
    #[must_use]
    pub fn new(message: impl Into<TransactionalMessageId>, person: impl Into<PersonId>) -> Self {
        Self { common: MessageFields::new(message, person) }
    }

    /// Data for the message, as in `{{trigger.order}}`: anything that serialises as an object. The app gets it as the
    /// message's properties. It is encoded here; what cannot be encoded is an error when the request is built.
    #[must_use]
    pub fn with_message_data(mut self, data: impl Serialize) -> Self {
        self.common.set_message_data(&data);
        self
    }

    common_setters! { queue_draft send_at language auto_create }
}

impl Operation for SendInApp {
    type Api = App;
    type Output = SentMessage;
    const NAME: &'static str = "app.send_in_app";
    const METHOD: Method = Method::POST;
    const ROUTE: &'static str = "/v1/send/in_app";
    const QUOTA: Quota = Quota::Send;

    fn body(self, limits: &Limits) -> Result<Body, BuildError> {
        self.common.encode(0, limits, |_| Ok(()))
    }
}

opaque_debug!(SendInApp);
sample!(SendInApp:
    Self::new(44, "LEAK-42");
    Self::new(44, "LEAK-42")
        .with_message_data(std::collections::BTreeMap::from([("LEAK-order", 17)]))
        .with_queue_draft(true)
        .with_send_at(1_800_000_000)
        .with_language("fr")
        .with_auto_create(true));

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{body, refused_app, wire_app};

    #[test]
    fn the_whole_request() {
        let data = json!({"order": "A-17"});
        let message = SendInApp::new(44, PersonId::cio_id("cio_0300"))
            .with_queue_draft(false)
            .with_send_at(1_700_000_000)
            .with_language("en")
            .with_auto_create(true)
            .with_message_data(data);
        assert_eq!(
            wire_app(message),
            "POST https://api.customer.io/v1/send/in_app\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 171\n\
             \n\
             {\"transactional_message_id\":44,\"identifiers\":{\"cio_id\":\"0300\"},\"queue_draft\":false,\
             \"send_at\":1700000000,\"language\":\"en\",\"auto_create\":true,\"message_data\":{\"order\":\"A-17\"}}"
        );
    }

    #[test]
    fn what_is_not_set_is_left_to_the_template() {
        assert_eq!(
            body(SendInApp::new("order_ready", "42")),
            r#"{"transactional_message_id":"order_ready","identifiers":{"id":"42"}}"#
        );
    }

    #[test]
    fn what_cannot_be_sent_is_refused() {
        let large = json!({"text": "x".repeat(1_000_000)});
        for (error, expected) in [
            (refused_app(SendInApp::new("", "42")), "the trigger name is empty"),
            (refused_app(SendInApp::new(1, "")), "the person's id is empty"),
            (
                refused_app(SendInApp::new(1, "42").with_message_data(large)),
                "the message has 1000083 bytes, and the limit is 1000000",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
