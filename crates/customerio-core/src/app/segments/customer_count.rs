//! `GET /v1/segments/{segment_id}/customer_count`: how many people are in a segment.

use crate::{
    SegmentId,
    entity::{entity, returned},
    macros::plain,
};

plain! {
    /// Counts the people in a segment.
    ///
    /// The count of a segment that is not [finished](super::SegmentState::Finished) is outdated.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `SegmentCount`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/getSegmentCount>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::segments::CustomerCount, http::Response, operation::parse};
    ///
    /// let response = parse::<CustomerCount>(Response::new(r#"{"segment_id":7,"count":42}"#.into()))?;
    /// assert_eq!(response.count, 42);
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "get_segment_count")]
    pub struct CustomerCount { segment_id: SegmentId = 7 }
    "app.segments.customer_count" = GET "/v1/segments/{segment_id}/customer_count" -> SegmentCount;
}

entity! {
    /// How many people are in a segment.
    pub struct SegmentCount: Debug {
        /// The segment.
        pub segment_id: Option<SegmentId>,
        /// How many people it has.
        pub count: u64,
    }
}

returned!(SegmentCount = r#"{"segment_id":7,"count":42}"#);

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;
    use crate::{
        parse,
        testing::{plain, wire_app},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(CustomerCount::new(7)), plain("GET /v1/segments/7/customer_count"));
    }

    #[test]
    fn without_a_count_there_is_no_response() {
        let json = r#"{"segment_id":"7","count":"42"}"#;
        let count = parse::<CustomerCount>(Response::new(json.into())).unwrap();
        assert_eq!((count.segment_id, count.count), (Some(7.into()), 42));
        let error = parse::<CustomerCount>(Response::new(r#"{"segment_id":7,"count":null}"#.into())).unwrap_err();
        assert!(error.to_string().ends_with("the body has no `count`"), "{error}");
    }
}
