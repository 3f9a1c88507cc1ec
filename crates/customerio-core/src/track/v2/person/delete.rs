//! `person` / `delete`: remove a person.

use crate::{PersonId, track::v2::entity::plain_entity};

/// Removes a person and everything that Customer.io knows about them.
///
/// Any later call that names the person adds them again: wait for this call to end before you make another for the same
/// person, and use [`Suppress`](super::Suppress) to keep someone out.
///
/// Send it with [`Client::call`](crate::Client::call); many of them with [`Client::send_all`](crate::Client::send_all).
///
/// Limits: 32 KB; a person's id of 150 bytes. <https://docs.customer.io/integrations/api/track/#operation/entity>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, limits::Limits, track::v2::person::Delete};
///
/// let request = Prepared::new(Delete::new("42"), &Limits::default())?;
/// assert_eq!(request.body(), r#"{"type":"person","identifiers":{"id":"42"},"action":"delete"}"#);
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

plain_entity!(Delete, "person" / "delete", person.check_or_phone());

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{refused_track, wire_track};

    #[test]
    fn the_whole_request() {
        assert_eq!(
            wire_track(Delete::new(PersonId::phone("+14155552671"))),
            "POST https://track.customer.io/api/v2/entity\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 74\n\
             \n\
             {\"type\":\"person\",\"identifiers\":{\"phone\":\"+14155552671\"},\"action\":\"delete\"}"
        );
    }

    #[test]
    fn a_person_must_be_named() {
        assert_eq!(refused_track(Delete::new("")).to_string(), "the person's id is empty");
    }
}
