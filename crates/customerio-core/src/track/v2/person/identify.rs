//! `person` / `identify`: add or update a person.
//!
//! Limits: 32 KB. <https://docs.customer.io/integrations/api/track/#operation/entity>

use serde::{Serialize, Serializer};

use crate::{
    BuildError, Limits, Nothing, PersonId, Replay, Timestamp,
    json::Fields,
    macros::{opaque_debug, setters},
    topics::Preferences,
    track::{
        Relationship,
        relationship::check_relationships,
        v2::entity::{begin, entity},
    },
};

/// Adds a person, or updates the one who has the identifier.
///
/// Attributes that are not named stay as they are; `null` and the empty string remove one.
///
/// ```
/// use customerio_core::{PersonId, track::v2::person::Identify};
/// use serde_json::json;
///
/// let attributes = json!({"first_name": "Ada"});
/// let identify = Identify::new(PersonId::Phone("+14155552671")).with_update(true).with_attributes(&attributes);
/// # let _ = identify;
/// ```
pub struct Identify<'a, A: ?Sized = Nothing> {
    person: PersonId<'a>,
    timestamp: Option<Timestamp>,
    relationships: Option<&'a [Relationship<'a>]>,
    update: Option<bool>,
    topics: Option<&'a [(u32, bool)]>,
    attributes: &'a A,
}

impl<'a> Identify<'a> {
    /// The person with this identifier, and no attributes yet.
    #[must_use]
    pub fn new(person: impl Into<PersonId<'a>>) -> Self {
        Self {
            person: person.into(),
            timestamp: None,
            relationships: None,
            update: None,
            topics: None,
            attributes: &Nothing,
        }
    }
}

impl<'a, A: ?Sized> Identify<'a, A> {
    /// Attributes of your own: anything that serialises as an object.
    ///
    /// One that a setter of this type has set must not be among them. A number that is not finite is refused; but
    /// `serde_json::json!` has made it `null` before it gets here, and that removes the attribute.
    #[must_use]
    pub fn with_attributes<B: Serialize + ?Sized>(self, attributes: &'a B) -> Identify<'a, B> {
        let Self { person, timestamp, relationships, update, topics, .. } = self;
        Identify { person, timestamp, relationships, update, topics, attributes }
    }

    setters! {
        /// When the attributes changed: of updates that arrive in the wrong order the latest wins.
        with_timestamp, timestamp: Timestamp;
        /// Relates the person to objects, such as the company that they work for.
        with_relationships, relationships: &'a [Relationship<'a>];
        /// Whether the person must exist, sent as the attribute `_update`: `true` updates and never creates.
        with_update, update: bool;
        /// Subscriptions to topics, by the topic's number: `&[(1, true), (2, false)]`. They are sent as the attribute
        /// `cio_subscription_preferences`.
        with_topics, topics: &'a [(u32, bool)];
    }

    fn check(&self, limits: &Limits) -> Result<(), BuildError> {
        self.person.check_or_phone(limits)?;
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
        begin(&mut fields, "person", "identify", &self.person)?;
        fields.optional("timestamp", self.timestamp.as_ref())?;
        fields.field("attributes", &Attributes(self))?;
        fields.optional("cio_relationships", self.relationships.as_ref())?;
        fields.end()
    }
}

struct Attributes<'a, 'b, A: ?Sized>(&'b Identify<'a, A>);

impl<A: Serialize + ?Sized> Serialize for Attributes<'_, '_, A> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = Fields::new(serializer)?;
        fields.optional("_update", self.0.update.as_ref())?;
        fields.optional("cio_subscription_preferences", self.0.topics.map(Preferences::new).as_ref())?;
        fields.rest(self.0.attributes)?;
        fields.end()
    }
}

entity!([A: Serialize + ?Sized] Identify<'_, A>, "track.v2.person.identify"; attributes);
opaque_debug!([A: ?Sized] Identify<'_, A>);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        testing::{body, refused_track, wire_track},
        track::ObjectId,
    };

    #[test]
    fn the_whole_request() {
        let attributes = json!({"first_name": "Ada", "gone": null});
        let company = [Relationship::new(ObjectId::new("1", "acme"))];
        let identify = Identify::new(PersonId::Phone("+14155552671"))
            .with_timestamp(1_700_000_000.into())
            .with_relationships(&company)
            .with_update(true)
            .with_topics(&[(1, true)])
            .with_attributes(&attributes);
        assert_eq!(
            wire_track(&identify),
            "POST https://track.customer.io/api/v2/entity\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             content-type: application/json\n\
             user-agent: customerio-rust/0.1.0\n\
             content-length: 299\n\
             \n\
             {\"type\":\"person\",\"identifiers\":{\"phone\":\"+14155552671\"},\"action\":\"identify\",\"timestamp\":1700000000,\
             \"attributes\":{\"_update\":true,\"cio_subscription_preferences\":{\"topics\":{\"topic_1\":true}},\
             \"first_name\":\"Ada\",\"gone\":null},\
             \"cio_relationships\":[{\"identifiers\":{\"object_type_id\":\"1\",\"object_id\":\"acme\"}}]}"
        );
    }

    #[test]
    fn what_is_not_set_is_not_sent() {
        assert_eq!(
            body(&Identify::new("42")),
            r#"{"type":"person","identifiers":{"id":"42"},"action":"identify","attributes":{}}"#
        );
    }

    #[test]
    fn what_would_lose_data_is_refused() {
        let large: serde_json::Map<_, _> = (10..43).map(|n| (format!("a{n}"), "x".repeat(990).into())).collect();
        let clash = json!({"_update": true});
        for (error, expected) in [
            (refused_track(&Identify::new("")), "the person's id is empty"),
            (
                refused_track(&Identify::new(PersonId::Phone("1"))),
                "the person's phone number is not valid: it must be in E.164 form: +14155552671",
            ),
            (
                refused_track(&Identify::new("42").with_attributes(&large)),
                "the call has 33045 bytes, and the limit is 32000",
            ),
            (
                refused_track(&Identify::new("42").with_update(true).with_attributes(&clash)),
                "the body cannot be sent: `_update` is given twice: by its setter and among the attributes or data",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
