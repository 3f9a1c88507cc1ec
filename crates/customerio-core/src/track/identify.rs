//! `PUT /api/v1/customers/{identifier}`: add or update a person.

use http::Method;
use serde::Serialize;

use super::relationship::{Relationship, check_relationships};
use crate::{
    Body, BuildError, IdType, Limits, Operation, Path, PersonId, Timestamp, TopicId, Track, attributes,
    json::{Attributes, Writer},
    limits::check_bytes,
    macros::{opaque_debug, setters},
    text::Text,
    topics::Preferences,
};

/// Adds a person, or updates the one who has the identifier.
///
/// Attributes that are not sent stay as they are; `null` and the empty string remove one. A field of a struct, or an
/// entry of a map, that is `None` is left out; to remove an attribute, give it [`Erase`](crate::Erase), `()` or
/// `serde_json::Value::Null`. `serde_json::json!` turns `None` into that: pass optional values in a struct or a map.
///
/// Send it with [`Client::call`](crate::Client::call), or with the short method `identify`.
///
/// Limits: 300 attributes; a name of 150 bytes, a value of 1000 bytes; a person's id of 150 bytes.
/// <https://docs.customer.io/integrations/api/track/#operation/identify>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, limits::Limits, track::Identify};
/// use serde_json::json;
///
/// let identify =
///     Identify::new("42").with_email("ada@example.com").with_attributes(json!({"plan": "pro"}));
/// let request = Prepared::new(identify, &Limits::default())?;
/// assert_eq!(request.body(), r#"{"email":"ada@example.com","plan":"pro"}"#);
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
pub struct Identify {
    person: PersonId,
    id: Option<Text>,
    email: Option<Text>,
    anonymous_id: Option<Text>,
    created_at: Option<Timestamp>,
    timestamp: Option<Timestamp>,
    update: Option<bool>,
    unsubscribed: Option<bool>,
    topics: Option<Preferences>,
    relationships: Option<Relationships>,
    attributes: Attributes,
}

#[derive(Clone, Serialize)]
struct Relationships {
    action: &'static str,
    relationships: Vec<Relationship>,
}

impl Identify {
    /// Creates the operation for the person with this identifier, without attributes.
    #[must_use]
    pub fn new(person: impl Into<PersonId>) -> Self {
        Self {
            person: person.into(),
            id: None,
            email: None,
            anonymous_id: None,
            created_at: None,
            timestamp: None,
            update: None,
            unsubscribed: None,
            topics: None,
            relationships: None,
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
        /// The id that the person gets. For people who are found by an e-mail address or a `cio_id`.
        with_id, id: text;
        /// The person's e-mail address.
        with_email, email: text;
        /// The id under which anonymous events of this person came in: they become the person's own. It must be unique
        /// and cannot be used again.
        with_anonymous_id, anonymous_id: text;
        /// When the person was created.
        with_created_at, created_at: time;
        /// When the attributes changed, sent as `_timestamp`: of updates that arrive in the wrong order the latest wins.
        with_timestamp, timestamp: time;
        /// Whether the person must exist, sent as `_update`: `true` updates and never creates, so that calls in quick
        /// succession cannot create the person twice.
        with_update, update: bool;
        /// Whether the person gets no messages at all.
        with_unsubscribed, unsubscribed: bool;
    }

    /// Subscriptions to topics, by the topic's number: `[(1, true), (2, false)]`. They are sent as
    /// `cio_subscription_preferences`.
    #[must_use]
    pub fn with_topics(mut self, topics: impl IntoIterator<Item = (impl Into<TopicId>, bool)>) -> Self {
        self.topics = Some(Preferences::new(topics));
        self
    }

    /// Relates the person to objects, such as the company that they work for.
    ///
    /// Instead of, not besides, [`with_relationships_deleted`](Self::with_relationships_deleted): the last of them
    /// counts.
    #[must_use]
    pub fn with_relationships(self, relationships: impl IntoIterator<Item = Relationship>) -> Self {
        self.with_action("add_relationships", relationships)
    }

    /// Ends relationships of the person to objects.
    #[must_use]
    pub fn with_relationships_deleted(self, relationships: impl IntoIterator<Item = Relationship>) -> Self {
        self.with_action("delete_relationships", relationships)
    }

    fn with_action(mut self, action: &'static str, relationships: impl IntoIterator<Item = Relationship>) -> Self {
        self.relationships = Some(Relationships { action, relationships: relationships.into_iter().collect() });
        self
    }
}

impl Operation for Identify {
    type Api = Track;
    type Output = ();
    const NAME: &'static str = "track.identify";
    const METHOD: Method = Method::PUT;
    const ROUTE: &'static str = "/api/v1/customers/{identifier}";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.person.write(path)
    }

