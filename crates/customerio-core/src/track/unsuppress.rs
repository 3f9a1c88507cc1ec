//! `POST /api/v1/customers/{id}/unsuppress`: let a suppressed person be added again.
//!
//! <https://docs.customer.io/integrations/api/track/#operation/unsuppress>

use bytes::Bytes;
use http::{Method, Response};

use crate::{
    BuildError, DecodeFailure, Operation, Path, PersonId, Replay, Track, decode_nothing, macros::opaque_debug,
};

/// Lets a person be added again whom [`Suppress`](super::Suppress) keeps out.
///
/// It does not bring back what was known of them: the next call that names the person makes a new one.
pub struct Unsuppress<'a> {
    person: PersonId<'a>,
}

impl<'a> Unsuppress<'a> {
    /// The person with this identifier.
    #[must_use]
    pub fn new(person: impl Into<PersonId<'a>>) -> Self {
        Self { person: person.into() }
    }
}

impl Operation for Unsuppress<'_> {
    type Api = Track;
    type Output = ();
    const NAME: &'static str = "track.unsuppress";

    fn method(&self) -> Method {
        Method::POST
    }
    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        path.literal("/api/v1/customers");
        self.person.write(path)?;
        path.literal("/unsuppress");
        Ok(())
    }
    fn replay(&self) -> Replay {
        Replay::Safe
    }
    fn decode(&self, response: &Response<Bytes>) -> Result<(), DecodeFailure> {
        decode_nothing(response)
    }
}

opaque_debug!(Unsuppress<'_>);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{refused_track, wire_track};

    #[test]
    fn the_whole_request() {
        assert_eq!(
            wire_track(&Unsuppress::new(PersonId::Email("ada@example.com"))),
            "POST https://track.customer.io/api/v1/customers/ada%40example.com/unsuppress\n\
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
        assert_eq!(refused_track(&Unsuppress::new("")).to_string(), "the person's id is empty");
    }
}
