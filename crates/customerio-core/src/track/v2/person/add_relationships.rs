//! `person` / `add_relationships`: relate a person to objects.

use crate::{
    PersonId,
    track::{Relationship, v2::entity::plain_entity},
};

/// Relates a person to objects, such as the company that they work for.
///
/// Send it with [`Client::call`](crate::Client::call); many of them with [`Client::send_all`](crate::Client::send_all).
///
/// Limits: 32 KB; a person's id and objects' ids of 150 bytes.
/// <https://docs.customer.io/integrations/api/track/#operation/entity>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{
///     Prepared, limits::Limits, track::{ObjectId, Relationship, v2::person::AddRelationships},
/// };
///
/// let company = Relationship::new(ObjectId::new(1, "acme"));
/// let add = AddRelationships::new("42", [company]);
/// assert_eq!(Prepared::new(add, &Limits::default())?.path(), "/api/v2/entity");
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
pub struct AddRelationships {
    person: PersonId,
    relationships: Vec<Relationship>,
}

impl AddRelationships {
    /// Creates the operation for these relationships of `person`, at least one.
    #[must_use]
    pub fn new(person: impl Into<PersonId>, relationships: impl IntoIterator<Item = Relationship>) -> Self {
        Self { person: person.into(), relationships: relationships.into_iter().collect() }
    }
}

plain_entity!(AddRelationships, "person" / "add_relationships", person.check_or_phone(), relationships);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        testing::{refused_track, wire_track},
        track::ObjectId,
    };

    #[test]
    fn the_whole_request() {
        let companies = [
            Relationship::new(ObjectId::new(1, "acme")).with_attributes(json!({"role": "admin"})),
            Relationship::new(ObjectId::cio("obb7")),
        ];
        assert_eq!(
            wire_track(AddRelationships::new("42", companies)),
            "POST https://track.customer.io/api/v2/entity\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 236\n\
             \n\
             {\"type\":\"person\",\"identifiers\":{\"id\":\"42\"},\"action\":\"add_relationships\",\
             \"cio_relationships\":[{\"identifiers\":{\"object_type_id\":\"1\",\"object_id\":\"acme\"},\"relationship_attributes\":{\"role\":\"admin\"}},\
             {\"identifiers\":{\"cio_object_id\":\"obb7\"}}]}"
        );
    }

    #[test]
    fn what_would_do_nothing_is_refused() {
        let acme = [Relationship::new(ObjectId::new(1, "acme"))];
        let nameless = [Relationship::new(ObjectId::new(1, ""))];
        for (error, expected) in [
            (refused_track(AddRelationships::new("", acme)), "the person's id is empty"),
            (refused_track(AddRelationships::new("42", [])), "a relationship is missing"),
            (refused_track(AddRelationships::new("42", nameless)), "the object's id is empty"),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
