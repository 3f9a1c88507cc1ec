//! `object` / `add_relationships`: relate an object to people.
//!
//! Limits: 32 KB. <https://docs.customer.io/integrations/api/track/#operation/entity>

use crate::{
    PersonId,
    track::{ObjectId, Relationship, v2::entity::plain_entity},
};

/// Relates an object to people, such as those who work for a company.
///
/// ```
/// use customerio_core::{PersonId, track::{ObjectId, Relationship, v2::object::AddRelationships}};
///
/// let people = [Relationship::new(PersonId::Id("42")), Relationship::new(PersonId::Email("ada@example.com"))];
/// let add = AddRelationships::new(ObjectId::new("1", "acme"), &people);
/// # let _ = add;
/// ```
pub struct AddRelationships<'a> {
    object: ObjectId<'a>,
    relationships: &'a [Relationship<'a, PersonId<'a>>],
}

impl<'a> AddRelationships<'a> {
    /// The relationships of `object`, at least one.
    #[must_use]
    pub const fn new(object: ObjectId<'a>, relationships: &'a [Relationship<'a, PersonId<'a>>]) -> Self {
        Self { object, relationships }
    }
}

plain_entity!(AddRelationships, "object" / "add_relationships", object.check(), relationships);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{refused_track, wire_track};

    #[test]
    fn the_whole_request() {
        let people = [
            Relationship::new(PersonId::Id("42")).with_attributes(&json!({"role": "admin"})).unwrap(),
            Relationship::new(PersonId::CioId("cio_0300")),
        ];
        assert_eq!(
            wire_track(&AddRelationships::new(ObjectId::new("1", "acme"), &people)),
            "POST https://track.customer.io/api/v2/entity\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             content-type: application/json\n\
             user-agent: customerio-rust/0.1.0\n\
             content-length: 229\n\
             \n\
             {\"type\":\"object\",\"identifiers\":{\"object_type_id\":\"1\",\"object_id\":\"acme\"},\"action\":\"add_relationships\",\
             \"cio_relationships\":[{\"identifiers\":{\"id\":\"42\"},\"relationship_attributes\":{\"role\":\"admin\"}},{\"identifiers\":{\"cio_id\":\"0300\"}}]}"
        );
    }

    #[test]
    fn what_would_do_nothing_is_refused() {
        let acme = ObjectId::new("1", "acme");
        let ada = [Relationship::new(PersonId::Id("42"))];
        let phone = [Relationship::new(PersonId::Phone("+14155552671"))];
        for (error, expected) in [
            (refused_track(&AddRelationships::new(ObjectId::new("", "acme"), &ada)), "the object's type is empty"),
            (refused_track(&AddRelationships::new(acme, &[])), "a relationship is missing"),
            (
                refused_track(&AddRelationships::new(acme, &phone)),
                "the person's phone number is not valid: this call does not know people by it",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
