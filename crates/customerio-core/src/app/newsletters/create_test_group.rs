//! `POST /v1/newsletters/{newsletter_id}/test_groups`: add a group to the A/B test of a newsletter.

use http::Method;

use super::Newsletter;
use crate::{
    App, Body, BuildError, Limits, NewsletterId, Operation, Path,
    macros::{opaque_debug, sample},
    path::Part,
};

/// Adds a group to the A/B test of a newsletter that was not sent yet; the first one makes a test of it.
///
/// The response has the newsletter with the new content; [`ListTestGroups`](super::ListTestGroups) says which group has
/// it. It is not retried after a lost response, because that would add a second group.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `Newsletter`.
///
/// Limits: 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/createNewsletterTestGroup>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::newsletters::CreateTestGroup, limits::Limits};
///
/// let request = Prepared::new(CreateTestGroup::new(7), &Limits::default())?;
/// assert_eq!(
///     (request.path(), &request.body()[..]),
///     ("/v1/newsletters/7/test_groups", &b"{}"[..])
/// );
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "create_newsletter_test_group")]
pub struct CreateTestGroup {
    newsletter_id: NewsletterId,
}

impl CreateTestGroup {
    /// Creates another group of this newsletter.
    #[must_use]
    pub fn new(newsletter_id: impl Into<NewsletterId>) -> Self {
        Self { newsletter_id: newsletter_id.into() }
    }
}

impl Operation for CreateTestGroup {
    type Api = App;
    type Output = Newsletter;
    const NAME: &'static str = "app.newsletters.create_test_group";
    const METHOD: Method = Method::POST;
    const ROUTE: &'static str = "/v1/newsletters/{newsletter_id}/test_groups";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.newsletter_id.write(path)
    }
    fn body(self, _: &Limits) -> Result<Body, BuildError> {
        Ok(Body::encoded(b"{}".to_vec()))
    }
}

opaque_debug!(CreateTestGroup);
sample!(CreateTestGroup names nobody: Self::new(7));

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;
    use crate::{
        Replay, parse,
        testing::{refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(CreateTestGroup::new(7).replay(), Replay::OnlyIfNotSent);
        assert_eq!(
            wire_app(CreateTestGroup::new(7)),
            "POST https://api.customer.io/v1/newsletters/7/test_groups\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 2\n\
             \n\
             {}"
        );
        assert_eq!(
            refused_app(CreateTestGroup::new(0)).to_string(),
            "the newsletter's id is not valid: it must be a positive number"
        );
    }

    #[test]
    fn the_response_has_the_newsletter() {
        let json = r#"{"newsletter":{"id":7,"content_ids":[90,91]}}"#;
        let newsletter = parse::<CreateTestGroup>(Response::new(json.into())).unwrap();
        assert_eq!((newsletter.id, newsletter.content_ids), (7.into(), vec![90.into(), 91.into()]));
    }
}
