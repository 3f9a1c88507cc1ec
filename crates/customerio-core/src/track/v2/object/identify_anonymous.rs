//! `object` / `identify_anonymous`: relate an object to people who are not known yet.
//!
//! Limits: 32 KB; an object's id of 150 bytes. <https://docs.customer.io/integrations/api/track/#operation/entity>

use serde::{Serialize, Serializer};

use crate::{
    BuildError, Limits, Nothing, Replay,
    json::{Fields, Object},
    macros::opaque_debug,
    track::{
        AnonymousId, ObjectId, Relationship,
        relationship::check_some_relationships,
        v2::entity::{begin, entity},
    },
};

/// Relates an object to people who are not known yet, by their anonymous ids, and adds or updates the object.
///
/// Once [`track::Identify::with_anonymous_id`](crate::track::Identify::with_anonymous_id) gives an anonymous id to a
/// person, its relationships are theirs.
///
/// ```
/// use customerio_core::track::{AnonymousId, ObjectId, Relationship, v2::object::IdentifyAnonymous};
///
/// let visitors = [Relationship::new(AnonymousId::new("cookie"))];
/// let identify = IdentifyAnonymous::new(ObjectId::new("1", "acme"), &visitors);
/// # let _ = identify;
/// ```
pub struct IdentifyAnonymous<'a, A: ?Sized = Nothing> {
    object: ObjectId<'a>,
    relationships: &'a [Relationship<'a, AnonymousId<'a>>],
    attributes: &'a A,
}

impl<'a> IdentifyAnonymous<'a> {
    /// The object with this identifier, and its relationships, at least one.
    #[must_use]
    pub const fn new(object: ObjectId<'a>, relationships: &'a [Relationship<'a, AnonymousId<'a>>]) -> Self {
        Self { object, relationships, attributes: &Nothing }
    }
}

impl<'a, A: ?Sized> IdentifyAnonymous<'a, A> {
    /// Attributes of your own: anything that serialises as an object.
    ///
    /// A number that is not finite is refused; but `serde_json::json!` has made it `null` before it gets here, and that
    /// removes the attribute.
    #[must_use]
    pub fn with_attributes<B: Serialize + ?Sized>(self, attributes: &'a B) -> IdentifyAnonymous<'a, B> {
        let Self { object, relationships, .. } = self;
        IdentifyAnonymous { object, relationships, attributes }
    }

    fn check(&self, limits: &Limits) -> Result<(), BuildError> {
        self.object.check(limits)?;
        check_some_relationships(self.relationships, limits)
    }

    #[expect(clippy::unused_self, reason = "for other calls it depends on the value")]
    fn replay(&self) -> Replay {
        Replay::Safe
    }
}

impl<A: Serialize + ?Sized> Serialize for IdentifyAnonymous<'_, A> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = Fields::new(serializer)?;
        begin(&mut fields, "object", "identify_anonymous", &self.object)?;
        fields.field("attributes", &Object(self.attributes))?;
        fields.field("cio_relationships", self.relationships)?;
        fields.end()
    }
}

entity!([A: Serialize + ?Sized] IdentifyAnonymous<'_, A>, "track.v2.object.identify_anonymous"; attributes);
opaque_debug!([A: ?Sized] IdentifyAnonymous<'_, A>);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{body, refused_track, wire_track};

    #[test]
    fn the_whole_request() {
        let attributes = json!({"name": "Acme"});
        let visitors =
            [Relationship::new(AnonymousId::new("cookie")).with_attributes(&json!({"role": "guest"})).unwrap()];
        let identify = IdentifyAnonymous::new(ObjectId::new("1", "acme"), &visitors).with_attributes(&attributes);
        assert_eq!(
            wire_track(&identify),
            "POST https://track.customer.io/api/v2/entity\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             content-type: application/json\n\
             user-agent: customerio-rust/0.1.0\n\
             content-length: 239\n\
             \n\
             {\"type\":\"object\",\"identifiers\":{\"object_type_id\":\"1\",\"object_id\":\"acme\"},\"action\":\"identify_anonymous\",\
             \"attributes\":{\"name\":\"Acme\"},\"cio_relationships\":[{\"identifiers\":{\"anonymous_id\":\"cookie\"},\
             \"relationship_attributes\":{\"role\":\"guest\"}}]}"
        );
    }

    #[test]
    fn what_is_not_set_is_not_sent() {
        let visitors = [Relationship::new(AnonymousId::new("cookie"))];
        assert_eq!(
            body(&IdentifyAnonymous::new(ObjectId::Cio { cio_object_id: "obb7" }, &visitors)),
            r#"{"type":"object","identifiers":{"cio_object_id":"obb7"},"action":"identify_anonymous","attributes":{},"cio_relationships":[{"identifiers":{"anonymous_id":"cookie"}}]}"#
        );
    }

    #[test]
    fn what_would_lose_data_is_refused() {
        let acme = ObjectId::new("1", "acme");
        let visitors = [Relationship::new(AnonymousId::new("cookie"))];
        let nameless = [Relationship::new(AnonymousId::new(""))];
        let list = [1];
        for (error, expected) in [
            (refused_track(&IdentifyAnonymous::new(ObjectId::new("1", ""), &visitors)), "the object's id is empty"),
            (refused_track(&IdentifyAnonymous::new(acme, &[])), "a relationship is missing"),
            (refused_track(&IdentifyAnonymous::new(acme, &nameless)), "the anonymous id is empty"),
            (
                refused_track(&IdentifyAnonymous::new(acme, &visitors).with_attributes(&list)),
                "the body cannot be sent: attributes and data must be an object, not a list",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
