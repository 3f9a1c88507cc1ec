//! `GET /v1/snippets`: every snippet of the workspace.

use super::Snippet;
use crate::{Page, macros::plain};

plain! {
    /// Lists the snippets of the workspace, all at once.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Page<Snippet>`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/listSnippets>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::snippets::List, http::Response, operation::parse};
    ///
    /// let json = r#"{"snippets":[{"name":"address","value":"1 Main St","updated_at":1552341937}]}"#;
    /// let snippets = parse::<List>(Response::new(json.into()))?.items;
    /// assert_eq!(snippets[0].name, "address");
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "list_snippets")]
    pub struct List {}
    "app.snippets.list" = GET "/v1/snippets" -> Page<Snippet>;
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{plain, survives_changes, wire_app};

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(List::new()), plain("GET /v1/snippets"));
    }

    #[test]
    fn a_snippet_is_read_field_by_field() {
        let json = json!({"name": "address", "value": "1 Main St", "updated_at": 1_552_341_937});
        let read: Snippet = serde_json::from_value(json.clone()).unwrap();
        assert_eq!((read.value.as_deref(), read.updated_at), (Some("1 Main St"), Some(1_552_341_937.into())));
        survives_changes::<Snippet>(&json, &["name"]);
    }
}
