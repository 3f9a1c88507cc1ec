//! `PUT /v1/transactional/{transactional_id}/content/{content_id}`: change a transactional message's content by its number.

use crate::{
    ContentId, TransactionalId,
    app::{Content, ContentUpdate},
    macros::plain,
};

plain! {
    /// Changes the content of a transactional message, by the number of the content:
    /// [`UpdateTranslation`](super::UpdateTranslation) changes it by its language.
    ///
    /// The messages that are sent from now on have the new content. The vendor's reference says that the update
    /// replaces the content as a whole, so set everything that it should have. Body, AMP body, subject, preheader,
    /// sender, the sender who gets the replies, and headers can be set.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Content`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/updateTransactional>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{Prepared, app::{ContentUpdate, transactional::UpdateContent}, limits::Limits};
    ///
    /// let content = ContentUpdate::new().with_subject("Your receipt").with_body("<p>Thank you</p>");
    /// let request = Prepared::new(UpdateContent::new(44, 139, content), &Limits::default())?;
    /// assert_eq!(request.path(), "/v1/transactional/44/content/139");
    /// assert_eq!(request.body(), r#"{"body":"<p>Thank you</p>","subject":"Your receipt"}"#);
    /// # Ok::<(), customerio::BuildError>(())
    /// ```
    #[doc(alias = "update_transactional")]
    pub struct UpdateContent { transactional_id: TransactionalId = 44, content_id: ContentId = 139 }
    "app.transactional.update_content" = PUT "/v1/transactional/{transactional_id}/content/{content_id}" -> Content;
    body update: ContentUpdate = ContentUpdate::sample(), into_content_body;
}

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;
    use crate::{
        Operation as _, Replay, parse,
        testing::{refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        let content = ContentUpdate::new().with_body("<b>Hi</b>").with_from(3).with_header("X-Tag", "one");
        let update = UpdateContent::new(44, 139, content.without_reply_to());
        assert_eq!(update.replay(), Replay::Safe);
        assert_eq!(
            wire_app(update),
            "PUT https://api.customer.io/v1/transactional/44/content/139\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 94\n\
             \n\
             {\"body\":\"<b>Hi</b>\",\"from_id\":3,\"reply_to_id\":null,\"headers\":[{\"name\":\"X-Tag\",\"value\":\"one\"}]}"
        );
        for (update, expected) in [
            (UpdateContent::new(0, 139, ContentUpdate::new()), "the transactional message's id"),
            (UpdateContent::new(44, 0, ContentUpdate::new()), "the content's id"),
            (UpdateContent::new(44, 139, ContentUpdate::new().with_from(0)), "the sender's id"),
            (
                UpdateContent::new(44, 139, ContentUpdate::new().with_url("https://a.example")),
                "the URL that a webhook calls",
            ),
        ] {
            assert!(refused_app(update).to_string().starts_with(expected), "{expected}");
        }
    }

    #[test]
    fn the_response_has_the_content() {
        let json = r#"{"content":[{"id":139,"body":"<b>Hi</b>"}]}"#;
        let content = parse::<UpdateContent>(Response::new(json.into())).unwrap();
        assert_eq!((content.id, content.body.as_deref()), (139.into(), Some("<b>Hi</b>")));
    }
}
