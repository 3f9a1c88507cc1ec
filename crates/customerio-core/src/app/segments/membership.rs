//! `GET /v1/segments/{segment_id}/membership`: the people in a segment, page by page.

use crate::{Cursor, Identifiers, Page, SegmentId, macros::plain, page::paged};

plain! {
    /// Lists the people in a segment, page by page: [`Client::items`](crate::Client::items) reads them all.
    ///
    /// Limits: 30,000 people a page; 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/getSegmentMembership>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{Prepared, app::segments::Membership, limits::Limits};
    ///
    /// let request =
    ///     Prepared::new(Membership::new(7).with_start("MTo").with_limit(500), &Limits::default())?;
    /// assert_eq!(request.path(), "/v1/segments/7/membership?start=MTo&limit=500");
    /// # Ok::<(), customerio::BuildError>(())
    /// ```
    #[doc(alias = "get_segment_membership")]
    pub struct Membership { segment_id: SegmentId = 7 }
    "app.segments.membership" = GET "/v1/segments/{segment_id}/membership" -> Page<Identifiers>;
    query {
        /// Sets the start of the page: the [`Page::next`] of the page before.
        with_start, start: into Cursor = "LEAK-start";
        /// The most people on a page, up to 30,000. Default: 1000.
        with_limit, limit: u32 = 500;
    }
}

paged!(Membership of Identifiers);

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
