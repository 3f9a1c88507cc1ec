//! `object` / `delete_relationships`: end relationships of an object to people.

use crate::{
    PersonId,
    track::{ObjectId, Relationship, v2::entity::plain_entity},
};

/// Ends relationships of an object to people.
///
/// Object and people stay.
///
/// Send it with [`Client::call`](crate::Client::call); many of them with [`Client::send_all`](crate::Client::send_all).
///
/// Limits: 32 KB; an object's id and people's ids of 150 bytes.
/// <https://docs.customer.io/integrations/api/track/#operation/entity>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{
///     PersonId, Prepared, limits::Limits,
///     track::{ObjectId, Relationship, v2::object::DeleteRelationships},
/// };
///
/// let people = [Relationship::new(PersonId::id("42"))];
/// let delete = DeleteRelationships::new(ObjectId::new(1, "acme"), people);
/// assert_eq!(Prepared::new(delete, &Limits::default())?.path(), "/api/v2/entity");
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
pub struct DeleteRelationships {
    object: ObjectId,
    relationships: Vec<Relationship<PersonId>>,
}

impl DeleteRelationships {
    /// Creates the operation for these relationships of `object`, at least one.
    #[must_use]
    pub fn new(object: impl Into<ObjectId>, relationships: impl IntoIterator<Item = Relationship<PersonId>>) -> Self {
        Self { object: object.into(), relationships: relationships.into_iter().collect() }
    }
}

plain_entity!(DeleteRelationships, "object" / "delete_relationships", object.check(), relationships);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{refused_track, wire_track};

    #[test]
    fn the_whole_request() {
        let people = [Relationship::new(PersonId::id("42")), Relationship::new(PersonId::cio_id("cio_0300"))];
        assert_eq!(
            wire_track(DeleteRelationships::new(ObjectId::new(1, "acme"), people)),
            "POST https://track.customer.io/api/v2/entity\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 189\n\
             \n\
             {\"type\":\"object\",\"identifiers\":{\"object_type_id\":\"1\",\"object_id\":\"acme\"},\"action\":\"delete_relationships\",\
             \"cio_relationships\":[{\"identifiers\":{\"id\":\"42\"}},{\"identifiers\":{\"cio_id\":\"0300\"}}]}"
        );
    }

    #[test]
    fn what_would_do_nothing_is_refused() {
        let acme = ObjectId::new(1, "acme");
        let ada = [Relationship::new(PersonId::id("42"))];
        let phone = [Relationship::new(PersonId::phone("+14155552671"))];
        for (error, expected) in [
            (
                refused_track(DeleteRelationships::new(ObjectId::new(0, "acme"), ada)),
                "the object's type is not valid: it must be a positive number",
            ),
            (refused_track(DeleteRelationships::new(&acme, [])), "a relationship is missing"),
            (
                refused_track(DeleteRelationships::new(&acme, phone)),
                "the person's phone number is not valid: this call does not know people by it",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
