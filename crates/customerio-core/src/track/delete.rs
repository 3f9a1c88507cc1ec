//! `DELETE /api/v1/customers/{identifier}`: remove a person.

use http::Method;

use crate::{BuildError, Operation, Path, PersonId, Track, macros::opaque_debug};

/// Removes a person and everything that Customer.io knows about them.
///
/// Any later call that names the person adds them again: wait for this call to end before you make another for the same
/// person, and use [`Suppress`](super::Suppress) to keep someone out.
///
/// Send it with [`Client::call`](crate::Client::call), or with the short method `delete`.
///
/// Limits: a person's id of 150 bytes. <https://docs.customer.io/integrations/api/track/#operation/delete>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{PersonId, Prepared, limits::Limits, track::Delete};
///
/// let delete = Delete::new(PersonId::email("ada@example.com"));
/// let request = Prepared::new(delete, &Limits::default())?;
/// assert_eq!(request.path(), "/api/v1/customers/ada%40example.com");
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "destroy")]
pub struct Delete {
    person: PersonId,
}

impl Delete {
    /// Creates the operation for the person with this identifier.
    #[must_use]
    pub fn new(person: impl Into<PersonId>) -> Self {
        Self { person: person.into() }
    }
}

impl Operation for Delete {
    type Api = Track;
    type Output = ();
    const NAME: &'static str = "track.delete";
    const METHOD: Method = Method::DELETE;
    const ROUTE: &'static str = "/api/v1/customers/{identifier}";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.person.write(path)
    }
}

opaque_debug!(Delete);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{refused_track, wire_track};

    #[test]
    fn the_whole_request() {
        assert_eq!(
            wire_track(Delete::new(PersonId::cio_id("03000001"))),
            "DELETE https://track.customer.io/api/v1/customers/cio_03000001\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             user-agent: customerio-rust/VERSION\n\
             \n"
        );
    }

    #[test]
    fn a_person_must_be_named() {
        assert_eq!(refused_track(Delete::new("..")).subject(), "the person's id");
    }
}
