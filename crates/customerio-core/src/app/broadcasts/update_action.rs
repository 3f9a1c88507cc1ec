//! `PUT /v1/broadcasts/{broadcast_id}/actions/{action_id}`: change what an action of a broadcast sends.

use crate::{
    ActionId, BroadcastId,
    app::{Action, ContentUpdate},
    macros::plain,
};

plain! {
    /// Changes the content of an action of a broadcast: the text without a language.
    ///
    /// [`UpdateActionTranslation`](super::UpdateActionTranslation) changes those in a language.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Action`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/updateBroadcastAction>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{Prepared, app::{ContentUpdate, broadcasts::UpdateAction}, limits::Limits};
    ///
    /// let update = UpdateAction::new(12, 7, ContentUpdate::new().with_header("X-Shop", "1"));
    /// let request = Prepared::new(update, &Limits::default())?;
    /// assert_eq!(request.path(), "/v1/broadcasts/12/actions/7");
    /// assert_eq!(request.body(), r#"{"headers":[{"name":"X-Shop","value":"1"}]}"#);
    /// # Ok::<(), customerio::BuildError>(())
    /// ```
    #[doc(alias = "update_broadcast_action")]
    pub struct UpdateAction { broadcast_id: BroadcastId = 12, action_id: ActionId = 7 }
    "app.broadcasts.update_action" = PUT "/v1/broadcasts/{broadcast_id}/actions/{action_id}" -> Action;
    body update: ContentUpdate = ContentUpdate::sample_of_action();
}

#[cfg(test)]
mod tests {
    use http::Response;
    use serde_json::json;

    use super::*;
    use crate::{
        Operation as _, Replay, parse,
        testing::{body, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        let update = UpdateAction::new(12, 7, ContentUpdate::new().with_subject("Hello").with_sending_state("draft"));
        assert_eq!(update.replay(), Replay::Safe);
        assert_eq!(
            wire_app(update),
            "PUT https://api.customer.io/v1/broadcasts/12/actions/7\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 43\n\
             \n\
             {\"subject\":\"Hello\",\"sending_state\":\"draft\"}"
        );
        for (update, what) in [
            (UpdateAction::new(0, 7, ContentUpdate::new()), "the broadcast's id"),
            (UpdateAction::new(12, 0, ContentUpdate::new()), "the action's id"),
            (UpdateAction::new(12, 7, ContentUpdate::new().with_from(0)), "the sender's id"),
        ] {
            assert_eq!(refused_app(update).to_string(), format!("{what} is not valid: it must be a positive number"));
        }
        let header = UpdateAction::new(12, 7, ContentUpdate::new().with_header("X Shop", "1"));
        assert_eq!(
            refused_app(header).to_string(),
            "a header is not valid: names and values are ASCII characters without spaces"
        );
    }

    /// Left alone, cleared, set: a field that is left out is none that is `null`.
    #[test]
    fn a_field_has_three_states() {
        let update = |update: ContentUpdate| body(UpdateAction::new(12, 7, update));
        assert_eq!(update(ContentUpdate::new()), "{}");
        assert_eq!(update(ContentUpdate::new().without_reply_to()), r#"{"reply_to_id":null}"#);
        assert_eq!(update(ContentUpdate::new().with_reply_to(5)), r#"{"reply_to_id":5}"#);
    }

    /// They are read as JSON in text, and an e-mail's are written as a list.
    #[test]
    fn headers_have_a_form_for_each_way() {
        let update = |update: ContentUpdate| body(UpdateAction::new(12, 7, update));
        assert_eq!(
            update(ContentUpdate::new().with_header("X-Shop", "1")),
            r#"{"headers":[{"name":"X-Shop","value":"1"}]}"#
        );
        assert_eq!(
            update(ContentUpdate::new().with_webhook_headers(json!({"X-Key": "1"}))),
            r#"{"headers":"{\"X-Key\":\"1\"}"}"#
        );
        let json = json!({"action": {"id": 7, "headers": "[{\"name\":\"X-Shop\",\"value\":\"1\"}]"}}).to_string();
        let action = parse::<UpdateAction>(Response::new(json.into())).unwrap();
        assert_eq!(action.headers.as_deref(), Some(r#"[{"name":"X-Shop","value":"1"}]"#));
    }

    #[test]
    fn the_response_has_the_action() {
        let json = r#"{"action":{"id":"7","broadcast_id":12,"subject":"Hello"}}"#;
        let action = parse::<UpdateAction>(Response::new(json.into())).unwrap();
        assert_eq!((action.id, action.broadcast_id), (7.into(), Some(12.into())));
        assert_eq!(action.subject.as_deref(), Some("Hello"));
    }
}
