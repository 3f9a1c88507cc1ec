//! `object` / `identify`: add or update an object.
//!
//! Limits: 32 KB; an object's id of 150 bytes. <https://docs.customer.io/integrations/api/track/#operation/entity>

use serde::{Serialize, Serializer};

use crate::{
    BuildError, Limits, Nothing, PersonId, Replay,
    json::{Fields, Object},
    macros::{opaque_debug, setters},
    track::{
        ObjectId, Relationship,
        relationship::check_relationships,
        v2::entity::{begin, entity},
    },
};

/// Adds an object, or updates the one that has the identifier.
///
/// Attributes that are not named stay as they are; `null` and the empty string remove one.
///
/// ```
/// use customerio_core::{PersonId, track::{ObjectId, Relationship, v2::object::Identify}};
/// use serde_json::json;
///
/// let attributes = json!({"name": "Acme", "seats": 50});
/// let people = [Relationship::new(PersonId::Id("42")).with_attributes(&json!({"role": "admin"}))?];
/// let identify =
///     Identify::new(ObjectId::new("1", "acme")).with_attributes(&attributes).with_relationships(&people);
/// # let _ = identify;
/// # Ok::<(), customerio_core::BuildError>(())
/// ```
pub struct Identify<'a, A: ?Sized = Nothing> {
    object: ObjectId<'a>,
    relationships: Option<&'a [Relationship<'a, PersonId<'a>>]>,
    attributes: &'a A,
}

impl<'a> Identify<'a> {
    /// The object with this identifier, and no attributes yet. One with a `cio_object_id` is updated and never added.
    #[must_use]
    pub const fn new(object: ObjectId<'a>) -> Self {
        Self { object, relationships: None, attributes: &Nothing }
    }
}

impl<'a, A: ?Sized> Identify<'a, A> {
    /// Attributes of your own: anything that serialises as an object.
    ///
    /// A number that is not finite is refused; but `serde_json::json!` has made it `null` before it gets here, and that
    /// removes the attribute.
    #[must_use]
    pub fn with_attributes<B: Serialize + ?Sized>(self, attributes: &'a B) -> Identify<'a, B> {
        let Self { object, relationships, .. } = self;
        Identify { object, relationships, attributes }
    }

    setters! {
        /// Relates the object to people, such as those who work for a company.
        with_relationships, relationships: &'a [Relationship<'a, PersonId<'a>>];
    }

    fn check(&self, limits: &Limits) -> Result<(), BuildError> {
        self.object.check(limits)?;
        check_relationships(self.relationships.unwrap_or_default(), limits)
    }

    #[expect(clippy::unused_self, reason = "for other calls it depends on the value")]
    fn replay(&self) -> Replay {
        Replay::Safe
    }
}

impl<A: Serialize + ?Sized> Serialize for Identify<'_, A> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = Fields::new(serializer)?;
        begin(&mut fields, "object", "identify", &self.object)?;
        fields.field("attributes", &Object(self.attributes))?;
        fields.optional("cio_relationships", self.relationships.as_ref())?;
        fields.end()
    }
}

entity!([A: Serialize + ?Sized] Identify<'_, A>, "track.v2.object.identify"; attributes);
opaque_debug!([A: ?Sized] Identify<'_, A>);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{body, refused_track, wire_track};

    #[test]
    fn the_whole_request() {
        let attributes = json!({"name": "Acme", "gone": null});
        let people = [
            Relationship::new(PersonId::Id("42")).with_attributes(&json!({"role": "admin"})).unwrap(),
            Relationship::new(PersonId::Email("ada@example.com")),
        ];
        let identify =
            Identify::new(ObjectId::new("1", "acme")).with_relationships(&people).with_attributes(&attributes);
        assert_eq!(
            wire_track(&identify),
            "POST https://track.customer.io/api/v2/entity\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             content-type: application/json\n\
             user-agent: customerio-rust/0.1.0\n\
             content-length: 271\n\
             \n\
             {\"type\":\"object\",\"identifiers\":{\"object_type_id\":\"1\",\"object_id\":\"acme\"},\"action\":\"identify\",\
             \"attributes\":{\"gone\":null,\"name\":\"Acme\"},\
             \"cio_relationships\":[{\"identifiers\":{\"id\":\"42\"},\"relationship_attributes\":{\"role\":\"admin\"}},\
             {\"identifiers\":{\"email\":\"ada@example.com\"}}]}"
        );
    }

    #[test]
    fn what_is_not_set_is_not_sent() {
        assert_eq!(
            body(&Identify::new(ObjectId::Cio { cio_object_id: "obb7" })),
            r#"{"type":"object","identifiers":{"cio_object_id":"obb7"},"action":"identify","attributes":{}}"#
        );
    }

    #[test]
    fn what_would_lose_data_is_refused() {
        let acme = ObjectId::new("1", "acme");
        let large: serde_json::Map<_, _> = (10..43).map(|n| (format!("a{n}"), "x".repeat(990).into())).collect();
        let phone = [Relationship::new(PersonId::Phone("+14155552671"))];
        let list = [1];
        for (error, expected) in [
            (refused_track(&Identify::new(ObjectId::new("1", ""))), "the object's id is empty"),
            (
                refused_track(&Identify::new(acme).with_relationships(&phone)),
                "the person's phone number is not valid: this call does not know people by it",
            ),
            (
                refused_track(&Identify::new(acme).with_attributes(&large)),
                "the call has 33075 bytes, and the limit is 32000",
            ),
            (
                refused_track(&Identify::new(acme).with_attributes(&list)),
                "the body cannot be sent: attributes and data must be an object, not a list",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
