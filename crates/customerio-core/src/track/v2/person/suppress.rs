//! `person` / `suppress`: remove a person and keep them out.

use crate::{PersonId, track::v2::entity::plain_entity};

/// Removes a person and keeps them out: they get no messages, and the identifier cannot be added again until
/// [`Unsuppress`](super::Unsuppress).
///
/// It has nothing to do with the addresses that your e-mail provider suppresses.
///
/// Send it with [`Client::call`](crate::Client::call); many of them with [`Client::send_all`](crate::Client::send_all).
///
/// Limits: 32 KB; a person's id of 150 bytes. <https://docs.customer.io/integrations/api/track/#operation/entity>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, limits::Limits, track::v2::person::Suppress};
///
/// let request = Prepared::new(Suppress::new("42"), &Limits::default())?;
/// assert_eq!(
///     request.body(),
///     r#"{"type":"person","identifiers":{"id":"42"},"action":"suppress"}"#
/// );
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "suppress")]
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

plain_entity!(Suppress, "person" / "suppress", person.check_or_phone());

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{refused_track, wire_track};

    #[test]
    fn the_whole_request() {
        assert_eq!(
            wire_track(Suppress::new(PersonId::phone("+14155552671"))),
            "POST https://track.customer.io/api/v2/entity\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 76\n\
             \n\
             {\"type\":\"person\",\"identifiers\":{\"phone\":\"+14155552671\"},\"action\":\"suppress\"}"
        );
    }

    #[test]
    fn a_person_must_be_named() {
        assert_eq!(refused_track(Suppress::new("")).to_string(), "the person's id is empty");
    }
}
