//! `POST /api/v1/segments/{segment_id}/add_customers`: add people to a manual segment.

use http::Method;

use super::segment_ids::SegmentIds;
use crate::{
    Body, BuildError, IdType, Limits, Operation, Path, PersonId, Query, Replay, SegmentId, Track,
    macros::{opaque_debug, setters},
};

/// Adds people to a manual segment.
///
/// The segment must exist, and be a manual one. All identifiers must be of one kind: Customer.io silently ignores those
/// of another.
///
/// Send it with [`Client::call`](crate::Client::call), or with the short method `add_to_segment`.
///
/// Limits: 1 to 1000 people. <https://docs.customer.io/integrations/api/track/#operation/add_to_segment>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, limits::Limits, track::AddToSegment};
///
/// let request = Prepared::new(AddToSegment::new(7, ["42", "43"]), &Limits::default())?;
/// assert_eq!(request.path(), "/api/v1/segments/7/add_customers");
/// assert_eq!(request.body(), r#"{"ids":["42","43"]}"#);
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
pub struct AddToSegment {
    people: SegmentIds,
}

impl AddToSegment {
    /// Adds the people with these identifiers, 1 to 1000 of one kind, to the segment with this number.
    #[must_use]
    pub fn new(segment: impl Into<SegmentId>, people: impl IntoIterator<Item = impl Into<PersonId>>) -> Self {
        Self { people: SegmentIds::new(segment, people) }
    }

    setters! {
        /// The kind of the identifiers. The default is your own ids.
        with_id_type, people.id_type: IdType;
    }
}

impl Operation for AddToSegment {
    type Api = Track;
    type Output = ();
    const NAME: &'static str = "track.add_to_segment";
    const METHOD: Method = Method::POST;
    const ROUTE: &'static str = "/api/v1/segments/{segment_id}/add_customers";
    const REPLAY: Replay = Replay::Safe;

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.people.path(path);
        Ok(())
    }
    fn query(&self, query: &mut Query<'_>) -> Result<(), BuildError> {
        self.people.query(query);
        Ok(())
    }
    fn body(self, limits: &Limits) -> Result<Body, BuildError> {
        self.people.encode(limits)
    }
}

opaque_debug!(AddToSegment);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{refused_track, wire_track};

    #[test]
    fn the_whole_request() {
        assert_eq!(
            wire_track(AddToSegment::new(7, ["ada+1@example.com", "bob@example.com"]).with_id_type(IdType::Email)),
            "POST https://track.customer.io/api/v1/segments/7/add_customers?id_type=email\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 47\n\
             \n\
             {\"ids\":[\"ada+1@example.com\",\"bob@example.com\"]}"
        );
    }

    #[test]
    fn a_kind_that_is_not_set_is_not_sent() {
        let request = wire_track(AddToSegment::new(7, ["42"]));
        assert!(request.starts_with("POST https://track.customer.io/api/v1/segments/7/add_customers\n"), "{request}");
        assert!(request.ends_with("{\"ids\":[\"42\"]}"), "{request}");
    }

    #[test]
    fn someone_must_be_named() {
        assert_eq!(
            refused_track(AddToSegment::new(7, [""; 0])).to_string(),
            "the list of people has 0 entries, expected 1 to 1000"
        );
    }
}
