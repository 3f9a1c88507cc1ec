//! `GET /v1/segments/{segment_id}`: one segment.

use super::Segment;
use crate::{SegmentId, macros::plain};

plain! {
    /// Reads a segment.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Segment`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/getSegment>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{Prepared, app::segments::Get, limits::Limits};
    ///
    /// let request = Prepared::new(Get::new(7), &Limits::default())?;
    /// assert_eq!(request.path(), "/v1/segments/7");
    /// # Ok::<(), customerio::BuildError>(())
    /// ```
    #[doc(alias = "get_segment")]
    pub struct Get { segment_id: SegmentId = 7 }
    "app.segments.get" = GET "/v1/segments/{segment_id}" -> Segment;
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
        assert_eq!(wire_app(Get::new(7)), plain("GET /v1/segments/7"));
        assert_eq!(refused_app(Get::new(0)).to_string(), "the segment's id is not valid: it must be a positive number");
    }

    #[test]
    fn the_response_has_the_segment() {
        let json = r#"{"segment":{"id":"7","name":"VIPs"}}"#;
        assert_eq!(parse::<Get>(Response::new(json.into())).unwrap().id, 7.into());
        for json in [r#"{"segment":{"name":"VIPs"}}"#, r#"{"segment":null}"#, r#"{"id":7}"#, "[]"] {
            assert!(parse::<Get>(Response::new(json.into())).is_err(), "{json}");
        }
    }
}
