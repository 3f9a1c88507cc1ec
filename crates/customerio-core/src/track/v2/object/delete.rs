//! `object` / `delete`: remove an object.

use crate::track::{ObjectId, v2::entity::plain_entity};

/// Removes an object, and its relationships to people.
///
/// Send it with [`Client::call`](crate::Client::call); many of them with [`Client::send_all`](crate::Client::send_all).
///
/// Limits: 32 KB; an object's id of 150 bytes. <https://docs.customer.io/integrations/api/track/#operation/entity>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, limits::Limits, track::{ObjectId, v2::object::Delete}};
///
/// let delete = Delete::new(ObjectId::cio("obb7"));
/// let request = Prepared::new(delete, &Limits::default())?;
/// assert_eq!(
///     request.body(),
///     r#"{"type":"object","identifiers":{"cio_object_id":"obb7"},"action":"delete"}"#
/// );
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
pub struct Delete {
    object: ObjectId,
}

impl Delete {
    /// Creates the operation for the object with this identifier.
    #[must_use]
    pub fn new(object: impl Into<ObjectId>) -> Self {
        Self { object: object.into() }
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
            wire_track(Delete::new(ObjectId::new(1, "acme"))),
            "POST https://track.customer.io/api/v2/entity\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 91\n\
             \n\
             {\"type\":\"object\",\"identifiers\":{\"object_type_id\":\"1\",\"object_id\":\"acme\"},\"action\":\"delete\"}"
        );
    }

    #[test]
    fn an_object_must_be_named() {
        assert_eq!(refused_track(Delete::new(ObjectId::new(1, ""))).to_string(), "the object's id is empty");
    }
}
