//! `person` / `suppress`: remove a person and keep them out.
//!
//! <https://docs.customer.io/integrations/api/track/#operation/entity>

use crate::{PersonId, track::v2::entity::plain_entity};

/// Removes a person and keeps them out: they get no messages, and the identifier cannot be added again until
/// [`Unsuppress`](super::Unsuppress).
///
/// It has nothing to do with the addresses that your e-mail provider suppresses.
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

plain_entity!(Suppress, "person" / "suppress", person.check_or_phone());

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{refused_track, wire_track};

    #[test]
    fn the_whole_request() {
        assert_eq!(
            wire_track(&Suppress::new(PersonId::Phone("+14155552671"))),
            "POST https://track.customer.io/api/v2/entity\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             content-type: application/json\n\
             user-agent: customerio-rust/0.1.0\n\
             content-length: 76\n\
             \n\
             {\"type\":\"person\",\"identifiers\":{\"phone\":\"+14155552671\"},\"action\":\"suppress\"}"
        );
    }

    #[test]
    fn a_person_must_be_named() {
        assert_eq!(refused_track(&Suppress::new("")).to_string(), "the person's id is empty");
    }
}
