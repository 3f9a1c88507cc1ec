//! `PUT /api/v1/customers/{id}`: add or update a person.
//!
//! Limits: 300 attributes; a name of 150 bytes, a value of 1000 bytes; an id of 150 bytes.
//! <https://docs.customer.io/integrations/api/track/#operation/identify>

use bytes::Bytes;
use http::{Method, Response};
use serde::{Serialize, Serializer};

use super::relationship::{Relationship, check_relationships};
use crate::{
    Body, BuildError, DecodeFailure, IdType, Limits, Nothing, Operation, Path, PersonId, Replay, Timestamp, Track,
    attributes, decode_nothing,
    json::Fields,
    limits::check_bytes,
    macros::{opaque_debug, setters},
    topics::Preferences,
};

/// Adds a person, or updates the one who has the identifier.
///
/// Attributes that are not named stay as they are; `null` and the empty string remove one.
///
/// ```
/// use customerio_core::track::Identify;
/// use serde_json::json;
///
/// let attributes = json!({"first_name": "Ada", "plan": "pro"});
/// let identify = Identify::new("42").with_email("ada@example.com").with_attributes(&attributes);
/// # let _ = identify;
/// ```
pub struct Identify<'a, A: ?Sized = Nothing> {
    person: PersonId<'a>,
    reserved: Reserved<'a>,
    attributes: &'a A,
}

/// The attributes that mean something to Customer.io.
#[derive(Clone, Copy, Default)]
struct Reserved<'a> {
    id: Option<&'a str>,
    email: Option<&'a str>,
    anonymous_id: Option<&'a str>,
    created_at: Option<Timestamp>,
    timestamp: Option<Timestamp>,
    update: Option<bool>,
    unsubscribed: Option<bool>,
    topics: Option<&'a [(u32, bool)]>,
    relationships: Option<(&'static str, &'a [Relationship<'a>])>,
}

impl<'a> Identify<'a> {
    /// The person with this identifier, and no attributes yet.
    #[must_use]
    pub fn new(person: impl Into<PersonId<'a>>) -> Self {
        Self { person: person.into(), reserved: Reserved::default(), attributes: &Nothing }
    }
}

impl<'a, A: ?Sized> Identify<'a, A> {
    /// Attributes of your own: anything that serialises as an object.
    ///
    /// One that a setter of this type has set must not be among them. A number that is not finite is refused; but
    /// `serde_json::json!` has made it `null` before it gets here, and that removes the attribute.
    #[must_use]
    pub fn with_attributes<B: Serialize + ?Sized>(self, attributes: &'a B) -> Identify<'a, B> {
        Identify { person: self.person, reserved: self.reserved, attributes }
    }

    setters! {
        /// The id that the person gets. For people who are found by an e-mail address or a `cio_id`.
        with_id, reserved.id: &'a str;
        /// The person's e-mail address.
        with_email, reserved.email: &'a str;
        /// The id under which anonymous events of this person came in: they become the person's own. It must be unique
        /// and cannot be used again.
        with_anonymous_id, reserved.anonymous_id: &'a str;
        /// When the person was created.
        with_created_at, reserved.created_at: Timestamp;
        /// When the attributes changed, sent as `_timestamp`: of updates that arrive in the wrong order the latest wins.
        with_timestamp, reserved.timestamp: Timestamp;
        /// Whether the person must exist, sent as `_update`: `true` updates and never creates, so that calls in quick
        /// succession cannot create the person twice.
        with_update, reserved.update: bool;
        /// Whether the person gets no messages at all.
        with_unsubscribed, reserved.unsubscribed: bool;
        /// Subscriptions to topics, by the topic's number: `&[(1, true), (2, false)]`. They are sent as
        /// `cio_subscription_preferences`.
        with_topics, reserved.topics: &'a [(u32, bool)];
    }

    /// Relates the person to objects, such as the company that they work for.
    ///
    /// Instead of, not besides, [`with_relationships_deleted`](Self::with_relationships_deleted): the last of them
    /// counts.
    #[must_use]
    pub fn with_relationships(mut self, relationships: &'a [Relationship<'a>]) -> Self {
        self.reserved.relationships = Some(("add_relationships", relationships));
        self
    }

    /// Ends relationships of the person to objects.
    #[must_use]
    pub fn with_relationships_deleted(mut self, relationships: &'a [Relationship<'a>]) -> Self {
        self.reserved.relationships = Some(("delete_relationships", relationships));
        self
    }
}

#[derive(Serialize)]
struct Relationships<'a> {
    action: &'static str,
    relationships: &'a [Relationship<'a>],
}

impl<A: Serialize + ?Sized> Serialize for Identify<'_, A> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let reserved = &self.reserved;
        let relationships =
            reserved.relationships.map(|(action, relationships)| Relationships { action, relationships });
        let mut fields = Fields::new(serializer)?;
        fields.optional("id", reserved.id.as_ref())?;
        fields.optional("email", reserved.email.as_ref())?;
        fields.optional("anonymous_id", reserved.anonymous_id.as_ref())?;
        fields.optional("created_at", reserved.created_at.as_ref())?;
        fields.optional("_timestamp", reserved.timestamp.as_ref())?;
        fields.optional("_update", reserved.update.as_ref())?;
        fields.optional("unsubscribed", reserved.unsubscribed.as_ref())?;
        fields.optional("cio_subscription_preferences", reserved.topics.map(Preferences::new).as_ref())?;
        fields.optional("cio_relationships", relationships.as_ref())?;
        fields.rest(self.attributes)?;
        fields.end()
    }
}

