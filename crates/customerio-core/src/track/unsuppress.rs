//! `POST /api/v1/customers/{identifier}/unsuppress`: let a suppressed person be added again.

use http::Method;

use crate::{BuildError, Operation, Path, PersonId, Replay, Track, macros::opaque_debug};

/// Lets a person that [`Suppress`](super::Suppress) keeps out be added again.
///
/// It does not restore the person's data: the next call that names the person creates a new one.
///
/// Send it with [`Client::call`](crate::Client::call), or with the short method `unsuppress`.
///
/// Limits: a person's id of 150 bytes. <https://docs.customer.io/integrations/api/track/#operation/unsuppress>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, limits::Limits, track::Unsuppress};
///
/// let request = Prepared::new(Unsuppress::new("42"), &Limits::default())?;
/// assert_eq!(request.path(), "/api/v1/customers/42/unsuppress");
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
pub struct Unsuppress {
    person: PersonId,
}

impl Unsuppress {
    /// Creates the operation for the person with this identifier.
    #[must_use]
    pub fn new(person: impl Into<PersonId>) -> Self {
        Self { person: person.into() }
    }
}

impl Operation for Unsuppress {
    type Api = Track;
    type Output = ();
    const NAME: &'static str = "track.unsuppress";
    const METHOD: Method = Method::POST;
    const ROUTE: &'static str = "/api/v1/customers/{identifier}/unsuppress";
    const REPLAY: Replay = Replay::Safe;

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.person.write(path)
    }
}

opaque_debug!(Unsuppress);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{refused_track, wire_track};

    #[test]
    fn the_whole_request() {
        assert_eq!(
            wire_track(Unsuppress::new(PersonId::email("ada@example.com"))),
            "POST https://track.customer.io/api/v1/customers/ada%40example.com/unsuppress\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 0\n\
             \n"
        );
    }

    #[test]
    fn a_person_must_be_named() {
        assert_eq!(refused_track(Unsuppress::new("")).to_string(), "the person's id is empty");
    }
}
