//! `GET /v1/segments`: every segment of the workspace.

use super::Segment;
use crate::{Page, macros::plain};

plain! {
    /// Lists the segments of the workspace, all at once.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Page<Segment>`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/listSegments>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::segments::List, http::Response, operation::parse};
    ///
    /// let json = r#"{"segments":[{"id":7,"name":"VIPs","type":"manual","state":"finished"}]}"#;
    /// let segments = parse::<List>(Response::new(json.into()))?.items;
    /// assert_eq!(segments[0].name.as_deref(), Some("VIPs"));
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "list_segments")]
    pub struct List {}
    "app.segments.list" = GET "/v1/segments" -> Page<Segment>;
}

#[cfg(test)]
mod tests {
    use http::Response;
    use serde_json::json;

    use super::*;
    use crate::{
        app::segments::{SegmentKind, SegmentState},
        parse,
        testing::{plain, survives_changes, wire_app},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(List::new()), plain("GET /v1/segments"));
    }

    #[test]
    fn a_segment_is_read_field_by_field() {
        let segment = json!({
            "id": 7, "deduplicate_id": "7:1552341937", "name": "VIPs", "description": "They buy a lot", "state": "build",
            "progress": 40, "type": "dynamic", "tags": ["a", "b"], "created_at": 1_552_341_937, "updated_at": null, "new": 1,
        });
        survives_changes::<Segment>(&segment, &["id"]);
        let odd = json!({"name": "no id"});
        let json = json!({"segments": [segment, odd]}).to_string();
        let page = parse::<List>(Response::new(json.into())).unwrap();
        let read = &page.items[0];
        assert_eq!((read.id, read.state.as_ref()), (7.into(), Some(&SegmentState::Build)));
        assert_eq!((read.kind.as_ref(), read.progress), (Some(&SegmentKind::Dynamic), Some(40)));
        assert_eq!((read.tags.len(), read.created_at), (2, Some(1_552_341_937.into())));
        assert_eq!(serde_json::to_value(read).unwrap(), segment);
        assert_eq!((page.items.len(), &page.extra["segments"]), (1, &json!([odd])));
    }
}