impl<A: Serialize + ?Sized> Operation for Identify<'_, A> {
    type Api = Track;
    type Output = ();
    const NAME: &'static str = "track.identify";

    fn method(&self) -> Method {
        Method::PUT
    }
    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        path.literal("/api/v1/customers");
        self.person.write(path)
    }
    fn body(&self, limits: &Limits) -> Result<Body, BuildError> {
        if let Some((_, relationships)) = self.reserved.relationships {
            check_relationships(relationships, limits)?;
        }
        check_bytes(IdType::Id.what(), self.reserved.id.map_or(0, str::len), limits.person_id)?;
        let body = Body::json(self)?;
        attributes::check(body.bytes(), limits.of_attributes())?;
        Ok(body)
    }
    fn replay(&self) -> Replay {
        Replay::Safe
    }
    fn decode(&self, response: &Response<Bytes>) -> Result<(), DecodeFailure> {
        decode_nothing(response)
    }
}

opaque_debug!([A: ?Sized] Identify<'_, A>);

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::{
        BuildErrorKind,
        testing::{body, refused_track, wire_track},
        track::ObjectId,
    };

    #[test]
    fn the_whole_request() {
        let attributes = json!({"first_name": "Ada", "score": 1.5, "gone": null});
        let role = json!({"role": "admin"});
        let relationships = [
            Relationship::new(ObjectId::new("1", "acme")).with_attributes(&role).unwrap(),
            Relationship::new(ObjectId::Cio { cio_object_id: "obb7" }),
        ];
        let identify = Identify::new(PersonId::Email("ada+1@example.com"))
            .with_id("42")
            .with_email("ada@example.com")
            .with_anonymous_id("cookie")
            .with_created_at(1_361_205_308.into())
            .with_timestamp(1_700_000_000.into())
            .with_update(true)
            .with_unsubscribed(false)
            .with_topics(&[(1, true), (20, false)])
            .with_relationships(&relationships)
            .with_attributes(&attributes);
        assert_eq!(
            wire_track(&identify),
            "PUT https://track.customer.io/api/v1/customers/ada%2B1%40example.com\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             content-type: application/json\n\
             user-agent: customerio-rust/0.1.0\n\
             content-length: 475\n\
             \n\
             {\"id\":\"42\",\"email\":\"ada@example.com\",\"anonymous_id\":\"cookie\",\"created_at\":1361205308,\
             \"_timestamp\":1700000000,\"_update\":true,\"unsubscribed\":false,\
             \"cio_subscription_preferences\":{\"topics\":{\"topic_1\":true,\"topic_20\":false}},\
             \"cio_relationships\":{\"action\":\"add_relationships\",\"relationships\":[\
             {\"identifiers\":{\"object_type_id\":\"1\",\"object_id\":\"acme\"},\"relationship_attributes\":{\"role\":\"admin\"}},\
             {\"identifiers\":{\"cio_object_id\":\"obb7\"}}]},\
             \"first_name\":\"Ada\",\"gone\":null,\"score\":1.5}"
        );
    }

    #[test]
    fn what_is_not_set_is_not_sent() {
        assert_eq!(body(&Identify::new("1")), "{}");
        let deleted = [Relationship::new(ObjectId::new("1", "acme"))];
        assert_eq!(
            body(&Identify::new("1").with_relationships_deleted(&deleted)),
            r#"{"cio_relationships":{"action":"delete_relationships","relationships":[{"identifiers":{"object_type_id":"1","object_id":"acme"}}]}}"#
        );
    }

    #[test]
    fn what_would_lose_data_is_refused() {
        let nan = BTreeMap::from([("score", f64::NAN)]);
        let clash = json!({"email": "b@example.com"});
        let nameless = [Relationship::new(ObjectId::new("1", ""))];
        for (error, expected) in [
            (refused_track(&Identify::new("")), "the person's id is empty"),
            (refused_track(&Identify::new("1").with_attributes(&nan)), "the body cannot be sent: a number is NaN"),
            (
                refused_track(&Identify::new("1").with_email("a@example.com").with_attributes(&clash)),
                "the body cannot be sent: `email` is given twice",
            ),
            (
                refused_track(&Identify::new("1").with_attributes("text")),
                "the body cannot be sent: attributes and data must be an object, not a string",
            ),
            (
                refused_track(&Identify::new("1").with_created_at(1_361_205_308_000.into())),
                "the body cannot be sent: 1361205308000 is not a time in seconds; it can only be milliseconds",
            ),
            (refused_track(&Identify::new("1").with_relationships(&nameless)), "the object's id is empty"),
        ] {
            assert!(error.to_string().starts_with(expected), "{error}");
        }
        let error = refused_track(&Identify::new("1").with_attributes(&nan));
        assert!(matches!(error.kind(), BuildErrorKind::Encoding(_)));
    }
}
