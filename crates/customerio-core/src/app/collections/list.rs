//! `GET /v1/collections`: every collection of the workspace.

use super::Collection;
use crate::{Page, macros::plain};

plain! {
    /// Lists the collections of the workspace, all at once, without their contents.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Page<Collection>`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/getCollections>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::collections::List, http::Response, operation::parse};
    ///
    /// let json = r#"{"collections":[{"id":5,"name":"events","rows":2}]}"#;
    /// let collections = parse::<List>(Response::new(json.into()))?.items;
    /// assert_eq!(collections[0].name.as_deref(), Some("events"));
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "get_collections")]
    pub struct List {}
    "app.collections.list" = GET "/v1/collections" -> Page<Collection>;
}

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
        assert_eq!(wire_app(List::new()), plain("GET /v1/collections"));
    }

    #[test]
    fn a_collection_is_read_field_by_field() {
        let collection = json!({
            "id": 5, "name": "events", "bytes": 296, "rows": 2, "schema": ["city", "name"], "created_at": 1_700_000_000,
            "updated_at": 1_700_000_060, "new": true,
        });
        let json = json!({"collections": [collection, {"name": "no id"}]}).to_string();
        let page = parse::<List>(Response::new(json.into())).unwrap();
        let read = &page.items[0];
        assert_eq!((read.id, read.name.as_deref()), (5.into(), Some("events")));
        assert_eq!((read.bytes, read.rows, read.schema.join(" ")), (Some(296), Some(2), "city name".to_owned()));
        assert_eq!((read.created_at, read.updated_at), (Some(1_700_000_000.into()), Some(1_700_000_060.into())));
        assert_eq!(serde_json::to_value(read).unwrap(), collection);
        assert_eq!((page.items.len(), &page.extra["collections"]), (1, &json!([{"name": "no id"}])));
        survives_changes::<Collection>(&collection, &["id"]);
    }
}
