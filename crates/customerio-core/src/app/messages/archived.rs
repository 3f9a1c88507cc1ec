//! `GET /v1/messages/{message_id}/archived_message`: what a message said.

use crate::{
    DeliveryId, Quota,
    entity::{entity, returned},
    macros::plain,
};

plain! {
    /// Reads the content of a message, as it was sent.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `ArchivedMessage`.
    ///
    /// Limits: 100 requests a day for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/getArchivedMessage>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::messages::Archived, http::Response, operation::parse};
    ///
    /// let json =
    ///     r#"{"archived_message":{"id":"RPIL","subject":"Hello","body":"<html>Hello</html>"}}"#;
    /// let message = parse::<Archived>(Response::new(json.into()))?;
    /// assert_eq!(message.subject.as_deref(), Some("Hello"));
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "get_archived_message")]
    pub struct Archived { message_id: DeliveryId = "LEAK-message" }
    "app.messages.archived" = GET "/v1/messages/{message_id}/archived_message" -> ArchivedMessage;
    const QUOTA: Quota = Quota::ArchivedMessages;
}

entity! {
    /// The content of a message.
    pub struct ArchivedMessage {
        /// The id.
        pub id: Option<DeliveryId>,
        /// The whole body.
        pub body: Option<String>,
        /// The sender of an e-mail.
        pub from: Option<String>,
        /// The addresses for replies.
        pub reply_to: Option<String>,
        /// The address, the phone number or the device.
        pub recipient: Option<String>,
        /// The subject of an e-mail.
        pub subject: Option<String>,
        /// The recipients of a blind copy.
        pub bcc: Option<String>,
        /// Whether blind copies are messages of their own, with the recipient in the subject.
        pub fake_bcc: Option<bool>,
        /// The preheader: the text that an inbox shows below the subject.
        pub preheader_text: Option<String>,
        /// The URL of a webhook.
        pub url: Option<String>,
        /// The HTTP method of a webhook.
        pub request_method: Option<String>,
        /// The headers: JSON text, of a list of names and values.
        pub headers: Option<String>,
        /// Whether the person was deleted since, so that nothing of the message is left.
        pub forgotten: Option<bool>,
    }
}

returned!(ArchivedMessage in "archived_message" = r#"{"id":"RPIL","subject":"Hello","body":"<html>Hello</html>"}"#);

#[cfg(test)]
mod tests {
    use http::Response;
    use serde_json::json;

    use super::*;
    use crate::{
        parse,
        testing::{plain, survives_changes, wire_app},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(Archived::new("a=")), plain("GET /v1/messages/a%3D/archived_message"));
    }

    #[test]
    fn the_response_has_the_message() {
        let message = json!({
            "id": "a=", "body": "<html>", "from": "shop@example.com", "reply_to": "help@example.com",
            "recipient": "ada@example.com", "subject": "Hello", "bcc": "", "fake_bcc": false, "preheader_text": "Hi",
            "url": "https://example.com/webhook", "request_method": "POST", "headers": r#"[{"name":"X-A","value":"1"}]"#,
            "forgotten": false,
        });
        let json = json!({"archived_message": message}).to_string();
        let read = parse::<Archived>(Response::new(json.into())).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), message);
        assert!(read.extra.is_empty() && !format!("{read:?}").contains("ada"));
        survives_changes::<ArchivedMessage>(&message, &[]);
    }
}
