//! `object` / `identify`: add or update an object.

use serde::Serialize;

use crate::{
    BuildError, Limits, PersonId, attributes,
    json::{Attributes, Writer},
    track::{
        ObjectId, Relationship,
        relationship::check_relationships,
        v2::entity::{begin, entity},
    },
};

/// Adds an object, or updates the one that has the identifier.
///
/// Attributes that are not sent stay as they are; `null` and the empty string remove one. A field that is `None` is
/// left out: see [`Erase`](crate::Erase).
///
/// Send it with [`Client::call`](crate::Client::call); many of them with [`Client::send_all`](crate::Client::send_all).
///
/// Limits: 32 KB; 300 attributes; a name of 150 bytes, a value of 1000 bytes; an object's id of 150 bytes.
/// <https://docs.customer.io/integrations/api/track/#operation/entity>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{
///     PersonId, Prepared, limits::Limits, track::{ObjectId, Relationship, v2::object::Identify},
/// };
/// use serde_json::json;
///
/// let people = [Relationship::new(PersonId::id("42")).with_attributes(json!({"role": "admin"}))];
/// let identify = Identify::new(ObjectId::new(1, "acme"))
///     .with_attributes(json!({"name": "Acme", "seats": 50}))
///     .with_relationships(people);
/// assert_eq!(Prepared::new(identify, &Limits::default())?.path(), "/api/v2/entity");
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
pub struct Identify {
    object: ObjectId,
    relationships: Option<Vec<Relationship<PersonId>>>,
    attributes: Attributes,
}

impl Identify {
    /// Creates the operation for the object with this identifier, without attributes. One with a `cio_object_id` is
    /// updated and never added.
    #[must_use]
    pub fn new(object: impl Into<ObjectId>) -> Self {
        Self { object: object.into(), relationships: None, attributes: Attributes::empty() }
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

    /// Relates the object to people, such as those who work for a company.
    #[must_use]
    pub fn with_relationships(mut self, relationships: impl IntoIterator<Item = Relationship<PersonId>>) -> Self {
        self.relationships = Some(relationships.into_iter().collect());
        self
    }

    fn encode(self, limits: &Limits) -> Result<Vec<u8>, BuildError> {
        self.object.check(limits)?;
        check_relationships(self.relationships.as_deref().unwrap_or_default(), limits)?;
        let attributes = self.attributes.into_json()?;
        attributes::check(&attributes, limits.of_attributes())?;
        let mut call = Writer::holding(attributes);
        begin(&mut call, "object", "identify", &self.object)?;
        call.place("attributes");
        call.optional("cio_relationships", &self.relationships)?;
        Ok(call.merge())
    }
}

entity!(Identify, "track.v2.object.identify", Safe);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{body, refused_track, wire_track};

    #[test]
    fn the_whole_request() {
        let attributes = json!({"name": "Acme", "gone": null});
        let people = [
            Relationship::new(PersonId::id("42")).with_attributes(json!({"role": "admin"})),
            Relationship::new(PersonId::email("ada@example.com")),
        ];
        let identify = Identify::new(ObjectId::new(1, "acme")).with_relationships(people).with_attributes(&attributes);
        assert_eq!(
            wire_track(identify),
            "POST https://track.customer.io/api/v2/entity\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
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
            body(Identify::new(ObjectId::cio("obb7"))),
            r#"{"type":"object","identifiers":{"cio_object_id":"obb7"},"action":"identify","attributes":{}}"#
        );
    }

    #[test]
    fn what_would_lose_data_is_refused() {
        let acme = ObjectId::new(1, "acme");
        let large: serde_json::Map<_, _> = (10..43).map(|n| (format!("a{n}"), "x".repeat(990).into())).collect();
        let many: serde_json::Map<_, _> = (0..301).map(|n| (format!("a{n}"), n.into())).collect();
        let phone = [Relationship::new(PersonId::phone("+14155552671"))];
        for (error, expected) in [
            (refused_track(Identify::new(ObjectId::new(1, ""))), "the object's id is empty"),
            (
                refused_track(Identify::new(&acme).with_relationships(phone)),
                "the person's phone number is not valid: this call does not know people by it",
            ),
            (
                refused_track(Identify::new(&acme).with_attributes(&large)),
                "the call has 33075 bytes, and the limit is 32000",
            ),
            (
                refused_track(Identify::new(&acme).with_attributes(&many)),
                "the list of attributes has 301 entries, expected 0 to 300",
            ),
            (refused_track(Identify::new(&acme).with_attributes([1])), "the attributes must be an object, not a list"),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
