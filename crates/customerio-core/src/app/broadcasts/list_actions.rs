//! `GET /v1/broadcasts/{broadcast_id}/actions`: what a broadcast does.

use crate::{BroadcastId, Page, app::Action, macros::plain};

plain! {
    /// Lists the actions of a broadcast, all at once: its messages and its other steps.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Page<Action>`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/broadcastActions>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::broadcasts::ListActions, http::Response, operation::parse};
    ///
    /// let json = r#"{"actions":[{"id":"7","broadcast_id":12,"subject":"Roadrunner spotted"}]}"#;
    /// let actions = parse::<ListActions>(Response::new(json.into()))?.items;
    /// assert_eq!(actions[0].subject.as_deref(), Some("Roadrunner spotted"));
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "broadcast_actions")]
    pub struct ListActions { broadcast_id: BroadcastId = 12 }
    "app.broadcasts.list_actions" = GET "/v1/broadcasts/{broadcast_id}/actions" -> Page<Action>;
}

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;
    use crate::{
        app::Channel,
        parse,
        testing::{plain, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(ListActions::new(12)), plain("GET /v1/broadcasts/12/actions"));
        assert_eq!(
            refused_app(ListActions::new(0)).to_string(),
            "the broadcast's id is not valid: it must be a positive number"
        );
    }

    #[test]
    fn the_response_has_the_actions() {
        let json = r#"{"actions":[{"id":"3","broadcast_id":"12","type":"webhook","method":"post"},{"id":4},{}]}"#;
        let page = parse::<ListActions>(Response::new(json.into())).unwrap();
        let action = &page.items[0];
        assert_eq!((action.id, action.broadcast_id, action.campaign_id), (3.into(), Some(12.into()), None));
        assert_eq!((action.channel.as_ref(), action.method.as_deref()), (Some(&Channel::Webhook), Some("post")));
        assert_eq!((page.items.len(), page.extra["actions"].as_array().unwrap().len()), (2, 1));
        assert!(parse::<ListActions>(Response::new(r#"{"actions":null}"#.into())).unwrap().items.is_empty());
        assert!(parse::<ListActions>(Response::new(r#"{"action":{}}"#.into())).is_err());
    }
}
