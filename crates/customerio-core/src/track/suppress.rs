//! `POST /api/v1/customers/{id}/suppress`: remove a person and keep them out.
//!
//! <https://docs.customer.io/integrations/api/track/#operation/suppress>

use bytes::Bytes;
use http::{Method, Response};

use crate::{
    BuildError, DecodeFailure, Operation, Path, PersonId, Replay, Track, decode_nothing, macros::opaque_debug,
};

/// Removes a person and keeps them out: later calls that name the identifier are ignored, until [`Unsuppress`].
///
/// What was known of the person is lost for good. In a workspace that identifies people by id and by e-mail address, both
/// are suppressed. Meant for requests to be forgotten; to stop messages alone, see [`Unsubscribe`](super::Unsubscribe).
///
/// [`Unsuppress`]: super::Unsuppress
pub struct Suppress<'a> {
    person: PersonId<'a>,
}

impl<'a> Suppress<'a> {
    /// The person with this identifier.
    #[must_use]
    pub fn new(person: impl Into<PersonId<'a>>) -> Self {
        Self { person: person.into() }
    }
}

impl Operation for Suppress<'_> {
    type Api = Track;
    type Output = ();
    const NAME: &'static str = "track.suppress";

    fn method(&self) -> Method {
        Method::POST
    }
    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        path.literal("/api/v1/customers");
        self.person.write(path)?;
        path.literal("/suppress");
        Ok(())
    }
    fn replay(&self) -> Replay {
        Replay::Safe
    }
    fn decode(&self, response: &Response<Bytes>) -> Result<(), DecodeFailure> {
        decode_nothing(response)
    }
}

opaque_debug!(Suppress<'_>);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{refused_track, wire_track};

    #[test]
    fn the_whole_request() {
        assert_eq!(
            wire_track(&Suppress::new(PersonId::Email("ada@example.com"))),
            "POST https://track.customer.io/api/v1/customers/ada%40example.com/suppress\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             user-agent: customerio-rust/0.1.0\n\
             content-length: 0\n\
             \n"
        );
    }

    #[test]
    fn a_person_must_be_named() {
        assert_eq!(refused_track(&Suppress::new("")).to_string(), "the person's id is empty");
    }
}
