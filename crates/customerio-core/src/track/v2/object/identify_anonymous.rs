//! `object` / `identify_anonymous`: relate an object to people who are not known yet.

use serde::Serialize;

use crate::{
    BuildError, Limits, attributes,
    json::{Attributes, Writer},
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
/// Send it with [`Client::call`](crate::Client::call); many of them with [`Client::send_all`](crate::Client::send_all).
///
/// Limits: 32 KB; 300 attributes; a name of 150 bytes, a value of 1000 bytes; an object's id of 150 bytes.
/// <https://docs.customer.io/integrations/api/track/#operation/entity>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{
///     Prepared, limits::Limits,
///     track::{AnonymousId, ObjectId, Relationship, v2::object::IdentifyAnonymous},
/// };
///
/// let visitors = [Relationship::new(AnonymousId::new("cookie"))];
/// let identify = IdentifyAnonymous::new(ObjectId::new(1, "acme"), visitors);
/// assert_eq!(Prepared::new(identify, &Limits::default())?.path(), "/api/v2/entity");
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
pub struct IdentifyAnonymous {
    object: ObjectId,
    relationships: Vec<Relationship<AnonymousId>>,
    attributes: Attributes,
}

impl IdentifyAnonymous {
    /// Creates the operation for the object with this identifier, and its relationships, at least one.
    #[must_use]
    pub fn new(
        object: impl Into<ObjectId>,
        relationships: impl IntoIterator<Item = Relationship<AnonymousId>>,
    ) -> Self {
        Self {
            object: object.into(),
            relationships: relationships.into_iter().collect(),
            attributes: Attributes::empty(),
        }
    }

    /// Sets custom attributes: anything that serialises as an object. They are encoded here; what cannot be encoded is
    /// an error when the request is built.
    ///
    /// A number that is not finite is refused; but `serde_json::json!` turns it into `null` first, and that removes the
    /// attribute.
    #[must_use]
    pub fn with_attributes(mut self, attributes: impl Serialize) -> Self {
        self.attributes = Attributes::new("the attributes", &attributes);
        self
    }

    fn encode(self, limits: &Limits) -> Result<Vec<u8>, BuildError> {
        self.object.check(limits)?;
        check_some_relationships(&self.relationships, limits)?;
        let attributes = self.attributes.into_json()?;
        attributes::check(&attributes, limits.of_attributes())?;
        let mut call = Writer::holding(attributes);
        begin(&mut call, "object", "identify_anonymous", &self.object)?;
        call.place("attributes");
        call.field("cio_relationships", &self.relationships)?;
        Ok(call.merge())
    }
}

entity!(IdentifyAnonymous, "track.v2.object.identify_anonymous", Safe);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{body, refused_track, wire_track};

    #[test]
    fn the_whole_request() {
        let attributes = json!({"name": "Acme"});
        let visitors = [Relationship::new(AnonymousId::new("cookie")).with_attributes(json!({"role": "guest"}))];
        let identify = IdentifyAnonymous::new(ObjectId::new(1, "acme"), visitors).with_attributes(&attributes);
        assert_eq!(
            wire_track(identify),
            "POST https://track.customer.io/api/v2/entity\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
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
            body(IdentifyAnonymous::new(ObjectId::cio("obb7"), visitors)),
            r#"{"type":"object","identifiers":{"cio_object_id":"obb7"},"action":"identify_anonymous","attributes":{},"cio_relationships":[{"identifiers":{"anonymous_id":"cookie"}}]}"#
        );
    }

    #[test]
    fn what_would_lose_data_is_refused() {
        let acme = ObjectId::new(1, "acme");
        let visitors = [Relationship::new(AnonymousId::new("cookie"))];
        let nameless = [Relationship::new(AnonymousId::new(""))];
        for (error, expected) in [
            (refused_track(IdentifyAnonymous::new(ObjectId::new(1, ""), visitors.clone())), "the object's id is empty"),
            (refused_track(IdentifyAnonymous::new(&acme, [])), "a relationship is missing"),
            (refused_track(IdentifyAnonymous::new(&acme, nameless)), "the anonymous id is empty"),
            (
                refused_track(IdentifyAnonymous::new(&acme, visitors).with_attributes([1])),
                "the attributes must be an object, not a list",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
