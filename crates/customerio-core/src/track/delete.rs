//! `DELETE /api/v1/customers/{id}`: remove a person.
//!
//! <https://docs.customer.io/integrations/api/track/#operation/delete>

use bytes::Bytes;
use http::{Method, Response};

use crate::{
    BuildError, DecodeFailure, Operation, Path, PersonId, Replay, Track, decode_nothing, macros::opaque_debug,
};

/// Removes a person and everything that Customer.io knows of them.
///
/// Any later call that names the person adds them again: wait for this call to end before you make another for the same
/// person, and use [`Suppress`](super::Suppress) to keep someone out.
pub struct Delete<'a> {
    person: PersonId<'a>,
}

impl<'a> Delete<'a> {
    /// The person with this identifier.
    #[must_use]
    pub fn new(person: impl Into<PersonId<'a>>) -> Self {
        Self { person: person.into() }
    }
}

impl Operation for Delete<'_> {
    type Api = Track;
    type Output = ();
    const NAME: &'static str = "track.delete";

    fn method(&self) -> Method {
        Method::DELETE
    }
    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        path.literal("/api/v1/customers");
        self.person.write(path)
    }
    fn replay(&self) -> Replay {
        Replay::Safe
    }
    fn decode(&self, response: &Response<Bytes>) -> Result<(), DecodeFailure> {
        decode_nothing(response)
    }
}

opaque_debug!(Delete<'_>);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{refused_track, wire_track};

    #[test]
    fn the_whole_request() {
        assert_eq!(
            wire_track(&Delete::new(PersonId::CioId("03000001"))),
            "DELETE https://track.customer.io/api/v1/customers/cio_03000001\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             user-agent: customerio-rust/0.1.0\n\
             \n"
        );
    }

    #[test]
    fn a_person_must_be_named() {
        assert_eq!(refused_track(&Delete::new("..")).subject(), "the person's id");
    }
}
