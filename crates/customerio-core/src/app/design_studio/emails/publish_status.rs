//! `GET /v1/design_studio/emails/{id}/publish_status`: how far the publication of an e-mail is.

use http::Method;

use super::Publication;
use crate::{
    App, BuildError, EmailId, Operation, Path, PublishId, Query,
    macros::{opaque_debug, sample},
    path::Part,
};

/// Reads the state of a publication that [`Publish`](super::Publish) began.
///
/// A failure is an error: a 400 if the e-mail could not be rendered, and a 409 or 422 as for
/// [`Publish`](super::Publish). A 404 means that the service no longer knows this publication, or that the message is
/// gone: [`UnpublishedChanges`](super::UnpublishedChanges) says whether it was done.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `Publication`.
///
/// Limits: 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/getPublishStatus>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{app::design_studio::emails::PublishStatus, http::Response, operation::parse};
///
/// let json = r#"{"status":"done","mappings":[{"template_id":7,"language":"fr"}]}"#;
/// let publication = parse::<PublishStatus>(Response::new(json.into()))?;
/// assert!(publication.is_done());
/// # Ok::<(), customerio::Error>(())
/// ```
#[derive(Clone)]
#[doc(alias = "get_publish_status")]
pub struct PublishStatus {
    id: EmailId,
    publish_id: PublishId,
}

impl PublishStatus {
    /// Creates the operation for the e-mail with this id, and the id of its publication from the response to
    /// [`Publish`](super::Publish).
    #[must_use]
    pub fn new(id: impl Into<EmailId>, publish_id: impl Into<PublishId>) -> Self {
        Self { id: id.into(), publish_id: publish_id.into() }
    }
}

impl Operation for PublishStatus {
    type Api = App;
    type Output = Publication;
    const NAME: &'static str = "app.design_studio.emails.publish_status";
    const METHOD: Method = Method::GET;
    const ROUTE: &'static str = "/v1/design_studio/emails/{id}/publish_status";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.id.write(path)
    }
    fn query(&self, query: &mut Query<'_>) -> Result<(), BuildError> {
        query.id("publish_id", Some(&self.publish_id))
    }
}

opaque_debug!(PublishStatus);
sample!(PublishStatus: Self::new("LEAK-email", "LEAK-publication"));

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
        assert_eq!(
            wire_app(PublishStatus::new("e-1", "p+1")),
            plain("GET /v1/design_studio/emails/e-1/publish_status?publish_id=p%2B1")
        );
        assert_eq!(refused_app(PublishStatus::new("e-1", "")).to_string(), "the publication's id is empty");
        assert_eq!(refused_app(PublishStatus::new("", "p-1")).to_string(), "the e-mail's id is empty");
    }

    #[test]
    fn the_response_says_how_far_it_is() {
        let read = |json: &'static str| parse::<PublishStatus>(Response::new(json.into()));
        let publication = read(r#"{"status":"done","mappings":[{"template_id":"7","language":"fr"}]}"#).unwrap();
        assert_eq!((publication.is_done(), publication.mappings[0].template_id), (true, Some(7.into())));
        assert!(!read(r#"{"status":"pending"}"#).unwrap().is_done());
        assert!(read(r#"{"mappings":[]}"#).is_err());
    }
}
