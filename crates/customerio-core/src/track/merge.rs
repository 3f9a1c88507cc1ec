//! `POST /api/v1/merge_customers`: make one person of two.
//!
//! <https://docs.customer.io/integrations/api/track/#operation/merge>

use bytes::Bytes;
use http::{Method, Response};
use serde::Serialize;

use crate::{
    Body, BuildError, DecodeFailure, Limits, Operation, Path, PersonId, Replay, Track, decode_nothing,
    macros::opaque_debug, path::route,
};

/// Makes one person of two. It cannot be undone.
///
/// The primary person must exist already: if they do not, nothing happens, and the answer is a 200 all the same. So do
/// not merge right after a call that creates them.
#[derive(Serialize)]
pub struct Merge<'a> {
    primary: PersonId<'a>,
    secondary: PersonId<'a>,
}

impl<'a> Merge<'a> {
    /// Gives what is known of `secondary` to `primary`, who stays; `secondary` is deleted.
    #[must_use]
    pub fn new(primary: impl Into<PersonId<'a>>, secondary: impl Into<PersonId<'a>>) -> Self {
        Self { primary: primary.into(), secondary: secondary.into() }
    }
}

impl Operation for Merge<'_> {
    type Api = Track;
    type Output = ();
    const NAME: &'static str = "track.merge";

    fn method(&self) -> Method {
        Method::POST
    }
    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        route!(path, "/api/v1/merge_customers");
        Ok(())
    }
    fn body(&self, limits: &Limits) -> Result<Body, BuildError> {
        self.primary.check(limits)?;
        self.secondary.check(limits)?;
        Body::json(self)
    }
    fn replay(&self) -> Replay {
        // A second merge would find the secondary person gone, or someone new with the same identifier.
        Replay::OnlyIfNotSent
    }
    fn decode(&self, response: &Response<Bytes>) -> Result<(), DecodeFailure> {
        decode_nothing(response)
    }
}

opaque_debug!(Merge<'_>);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{refused_track, wire_track};

    #[test]
    fn the_whole_request() {
        assert_eq!(
            wire_track(&Merge::new(PersonId::Email("ada@example.com"), PersonId::CioId("cio_03000001"))),
            "POST https://track.customer.io/api/v1/merge_customers\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             content-type: application/json\n\
             user-agent: customerio-rust/0.1.0\n\
             content-length: 73\n\
             \n\
             {\"primary\":{\"email\":\"ada@example.com\"},\"secondary\":{\"cio_id\":\"03000001\"}}"
        );
    }

    #[test]
    fn both_must_be_named() {
        assert_eq!(refused_track(&Merge::new("", "2")).to_string(), "the person's id is empty");
        assert_eq!(refused_track(&Merge::new("1", ".")).subject(), "the person's id");
    }
}
