//! `DELETE /v1/segments/{segment_id}`: remove a manual segment.

use crate::{SegmentId, macros::plain};

plain! {
    /// Deletes a manual segment; its people stay.
    ///
    /// The service refuses a segment that is in use: see [`UsedBy`](super::UsedBy).
    ///
    /// Send it with [`Client::call`](crate::Client::call).
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/deleteManSegment>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{Prepared, app::segments::Delete, http::Method, limits::Limits};
    ///
    /// let request = Prepared::new(Delete::new(7), &Limits::default())?;
    /// assert_eq!((request.method(), request.path()), (&Method::DELETE, "/v1/segments/7"));
    /// # Ok::<(), customerio::BuildError>(())
    /// ```
    #[doc(alias = "delete_segment")]
    pub struct Delete { segment_id: SegmentId = 8 }
    "app.segments.delete" = DELETE "/v1/segments/{segment_id}" -> ();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Operation, Replay,
        testing::{plain, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(Delete::new(7)), plain("DELETE /v1/segments/7"));
        assert_eq!(Delete::new(7).replay(), Replay::Safe);
        assert!(refused_app(Delete::new(0)).to_string().contains("positive number"));
    }
}
