//! `GET /v1/segments/{segment_id}/membership`: the people in a segment, page by page.

use http::Method;

use crate::{
    App, BuildError, Cursor, Identifiers, Operation, Page, Path, Query, SegmentId,
    macros::{opaque_debug, sample, setters},
    page::paged,
    path::Part,
};

/// Lists the people in a segment, page by page: [`Client::items`](crate::Client::items) reads them all.
///
/// Limits: 30,000 people a page; 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/getSegmentMembership>
///
/// ```
/// use customerio_core::{Limits, Prepared, app::segments::Membership};
///
/// let request = Prepared::new(Membership::new(7).with_start("MTo").with_limit(500), &Limits::default())?;
/// assert_eq!(request.path(), "/v1/segments/7/membership?start=MTo&limit=500");
/// # Ok::<(), customerio_core::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "get_segment_membership")]
pub struct Membership {
    segment_id: SegmentId,
    start: Option<Cursor>,
    limit: Option<u32>,
}

paged!(Membership of Identifiers);

impl Membership {
    /// The people in this segment, from the first on.
    #[must_use]
    pub fn new(segment_id: impl Into<SegmentId>) -> Self {
        Self { segment_id: segment_id.into(), start: None, limit: None }
    }

    setters! {
        /// Where the page starts: the [`Page::next`] of the page before.
        with_start, start: into Cursor;
        /// The most people on a page, up to 30,000. Default: 1000.
        with_limit, limit: u32;
    }
}

impl Operation for Membership {
    type Api = App;
    type Output = Page<Identifiers>;
    const NAME: &'static str = "app.segments.membership";
    const METHOD: Method = Method::GET;
    const ROUTE: &'static str = "/v1/segments/{segment_id}/membership";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.segment_id.write(path)
    }
    fn query(&self, query: &mut Query<'_>) -> Result<(), BuildError> {
        query.optional("start", self.start.as_ref());
        query.optional("limit", self.limit);
        Ok(())
    }
}

opaque_debug!(Membership);
sample!(Membership names nobody: Self::new(7).with_start("1").with_limit(500));

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;
    use crate::{
        parse,
        testing::{refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(
            wire_app(Membership::new(7).with_start("a+b").with_limit(500)),
            "GET https://api.customer.io/v1/segments/7/membership?start=a%2Bb&limit=500\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             user-agent: customerio-rust/VERSION\n\
             \n"
        );
        assert!(wire_app(Membership::new(7)).starts_with("GET https://api.customer.io/v1/segments/7/membership\n"));
        let error = refused_app(Membership::new(0));
        assert_eq!(error.to_string(), "the segment's id is not valid: it must be a positive number");
    }

    #[test]
    fn the_response_has_a_page_and_the_next() {
        let json = r#"{"segment_id":7,"ids":["1"],"identifiers":[{"id":"1","email":null,"cio_id":"a1"},
            {"id":null,"email":"ada@example.com","cio_id":"a2"}],"next":"MTo"}"#;
        let page = parse::<Membership>(Response::new(json.into())).unwrap();
        assert_eq!((page.items.len(), page.next), (2, Some("MTo".into())));
        assert_eq!((page.items[0].id.as_deref(), page.items[1].cio_id.as_deref()), (Some("1"), Some("a2")));
        assert_eq!(page.extra["segment_id"], 7);
        let last = parse::<Membership>(Response::new(r#"{"identifiers":[],"next":""}"#.into())).unwrap();
        assert_eq!(last.next, None);
    }
}