    fn body(self, limits: &Limits) -> Result<Body, BuildError> {
        if let Some(Relationships { relationships, .. }) = &self.relationships {
            check_relationships(relationships, limits)?;
        }
        check_bytes(IdType::Id.what(), self.id.as_ref().map_or(0, |id| id.len()), limits.person_id)?;
        let mut body = Writer::before(self.attributes)?;
        body.optional("id", &self.id)?;
        body.optional("email", &self.email)?;
        body.optional("anonymous_id", &self.anonymous_id)?;
        body.optional("created_at", &self.created_at)?;
        body.optional("_timestamp", &self.timestamp)?;
        body.optional("_update", &self.update)?;
        body.optional("unsubscribed", &self.unsubscribed)?;
        body.optional("cio_subscription_preferences", &self.topics)?;
        body.optional("cio_relationships", &self.relationships)?;
        let body = body.merge();
        attributes::check(&body, limits.of_attributes())?;
        Ok(Body::encoded(body))
    }
}

opaque_debug!(Identify);

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
            Relationship::new(ObjectId::new(1, "acme")).with_attributes(role),
            Relationship::new(ObjectId::cio("obb7")),
        ];
        let identify = Identify::new(PersonId::email("ada+1@example.com"))
            .with_id("42")
            .with_email("ada@example.com")
            .with_anonymous_id("cookie")
            .with_created_at(1_361_205_308)
            .with_timestamp(1_700_000_000)
            .with_update(true)
            .with_unsubscribed(false)
            .with_topics([(1, true), (20, false)])
            .with_relationships(relationships)
            .with_attributes(attributes);
        assert_eq!(
            wire_track(identify),
            "PUT https://track.customer.io/api/v1/customers/ada%2B1%40example.com\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
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
        assert_eq!(body(Identify::new("1")), "{}");
        let deleted = [Relationship::new(ObjectId::new(1, "acme"))];
        assert_eq!(
            body(Identify::new("1").with_relationships_deleted(deleted)),
            r#"{"cio_relationships":{"action":"delete_relationships","relationships":[{"identifiers":{"object_type_id":"1","object_id":"acme"}}]}}"#
        );
    }

    #[test]
    fn what_would_lose_data_is_refused() {
        let nan = BTreeMap::from([("score", f64::NAN)]);
        let clash = json!({"email": "b@example.com"});
        let nameless = [Relationship::new(ObjectId::new(1, ""))];
        for (error, expected) in [
            (refused_track(Identify::new("")), "the person's id is empty"),
            (
                refused_track(Identify::new("1").with_attributes(&nan)),
                "`score` is NaN: as JSON it would be null, which erases an attribute",
            ),
            (
                refused_track(Identify::new("1").with_email("a@example.com").with_attributes(clash)),
                "`email` is set both by a setter and in the attributes",
            ),
            (refused_track(Identify::new("1").with_attributes("text")), "the attributes must be an object, not text"),
            (
                refused_track(Identify::new("1").with_created_at(1_361_205_308_000_i64)),
                "`created_at` cannot be encoded: it is not a time in seconds; it can only be milliseconds",
            ),
            (refused_track(Identify::new("1").with_relationships(nameless)), "the object's id is empty"),
        ] {
            assert_eq!(error.to_string(), expected);
        }
        let error = refused_track(Identify::new("1").with_attributes(&nan));
        assert!(matches!(error.kind(), BuildErrorKind::Encoding(_)));
    }

    #[test]
    fn the_last_of_two_values_wins() {
        let identify = Identify::new("1").with_email("a@x.org").with_attributes(json!({"a": 1}));
        let identify = identify.with_email("b@x.org").with_attributes(json!({"b": 2}));
        assert_eq!(body(identify), r#"{"email":"b@x.org","b":2}"#);
    }
}
