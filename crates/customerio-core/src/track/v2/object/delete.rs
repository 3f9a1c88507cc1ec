//! `object` / `delete`: remove an object.
//!
//! <https://docs.customer.io/integrations/api/track/#operation/entity>

use crate::track::{ObjectId, v2::entity::plain_entity};

/// Removes an object, and its relationships to people.
pub struct Delete<'a> {
    object: ObjectId<'a>,
}

impl<'a> Delete<'a> {
    /// The object with this identifier.
    #[must_use]
    pub const fn new(object: ObjectId<'a>) -> Self {
        Self { object }
    }
}

plain_entity!(Delete, "object" / "delete", object.check());

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{refused_track, wire_track};

    #[test]
    fn the_whole_request() {
        assert_eq!(
            wire_track(&Delete::new(ObjectId::new("1", "acme"))),
            "POST https://track.customer.io/api/v2/entity\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             content-type: application/json\n\
             user-agent: customerio-rust/0.1.0\n\
             content-length: 91\n\
             \n\
             {\"type\":\"object\",\"identifiers\":{\"object_type_id\":\"1\",\"object_id\":\"acme\"},\"action\":\"delete\"}"
        );
    }

    #[test]
    fn an_object_must_be_named() {
        assert_eq!(refused_track(&Delete::new(ObjectId::new("1", ""))).to_string(), "the object's id is empty");
    }
}
