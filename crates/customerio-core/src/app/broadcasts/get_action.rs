//! `GET /v1/broadcasts/{broadcast_id}/actions/{action_id}`: one action of a broadcast.

use crate::{ActionId, BroadcastId, app::Action, macros::plain};

plain! {
    /// Reads an action of a broadcast, with the text that has no language.
    ///
    /// [`GetActionTranslation`](super::GetActionTranslation) reads those in a language.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Action`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/getBroadcastAction>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::{Channel, broadcasts::GetAction}, http::Response, operation::parse};
    ///
    /// let json = r#"{"action":{"id":7,"broadcast_id":12,"type":"push","subject":"Look!"}}"#;
    /// let action = parse::<GetAction>(Response::new(json.into()))?;
    /// assert_eq!(action.channel, Some(Channel::Push));
    /// assert_eq!(action.subject.as_deref(), Some("Look!"));
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "get_broadcast_action")]
    pub struct GetAction { broadcast_id: BroadcastId = 12, action_id: ActionId = 7 }
    "app.broadcasts.get_action" = GET "/v1/broadcasts/{broadcast_id}/actions/{action_id}" -> Action;
}

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;
    use crate::{
        parse,
        testing::{plain, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(GetAction::new(12, 7)), plain("GET /v1/broadcasts/12/actions/7"));
        for (get, what) in [(GetAction::new(0, 7), "the broadcast's id"), (GetAction::new(12, 0), "the action's id")] {
            assert_eq!(refused_app(get).to_string(), format!("{what} is not valid: it must be a positive number"));
        }
    }

    #[test]
    fn the_response_has_the_action() {
        let json = r#"{"action":{"id":"7","broadcast_id":12,"reply_to_id":null}}"#;
        let action = parse::<GetAction>(Response::new(json.into())).unwrap();
        assert_eq!((action.id, action.broadcast_id, action.reply_to_id), (7.into(), Some(12.into()), None));
        assert!(parse::<GetAction>(Response::new(r#"{"id":7}"#.into())).is_err());
    }
}
