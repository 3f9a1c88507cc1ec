//! `GET /v1/segments/{segment_id}/membership`: the people in a segment, page by page.

use http::Method;
use serde::{Deserialize, Serialize};

use crate::{
    App, BuildError, Operation, Path, Query, SegmentId,
    from_response::json_response,
    macros::{opaque_debug, sample, setters},
    text::Text,
};

/// Lists the people in a segment, page by page: [`Members::next`] is the [start](Self::with_start) of the next page.
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
    start: Option<Text>,
    limit: Option<u32>,
}

/// A page of the people in a segment.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Members {
    /// Their ids.
    #[serde(default, deserialize_with = "crate::from_response::list_or_null")]
    pub ids: Vec<String>,
    /// Where the next page begins; empty or absent on the last.
    #[serde(default)]
    pub next: Option<String>,
    /// What else the response has.
    #[serde(flatten)]
    pub extra: serde_json::Map<String, serde_json::Value>,
}

json_response!(Members = r#"{"segment_id":1,"ids":["1"],"identifiers":[{"id":"1","email":null,"cio_id":"03000001"}],"next":""}"#);

impl Membership {
    /// The people in this segment, from the first on.
    #[must_use]
    pub fn new(segment_id: impl Into<SegmentId>) -> Self {
        Self { segment_id: segment_id.into(), start: None, limit: None }
    }

    setters! {
        /// Where the page begins: the [`Members::next`] of the page before.
        with_start, start: text;
        /// The most people on a page, up to 30,000. Default: 1000.
        with_limit, limit: u32;
    }
}

impl Operation for Membership {
    type Api = App;
    type Output = Members;
    const NAME: &'static str = "app.segments.membership";
    const METHOD: Method = Method::GET;
    const ROUTE: &'static str = "/v1/segments/{segment_id}/membership";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.segment_id.check()?;
        path.number(self.segment_id.get());
        Ok(())
    }
    fn query(&self, query: &mut Query<'_>) -> Result<(), BuildError> {
        query.optional("start", self.start.as_ref());
        query.optional("limit", self.limit);
        Ok(())
    }
}

impl std::fmt::Debug for Members {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // They are people.
        f.debug_struct("Members").field("ids", &self.ids.len()).finish_non_exhaustive()
    }
}

opaque_debug!(Membership);
sample!(Membership: Self::new(7).with_start("1").with_limit(500));

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
        let json = r#"{"segment_id":7,"ids":["1","2"],"identifiers":[],"next":"MTo"}"#;
        let page = parse::<Membership>(Response::new(json.into())).unwrap();
        assert_eq!((page.ids.len(), page.next.as_deref()), (2, Some("MTo")));
        assert_eq!(page.extra["segment_id"], 7);
        let empty = parse::<Membership>(Response::new(r#"{"segment_id":7,"ids":null,"next":""}"#.into())).unwrap();
        assert!(empty.ids.is_empty());
    }
}
