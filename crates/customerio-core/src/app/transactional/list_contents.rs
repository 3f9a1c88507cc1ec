//! `GET /v1/transactional/{transactional_id}/contents`: the content of a transactional message in each language.

use crate::{Page, TransactionalId, app::Content, macros::plain};

plain! {
    /// Lists the content of a transactional message, all at once: the content without a language, and one for each
    /// language.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Page<Content>`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/listTransactionalVariants>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::transactional::ListContents, http::Response, operation::parse};
    ///
    /// let json =
    ///     r#"{"contents":[{"id":139,"language":"","subject":"Welcome"},{"id":140,"language":"fr"}]}"#;
    /// let contents = parse::<ListContents>(Response::new(json.into()))?.items;
    /// assert_eq!(contents[1].language.as_deref(), Some("fr"));
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "list_transactional_variants")]
    pub struct ListContents { transactional_id: TransactionalId = 44 }
    "app.transactional.list_contents" = GET "/v1/transactional/{transactional_id}/contents" -> Page<Content>;
}

#[cfg(test)]
mod tests {
    use http::Response;
    use serde_json::json;

    use super::*;
    use crate::{
        parse,
        testing::{plain, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(ListContents::new(44)), plain("GET /v1/transactional/44/contents"));
        assert_eq!(
            refused_app(ListContents::new(0)).to_string(),
            "the transactional message's id is not valid: it must be a positive number"
        );
    }

    #[test]
    fn the_response_has_the_contents() {
        let json = r#"{"contents":[{"id":139,"language":"","subject":"Hello"},{"id":"140","language":"fr"},{"language":"de"}]}"#;
        let page = parse::<ListContents>(Response::new(json.into())).unwrap();
        assert_eq!((page.items.len(), page.items[1].id), (2, 140.into()));
        assert_eq!((page.items[0].language.as_deref(), page.items[0].subject.as_deref()), (Some(""), Some("Hello")));
        assert_eq!(page.extra["contents"], json!([{"language": "de"}]));
    }
}
