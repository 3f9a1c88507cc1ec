//! `GET /v1/newsletters/{newsletter_id}/contents/{content_id}`: one of the texts of a newsletter.

use crate::{ContentId, NewsletterId, app::Content, macros::plain};

plain! {
    /// Reads the content of a newsletter: its own text, a translation, or the text of a group of an A/B test.
    ///
    /// The headers come as JSON in text; [`UpdateContent`](super::UpdateContent) takes them one by one.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Content`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/getNewsletterVariant>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::newsletters::GetContent, http::Response, operation::parse};
    ///
    /// let json = r#"{"content":{"id":90,"newsletter_id":7,"type":"email","subject":"Hello"}}"#;
    /// let content = parse::<GetContent>(Response::new(json.into()))?;
    /// assert_eq!(content.subject.as_deref(), Some("Hello"));
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "get_newsletter_variant")]
    pub struct GetContent { newsletter_id: NewsletterId = 7, content_id: ContentId = 90 }
    "app.newsletters.get_content" = GET "/v1/newsletters/{newsletter_id}/contents/{content_id}" -> Content;
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
        assert_eq!(wire_app(GetContent::new(7, 90)), plain("GET /v1/newsletters/7/contents/90"));
        for (get, what) in
            [(GetContent::new(0, 90), "the newsletter's id"), (GetContent::new(7, 0), "the content's id")]
        {
            assert_eq!(refused_app(get).to_string(), format!("{what} is not valid: it must be a positive number"));
        }
    }

    #[test]
    fn headers_are_read_as_the_text_that_they_are() {
        let json = r#"{"content":{"id":90,"headers":"[{\"name\":\"X-Tag\",\"value\":\"spring\"}]"}}"#;
        let content = parse::<GetContent>(Response::new(json.into())).unwrap();
        assert_eq!(content.headers.as_deref(), Some(r#"[{"name":"X-Tag","value":"spring"}]"#));
    }
}
