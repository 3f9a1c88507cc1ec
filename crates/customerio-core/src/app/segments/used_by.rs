//! `GET /v1/segments/{segment_id}/used_by`: what needs a segment.

use crate::{SegmentId, app::Dependents, macros::plain};

plain! {
    /// Reads which campaigns and newsletters use a segment.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Dependents`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/getSegmentDependencies>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::segments::UsedBy, http::Response, operation::parse};
    ///
    /// let json = r#"{"segment_id":7,"used_by":{"campaigns":[5],"sent_newsletters":[],"draft_newsletters":null}}"#;
    /// let users = parse::<UsedBy>(Response::new(json.into()))?;
    /// assert_eq!((users.campaigns.len(), users.draft_newsletters.len()), (1, 0));
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "get_segment_dependencies")]
    pub struct UsedBy { segment_id: SegmentId = 7 }
    "app.segments.used_by" = GET "/v1/segments/{segment_id}/used_by" -> Dependents;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{plain, wire_app};

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(UsedBy::new(7)), plain("GET /v1/segments/7/used_by"));
    }
}
