//! `GET /v1/broadcasts`: every broadcast that the API triggers.

use super::Broadcast;
use crate::{Page, macros::plain};

plain! {
    /// Lists the broadcasts of the workspace that the API triggers, all at once.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Page<Broadcast>`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/listBroadcasts>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::broadcasts::List, http::Response, operation::parse};
    ///
    /// let json =
    ///     r#"{"broadcasts":[{"id":12,"name":"Sightings","actions":[{"id":3,"type":"email"}]}]}"#;
    /// let broadcasts = parse::<List>(Response::new(json.into()))?.items;
    /// assert_eq!(broadcasts[0].name.as_deref(), Some("Sightings"));
    /// assert_eq!(broadcasts[0].actions[0].id.get(), 3);
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "list_broadcasts")]
    pub struct List {}
    "app.broadcasts.list" = GET "/v1/broadcasts" -> Page<Broadcast>;
}

#[cfg(test)]
mod tests {
    use http::Response;
    use serde_json::json;

    use super::*;
    use crate::{
        app::RunState,
        parse,
        testing::{plain, survives_changes, wire_app},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(List::new()), plain("GET /v1/broadcasts"));
    }

    #[test]
    fn a_broadcast_is_read_field_by_field() {
        let broadcast = json!({
            "id": 12, "deduplicate_id": "12:1520467201", "name": "Sightings", "type": "triggered_broadcast",
            "created": 1_520_467_200, "updated": 1_520_467_201, "active": true, "state": "running",
            "actions": [{"id": 3, "type": "email"}, {"id": 4}], "msg_template_ids": [{"id": 5, "type": "sms"}],
            "first_started": 1_520_467_202, "tags": ["birds"], "created_by": "Ada",
        });
        let json = json!({"broadcasts": [broadcast]}).to_string();
        let page = parse::<List>(Response::new(json.into())).unwrap();
        let read = &page.items[0];
        assert_eq!((read.id, read.deduplicate_id.as_deref()), (12.into(), Some("12:1520467201")));
        assert_eq!((read.name.as_deref(), read.kind.as_deref()), (Some("Sightings"), Some("triggered_broadcast")));
        assert_eq!((read.active, read.state.as_ref()), (Some(true), Some(&RunState::Running)));
        assert_eq!((read.created, read.updated), (Some(1_520_467_200.into()), Some(1_520_467_201.into())));
        assert_eq!((read.first_started, &read.tags[..]), (Some(1_520_467_202.into()), &["birds".into()][..]));
        assert_eq!((read.actions[0].id, read.actions[0].kind.as_deref()), (3.into(), Some("email")));
        assert_eq!((read.actions[1].id, read.actions[1].kind.as_deref()), (4.into(), None));
        assert_eq!((read.templates[0].id, read.templates[0].kind.as_deref()), (5.into(), Some("sms")));
        assert_eq!(read.extra, *json!({"created_by": "Ada"}).as_object().unwrap());
        survives_changes::<Broadcast>(&broadcast, &["id"]);
    }

    #[test]
    fn what_is_no_list_is_an_empty_one() {
        let json = r#"{"broadcasts":[{"id":2,"tags":"nil","actions":[{"id":"3"},{"type":"webhook"}]}]}"#;
        let page = parse::<List>(Response::new(json.into())).unwrap();
        let broadcast = &page.items[0];
        assert_eq!((broadcast.tags.len(), &broadcast.extra["tags"]), (0, &json!("nil")));
        assert_eq!((broadcast.actions[0].id, broadcast.actions.len()), (3.into(), 1));
        assert_eq!(broadcast.extra["actions"], json!([{"type": "webhook"}]));
        assert!(parse::<List>(Response::new(r#"{"broadcasts":null}"#.into())).unwrap().items.is_empty());
        assert!(parse::<List>(Response::new(r#"{"campaigns":[]}"#.into())).is_err());
    }
}
