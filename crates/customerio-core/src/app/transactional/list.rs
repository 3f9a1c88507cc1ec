//! `GET /v1/transactional`: every transactional message of the workspace.

use super::TransactionalMessage;
use crate::{Page, macros::plain};

plain! {
    /// Lists the transactional messages of the workspace, all at once: the templates, not what was sent.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Page<TransactionalMessage>`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/listTransactional>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::transactional::List, http::Response, operation::parse};
    ///
    /// let json = r#"{"messages":[{"id":44,"name":"Password reset"}]}"#;
    /// assert_eq!(
    ///     parse::<List>(Response::new(json.into()))?.items[0].name.as_deref(),
    ///     Some("Password reset")
    /// );
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "list_transactional")]
    pub struct List {}
    "app.transactional.list" = GET "/v1/transactional" -> Page<TransactionalMessage>;
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{plain, survives_changes, wire_app};

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(List::new()), plain("GET /v1/transactional"));
    }

    #[test]
    fn a_transactional_message_is_read_field_by_field() {
        let json = json!({
            "id": 44, "name": "Password reset", "description": "d", "send_to_unsubscribed": true, "link_tracking": false,
            "open_tracking": true, "hide_message_body": false, "queue_drafts": false, "created_at": 1_552_341_937,
            "updated_at": 1_552_341_938,
        });
        let read: TransactionalMessage = serde_json::from_value(json.clone()).unwrap();
        assert_eq!((read.id, read.send_to_unsubscribed, read.queue_drafts), (44.into(), Some(true), Some(false)));
        assert!(read.extra.is_empty());
        survives_changes::<TransactionalMessage>(&json, &["id"]);
    }
}
