//! `GET /v1/exports`: every export of the workspace.

use super::Export;
use crate::{Page, macros::plain};

plain! {
    /// Lists the exports of the workspace, all at once.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Page<Export>`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/listExports>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::exports::List, http::Response, operation::parse};
    ///
    /// // A workspace without exports has no list, which is an empty one.
    /// let exports = parse::<List>(Response::new(r#"{"exports":null}"#.into()))?;
    /// assert!(exports.items.is_empty());
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "list_exports")]
    pub struct List {}
    "app.exports.list" = GET "/v1/exports" -> Page<Export>;
}

#[cfg(test)]
mod tests {
    use http::Response;
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        app::exports::{ExportKind, ExportStatus},
        parse,
        testing::{plain, survives_changes, wire_app},
    };

    fn export() -> Value {
        json!({
            "id": 110, "user_id": 0, "user_email": "person@example.com", "total": 1234,
            "deduplicate_id": "110:1530296738", "type": "customers", "failed": false, "status": "done",
            "description": "Customers with segment filters", "downloads": 2, "created_at": 1_530_296_738,
            "updated_at": 1_530_296_739,
        })
    }

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(List::new()), plain("GET /v1/exports"));
    }

    #[test]
    fn an_export_is_read_field_by_field() {
        let json = json!({"exports": [export()]}).to_string();
        let page = parse::<List>(Response::new(json.into())).unwrap();
        let read = &page.items[0];
        assert_eq!((read.id, read.kind.as_ref()), (110.into(), Some(&ExportKind::Customers)));
        assert_eq!((read.status.as_ref(), read.failed), (Some(&ExportStatus::Done), Some(false)));
        assert_eq!((read.total, read.downloads, read.user_id), (Some(1234), Some(2), Some(0)));
        assert_eq!(read.description.as_deref(), Some("Customers with segment filters"));
        assert_eq!(read.updated_at, Some(1_530_296_739.into()));
        assert!(read.extra.is_empty() && page.next.is_none());
        survives_changes::<Export>(&export(), &["id"]);
    }

    #[test]
    fn the_list_must_be_there_under_its_name() {
        for json in [r#"{"export":[]}"#, "{}", "[]", "null", "<html>"] {
            assert!(parse::<List>(Response::new(json.into())).is_err(), "{json}");
        }
    }

    #[test]
    fn an_export_is_ready_when_all_agree() {
        for (change, ready) in [
            (json!({}), Some(true)),
            (json!({"status": "pending"}), None),
            (json!({"status": "compressing"}), None),
            (json!({"status": null}), None),
            (json!({"status": "failed"}), Some(false)),
            (json!({"failed": true}), Some(false)),
        ] {
            let mut json = export();
            json.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            let export: Export = serde_json::from_value(json).unwrap();
            assert_eq!(export.is_ready(), ready, "{change}");
        }
    }
}
