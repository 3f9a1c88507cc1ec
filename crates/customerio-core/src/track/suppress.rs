//! `POST /api/v1/customers/{identifier}/suppress`: remove a person and keep them out.

use http::Method;

use crate::{BuildError, Operation, Path, PersonId, Replay, Track, macros::opaque_debug};

/// Removes a person and keeps them out: later calls that name the identifier are ignored, until [`Unsuppress`].
///
/// Everything known about the person is lost for good. In a workspace that identifies people by id and by e-mail
/// address, both are suppressed. Use it for requests to be forgotten; to only stop messages, see
/// [`Unsubscribe`](super::Unsubscribe).
///
/// Send it with [`Client::call`](crate::Client::call), or with the short method `suppress`.
///
/// Limits: a person's id of 150 bytes. <https://docs.customer.io/integrations/api/track/#operation/suppress>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{PersonId, Prepared, limits::Limits, track::Suppress};
///
/// let request =
///     Prepared::new(Suppress::new(PersonId::email("ada@example.com")), &Limits::default())?;
/// assert_eq!(request.path(), "/api/v1/customers/ada%40example.com/suppress");
/// # Ok::<(), customerio::BuildError>(())
/// ```
///
/// [`Unsuppress`]: super::Unsuppress
#[derive(Clone)]
pub struct Suppress {
    person: PersonId,
}

impl Suppress {
    /// Creates the operation for the person with this identifier.
    #[must_use]
    pub fn new(person: impl Into<PersonId>) -> Self {
        Self { person: person.into() }
    }
}

impl Operation for Suppress {
    type Api = Track;
    type Output = ();
    const NAME: &'static str = "track.suppress";
    const METHOD: Method = Method::POST;
    const ROUTE: &'static str = "/api/v1/customers/{identifier}/suppress";
    const REPLAY: Replay = Replay::Safe;

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.person.write(path)
    }
}

opaque_debug!(Suppress);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{refused_track, wire_track};

    #[test]
    fn the_whole_request() {
        assert_eq!(
            wire_track(Suppress::new(PersonId::email("ada@example.com"))),
            "POST https://track.customer.io/api/v1/customers/ada%40example.com/suppress\n\
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
        assert_eq!(refused_track(Suppress::new("")).to_string(), "the person's id is empty");
    }
}
