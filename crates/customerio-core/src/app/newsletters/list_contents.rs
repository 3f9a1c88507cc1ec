//! `GET /v1/newsletters/{newsletter_id}/contents`: the content of a newsletter.

use crate::{NewsletterId, Page, app::Content, macros::plain};

plain! {
    /// Lists the content of a newsletter, all at once: its own text, its translations, and those of the groups of an
    /// A/B test.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Page<Content>`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/listNewsletterVariants>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::newsletters::ListContents, http::Response, operation::parse};
    ///
    /// let json = r#"{"contents":[{"id":90,"language":"","subject":"Hello"},{"id":91,"language":"fr","subject":"Bonjour"}]}"#;
    /// let contents = parse::<ListContents>(Response::new(json.into()))?.items;
    /// assert_eq!(contents[1].subject.as_deref(), Some("Bonjour"));
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "list_newsletter_variants")]
    pub struct ListContents { newsletter_id: NewsletterId = 7 }
    "app.newsletters.list_contents" = GET "/v1/newsletters/{newsletter_id}/contents" -> Page<Content>;
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
        assert_eq!(wire_app(ListContents::new(7)), plain("GET /v1/newsletters/7/contents"));
        assert_eq!(
            refused_app(ListContents::new(0)).to_string(),
            "the newsletter's id is not valid: it must be a positive number"
        );
    }

    #[test]
    fn the_response_has_the_contents() {
        let json = r#"{"contents":[{"id":"90","language":""},{"language":"fr"}]}"#;
        let page = parse::<ListContents>(Response::new(json.into())).unwrap();
        assert_eq!((page.items.len(), page.items[0].id, page.items[0].language.as_deref()), (1, 90.into(), Some("")));
        assert_eq!(page.extra["contents"], serde_json::json!([{"language": "fr"}]));
        assert!(parse::<ListContents>(Response::new(r#"{"content":[]}"#.into())).is_err());
    }
}
