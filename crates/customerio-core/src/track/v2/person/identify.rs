//! `person` / `identify`: add or update a person.

use serde::Serialize;

use crate::{
    BuildError, Limits, PersonId, Timestamp, TopicId, attributes,
    json::{Attributes, Writer},
    macros::setters,
    text::Text,
    topics::Preferences,
    track::{
        Relationship,
        relationship::check_relationships,
        v2::entity::{begin, entity},
    },
};

/// Adds a person, or updates the one who has the identifier.
///
/// Attributes that are not sent stay as they are; `null` and the empty string remove one. A field that is `None` is
/// left out: see [`Erase`](crate::Erase).
///
/// Send it with [`Client::call`](crate::Client::call); many of them with [`Client::send_all`](crate::Client::send_all).
///
/// Limits: 32 KB; 300 attributes; a name of 150 bytes, a value of 1000 bytes; a person's id of 150 bytes.
/// <https://docs.customer.io/integrations/api/track/#operation/entity>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{PersonId, Prepared, limits::Limits, track::v2::person::Identify};
/// use serde_json::json;
///
/// let identify = Identify::new(PersonId::phone("+14155552671"))
///     .with_email("ada@example.com")
///     .with_attributes(json!({"first_name": "Ada"}));
/// assert_eq!(Prepared::new(identify, &Limits::default())?.path(), "/api/v2/entity");
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
pub struct Identify {
    person: PersonId,
    email: Option<Text>,
    created_at: Option<Timestamp>,
    timestamp: Option<Timestamp>,
    relationships: Option<Vec<Relationship>>,
    update: Option<bool>,
    topics: Option<Preferences>,
    attributes: Attributes,
}

impl Identify {
    /// Creates the operation for the person with this identifier, without attributes.
    #[must_use]
    pub fn new(person: impl Into<PersonId>) -> Self {
        Self {
            person: person.into(),
            email: None,
            created_at: None,
            timestamp: None,
            relationships: None,
            update: None,
            topics: None,
            attributes: Attributes::empty(),
        }
    }

    /// Sets custom attributes: anything that serialises as an object. They are encoded here; what cannot be encoded is
    /// an error when the request is built.
    ///
    /// They must not include what a setter of this type has set. A number that is not finite is refused; but
    /// `serde_json::json!` turns it into `null` first, and that removes the attribute.
    #[must_use]
    pub fn with_attributes(mut self, attributes: impl Serialize) -> Self {
        self.attributes = Attributes::new("the attributes", &attributes);
        self
    }

    setters! {
        /// The person's e-mail address, sent as the attribute `email`.
        with_email, email: text;
        /// When the person was created, sent as the attribute `created_at`.
        with_created_at, created_at: time;
        /// When the attributes changed: of updates that arrive in the wrong order the latest wins.
        with_timestamp, timestamp: time;
        /// Whether the person must exist, sent as the attribute `_update`: `true` updates and never creates.
        with_update, update: bool;
    }

    /// Relates the person to objects, such as the company that they work for.
    #[must_use]
    pub fn with_relationships(mut self, relationships: impl IntoIterator<Item = Relationship>) -> Self {
        self.relationships = Some(relationships.into_iter().collect());
        self
    }

    /// Subscriptions to topics, by the topic's number: `[(1, true), (2, false)]`. They are sent as the attribute
    /// `cio_subscription_preferences`.
    #[must_use]
    pub fn with_topics(mut self, topics: impl IntoIterator<Item = (impl Into<TopicId>, bool)>) -> Self {
        self.topics = Some(Preferences::new(topics));
        self
    }

    fn encode(self, limits: &Limits) -> Result<Vec<u8>, BuildError> {
        self.person.check_or_phone(limits)?;
        check_relationships(self.relationships.as_deref().unwrap_or_default(), limits)?;
        let mut attributes = Writer::before(self.attributes)?;
        attributes.optional("email", &self.email)?;
        attributes.optional("created_at", &self.created_at)?;
        attributes.optional("_update", &self.update)?;
        attributes.optional("cio_subscription_preferences", &self.topics)?;
        let attributes = attributes.merge();
        attributes::check(&attributes, limits.of_attributes())?;
        let mut call = Writer::holding(attributes);
        begin(&mut call, "person", "identify", &self.person)?;
        call.optional("timestamp", &self.timestamp)?;
        call.place("attributes");
        call.optional("cio_relationships", &self.relationships)?;
        Ok(call.merge())
    }
}

entity!(Identify, "track.v2.person.identify", Safe);

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
        let company = [Relationship::new(ObjectId::new(1, "acme"))];
        let identify = Identify::new(PersonId::phone("+14155552671"))
            .with_email("ada@example.com")
            .with_created_at(1_361_205_308)
            .with_timestamp(1_700_000_000)
            .with_relationships(company)
            .with_update(true)
            .with_topics([(1, true)])
            .with_attributes(&attributes);
        assert_eq!(
            wire_track(identify),
            "POST https://track.customer.io/api/v2/entity\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 349\n\
             \n\
             {\"type\":\"person\",\"identifiers\":{\"phone\":\"+14155552671\"},\"action\":\"identify\",\"timestamp\":1700000000,\
             \"attributes\":{\"email\":\"ada@example.com\",\"created_at\":1361205308,\"_update\":true,\
             \"cio_subscription_preferences\":{\"topics\":{\"topic_1\":true}},\
             \"first_name\":\"Ada\",\"gone\":null},\
             \"cio_relationships\":[{\"identifiers\":{\"object_type_id\":\"1\",\"object_id\":\"acme\"}}]}"
        );
    }

    #[test]
    fn what_is_not_set_is_not_sent() {
        assert_eq!(
            body(Identify::new("42")),
            r#"{"type":"person","identifiers":{"id":"42"},"action":"identify","attributes":{}}"#
        );
    }

    #[test]
    fn what_would_lose_data_is_refused() {
        let large: serde_json::Map<_, _> = (10..43).map(|n| (format!("a{n}"), "x".repeat(990).into())).collect();
        let clash = json!({"_update": true, "email": "a@example.com"});
        for (error, expected) in [
            (refused_track(Identify::new("")), "the person's id is empty"),
            (
                refused_track(Identify::new(PersonId::phone("1"))),
                "the person's phone number is not valid: it must be in E.164 form: +14155552671",
            ),
            (
                refused_track(Identify::new("42").with_attributes(&large)),
                "the call has 33045 bytes, and the limit is 32000",
            ),
            (
                refused_track(Identify::new("42").with_update(true).with_attributes(&clash)),
                "`_update` is set both by a setter and in the attributes",
            ),
            (
                refused_track(Identify::new("42").with_email("b@example.com").with_attributes(&clash)),
                "`email` is set both by a setter and in the attributes",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
