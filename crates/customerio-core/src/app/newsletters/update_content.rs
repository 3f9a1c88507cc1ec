//! `PUT /v1/newsletters/{newsletter_id}/contents/{content_id}`: change one of the texts of a newsletter.

use crate::{
    ContentId, NewsletterId,
    app::{Content, ContentUpdate},
    macros::plain,
};

plain! {
    /// Changes the content of a newsletter: its own text, a translation, or the text of a group of an A/B test.
    ///
    /// Fields that are not set stay unchanged.
    ///
    /// A message in the app cannot be changed, nor can a body that was created in Design Studio or with the
    /// drag-and-drop editor.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Content`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/updateNewsletterVariant>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{Prepared, app::{ContentUpdate, newsletters::UpdateContent}, limits::Limits};
    ///
    /// let update = UpdateContent::new(
    ///     7,
    ///     90,
    ///     ContentUpdate::new().with_subject("Hello").with_header("X-Tag", "spring"),
    /// );
    /// let request = Prepared::new(update, &Limits::default())?;
    /// assert_eq!(request.path(), "/v1/newsletters/7/contents/90");
    /// assert_eq!(
    ///     request.body(),
    ///     r#"{"subject":"Hello","headers":[{"name":"X-Tag","value":"spring"}]}"#
    /// );
    /// # Ok::<(), customerio::BuildError>(())
    /// ```
    #[doc(alias = "update_newsletter_variant")]
    pub struct UpdateContent { newsletter_id: NewsletterId = 7, content_id: ContentId = 90 }
    "app.newsletters.update_content" = PUT "/v1/newsletters/{newsletter_id}/contents/{content_id}" -> Content;
    body update: ContentUpdate = ContentUpdate::sample().with_plain_body("LEAK-plain"), into_content_body;
}

#[cfg(test)]
mod tests {
    use http::Response;
    use serde_json::json;

    use super::*;
    use crate::{
        Operation as _, Replay, parse,
        testing::{body, refused_app, wire_app},
    };

    fn update(update: ContentUpdate) -> UpdateContent {
        UpdateContent::new(7, 90, update)
    }

    #[test]
    fn the_whole_request() {
        let email = ContentUpdate::new().with_subject("Hello").with_plain_body("Hi").with_header("X-Tag", "spring");
        assert_eq!(update(email.clone()).replay(), Replay::Safe);
        assert_eq!(
            wire_app(update(email)),
            "PUT https://api.customer.io/v1/newsletters/7/contents/90\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 83\n\
             \n\
             {\"body_plain\":\"Hi\",\"subject\":\"Hello\",\"headers\":[{\"name\":\"X-Tag\",\"value\":\"spring\"}]}"
        );
        for (update, expected) in [
            (
                UpdateContent::new(0, 90, ContentUpdate::new()),
                "the newsletter's id is not valid: it must be a positive number",
            ),
            (
                UpdateContent::new(7, 0, ContentUpdate::new()),
                "the content's id is not valid: it must be a positive number",
            ),
            (
                update(ContentUpdate::new().with_tracked(true)),
                "whether links are tracked is not valid: only actions of campaigns and of broadcasts have it; leave it out",
            ),
        ] {
            assert_eq!(refused_app(update).to_string(), expected);
        }
    }

    #[test]
    fn a_field_is_left_alone_or_set_or_cleared() {
        for (change, expected) in [
            (ContentUpdate::new(), "{}"),
            (ContentUpdate::new().with_reply_to(4), r#"{"reply_to_id":4}"#),
            (ContentUpdate::new().without_reply_to(), r#"{"reply_to_id":null}"#),
        ] {
            assert_eq!(body(update(change)), expected);
        }
    }

    #[test]
    fn the_body_of_an_inbox_message_is_json_in_text() {
        let inbox = ContentUpdate::new().with_body_json(json!({"type": "sale", "topics": ["a"]}));
        assert_eq!(body(update(inbox)), r#"{"body_json":"{\"topics\":[\"a\"],\"type\":\"sale\"}"}"#);
    }

    #[test]
    fn the_response_has_the_content() {
        let json = r#"{"content":{"id":"90","subject":"Hello"}}"#;
        let content = parse::<UpdateContent>(Response::new(json.into())).unwrap();
        assert_eq!((content.id, content.subject.as_deref()), (90.into(), Some("Hello")));
    }
}
