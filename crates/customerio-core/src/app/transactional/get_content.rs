//! `GET /v1/transactional/{transactional_id}/contents/{content_id}`: a transactional message's content, by its number.

use crate::{ContentId, TransactionalId, app::Content, macros::plain};

plain! {
    /// Reads the content of a transactional message, by the number of the content:
    /// [`ListContents`](super::ListContents) has it, and [`GetTranslation`](super::GetTranslation) reads it by its
    /// language.
    ///
    /// A content of another message is refused.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Content`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/getTransactionalTranslationById>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{Prepared, app::transactional::GetContent, limits::Limits};
    ///
    /// let request = Prepared::new(GetContent::new(44, 139), &Limits::default())?;
    /// assert_eq!(request.path(), "/v1/transactional/44/contents/139");
    /// # Ok::<(), customerio::BuildError>(())
    /// ```
    #[doc(alias = "get_transactional_translation_by_id")]
    pub struct GetContent { transactional_id: TransactionalId = 44, content_id: ContentId = 139 }
    "app.transactional.get_content" = GET "/v1/transactional/{transactional_id}/contents/{content_id}" -> Content;
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
        assert_eq!(wire_app(GetContent::new(44, 139)), plain("GET /v1/transactional/44/contents/139"));
        for (get, expected) in [
            (GetContent::new(0, 139), "the transactional message's id is not valid: it must be a positive number"),
            (GetContent::new(44, -1), "the content's id is not valid: it must be a positive number"),
        ] {
            assert_eq!(refused_app(get).to_string(), expected);
        }
    }

    #[test]
    fn the_response_has_the_content() {
        let json = r#"{"content":{"id":139,"type":"push","subject":"Hello"}}"#;
        let content = parse::<GetContent>(Response::new(json.into())).unwrap();
        assert_eq!((content.id, content.subject.as_deref()), (139.into(), Some("Hello")));
    }
}
