//! `GET /v1/broadcasts/{broadcast_id}/triggers`: every trigger of a broadcast.

use super::Trigger;
use crate::{BroadcastId, Page, macros::plain};

plain! {
    /// Lists the triggers of a broadcast, all at once: when it was triggered, and which were processed.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Page<Trigger>`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/listBroadcastTriggers>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::broadcasts::ListTriggers, http::Response, operation::parse};
    ///
    /// let json =
    ///     r#"{"triggers":[{"id":1,"created_at":1700000000,"processed_at":1700000009},{"id":2}]}"#;
    /// let triggers = parse::<ListTriggers>(Response::new(json.into()))?.items;
    /// assert_eq!(
    ///     triggers.iter().map(|trigger| trigger.is_processed()).collect::<Vec<_>>(),
    ///     [true, false]
    /// );
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "list_broadcast_triggers")]
    pub struct ListTriggers { broadcast_id: BroadcastId = 12 }
    "app.broadcasts.list_triggers" = GET "/v1/broadcasts/{broadcast_id}/triggers" -> Page<Trigger>;
}

#[cfg(test)]
mod tests {
    use http::Response;
    use serde_json::json;

    use super::*;
    use crate::{
        parse,
        testing::{plain, refused_app, survives_changes, wire_app},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(ListTriggers::new(12)), plain("GET /v1/broadcasts/12/triggers"));
        assert_eq!(
            refused_app(ListTriggers::new(0)).to_string(),
            "the broadcast's id is not valid: it must be a positive number"
        );
    }

    #[test]
    fn a_trigger_is_read_field_by_field() {
        let trigger =
            json!({"id": 3, "broadcast_id": 12, "created_at": 1_700_000_000, "processed_at": 1_700_000_009, "new": 1});
        let json = json!({"triggers": [trigger, {"broadcast_id": 12}]}).to_string();
        let page = parse::<ListTriggers>(Response::new(json.into())).unwrap();
        let read = &page.items[0];
        assert_eq!((read.id, read.broadcast_id), (3.into(), Some(12.into())));
        assert_eq!((read.created_at, read.processed_at), (Some(1_700_000_000.into()), Some(1_700_000_009.into())));
        assert_eq!((page.items.len(), &page.extra["triggers"]), (1, &json!([{"broadcast_id": 12}])));
        survives_changes::<Trigger>(&trigger, &["id"]);
    }

    #[test]
    fn the_list_must_be_there_under_its_name() {
        assert!(parse::<ListTriggers>(Response::new(r#"{"triggers":null}"#.into())).unwrap().items.is_empty());
        for json in ["{}", "[]", r#"{"trigger":[]}"#] {
            assert!(parse::<ListTriggers>(Response::new(json.into())).is_err(), "{json}");
        }
    }
}
