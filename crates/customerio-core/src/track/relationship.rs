//! Relationships between people and objects, as the calls of both describe them.
//!
//! <https://docs.customer.io/journeys/objects-data/objects/create/>

use serde::Serialize;

use crate::{
    BuildError, BuildErrorKind, Limits, ObjectTypeId, PersonId, attributes, json::Attributes, limits::check_bytes,
    macros::opaque_debug, path::check_identifier, text::Text,
};

/// The identifier of an object: something that is not a person, such as a company or a course.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct ObjectId(Kind);

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(untagged)]
enum Kind {
    Typed {
        /// Text on the wire.
        #[serde(serialize_with = "as_text")]
        object_type_id: ObjectTypeId,
        object_id: Text,
    },
    Cio {
        cio_object_id: Text,
    },
}

fn as_text<S: serde::Serializer>(id: &impl std::fmt::Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(id)
}

impl ObjectId {
    /// Identifies an object by its type, of which 1 is the first of a workspace, and your own id: 1 to 150 bytes,
    /// unique in its type.
    #[must_use]
    pub fn new(object_type: impl Into<ObjectTypeId>, id: impl AsRef<str>) -> Self {
        Self(Kind::Typed { object_type_id: object_type.into(), object_id: Text::new(id) })
    }

    /// Identifies an object by Customer.io's own id.
    #[must_use]
    pub fn cio(id: impl AsRef<str>) -> Self {
        Self(Kind::Cio { cio_object_id: Text::new(id) })
    }

    pub(super) fn check(&self, limits: &Limits) -> Result<(), BuildError> {
        let check = |what, value| check_identifier(what, value, limits.object_id);
        match &self.0 {
            Kind::Typed { object_type_id, object_id } => {
                object_type_id.check()?;
                check("the object's id", object_id)
            }
            Kind::Cio { cio_object_id } => check("the object's cio_object_id", cio_object_id),
        }
    }
}

impl From<&ObjectId> for ObjectId {
    fn from(object: &ObjectId) -> Self {
        object.clone()
    }
}

/// The identifier of someone who is not known yet, such as a cookie.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub struct AnonymousId {
    anonymous_id: Text,
}

impl AnonymousId {
    /// Identifies the visitor with this anonymous id.
    #[must_use]
    pub fn new(anonymous_id: impl AsRef<str>) -> Self {
        Self { anonymous_id: Text::new(anonymous_id) }
    }
}

/// A relationship to `T`: of a person to an object ([`ObjectId`]), or of an object to a person ([`PersonId`]) or to
/// someone who is not known yet ([`AnonymousId`]).
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{PersonId, track::{ObjectId, Relationship}};
/// use serde_json::json;
///
/// let company =
///     Relationship::new(ObjectId::new(1, "acme")).with_attributes(json!({"role": "admin"}));
/// let employee = Relationship::new(PersonId::email("ada@example.com"));
/// assert_eq!(
///     serde_json::to_string(&company)?,
///     r#"{"identifiers":{"object_type_id":"1","object_id":"acme"},"relationship_attributes":{"role":"admin"}}"#
/// );
/// assert_eq!(serde_json::to_string(&employee)?, r#"{"identifiers":{"email":"ada@example.com"}}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Serialize)]
pub struct Relationship<T = ObjectId> {
    identifiers: T,
    #[serde(skip_serializing_if = "Option::is_none")]
    relationship_attributes: Option<Attributes>,
}

impl<T: Related> Relationship<T> {
    /// Creates a relationship to this object or person.
    ///
    /// A person is named by an id, an e-mail address or a `cio_id`, not by a phone number.
    #[must_use]
    pub const fn new(to: T) -> Self {
        Self { identifiers: to, relationship_attributes: None }
    }

    /// Attributes of the relationship, such as a role: anything that serialises as an object. `null` and the empty string
    /// remove one; a field that is `None` is left out.
    #[must_use]
    pub fn with_attributes(mut self, attributes: impl Serialize) -> Self {
        self.relationship_attributes = Some(Attributes::new("the attributes of a relationship", &attributes));
        self
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::ObjectId {}
    impl Sealed for crate::PersonId {}
    impl Sealed for super::AnonymousId {}
}

/// The other side of a relationship: [`ObjectId`], [`PersonId`] or [`AnonymousId`].
#[diagnostic::on_unimplemented(
    message = "a relationship is to an `ObjectId`, a `PersonId` or an `AnonymousId`, not to `{Self}`"
)]
pub trait Related: sealed::Sealed {
    /// Refuses what cannot identify it.
    #[doc(hidden)]
    fn check(&self, limits: &Limits) -> Result<(), BuildError>;
}

impl Related for ObjectId {
    fn check(&self, limits: &Limits) -> Result<(), BuildError> {
        Self::check(self, limits)
    }
}

impl Related for PersonId {
    fn check(&self, limits: &Limits) -> Result<(), BuildError> {
        Self::check(self, limits)
    }
}

impl Related for AnonymousId {
    fn check(&self, _: &Limits) -> Result<(), BuildError> {
        // The vendor documents no limit of its length.
        check_identifier("the anonymous id", &self.anonymous_id, usize::MAX)
    }
}

/// Refuses relationships to what nothing identifies, and attributes over a limit.
pub(super) fn check_relationships<T: Related>(
    relationships: &[Relationship<T>],
    limits: &Limits,
) -> Result<(), BuildError> {
    relationships.iter().try_for_each(|relationship| {
        relationship.identifiers.check(limits)?;
        let Some(attributes) = &relationship.relationship_attributes else { return Ok(()) };
        let json = attributes.json()?;
        check_bytes("the total of a relationship's attributes", json.len(), limits.relationship)?;
        attributes::check(json, limits.of_attributes())
    })
}

/// [`check_relationships`], for calls that do nothing without one.
pub(super) fn check_some_relationships<T: Related>(
    relationships: &[Relationship<T>],
    limits: &Limits,
) -> Result<(), BuildError> {
    if relationships.is_empty() {
        return Err(BuildError::new("a relationship", BuildErrorKind::Missing));
    }
    check_relationships(relationships, limits)
}

opaque_debug!(ObjectId);
opaque_debug!(AnonymousId);
opaque_debug!([T] Relationship<T>);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text<T: Serialize>(relationship: &Relationship<T>) -> String {
        serde_json::to_string(relationship).unwrap()
    }

    #[test]
    fn people_and_objects_are_named_by_what_identifies_them() {
        let object = Relationship::new(ObjectId::new(1, "acme")).with_attributes(json!({"role": "admin"}));
        for (text, expected) in [
            (
                text(&object),
                r#"{"identifiers":{"object_type_id":"1","object_id":"acme"},"relationship_attributes":{"role":"admin"}}"#,
            ),
            (text(&Relationship::new(ObjectId::cio("obb7"))), r#"{"identifiers":{"cio_object_id":"obb7"}}"#),
            (text(&Relationship::new(PersonId::cio_id("cio_0300"))), r#"{"identifiers":{"cio_id":"0300"}}"#),
            (text(&Relationship::new(AnonymousId::new("cookie"))), r#"{"identifiers":{"anonymous_id":"cookie"}}"#),
        ] {
            assert_eq!(text, expected);
        }
    }

    #[test]
    fn what_nothing_identifies_is_refused() {
        let long = "x".repeat(151);
        for (result, expected) in [
            (
                check_relationships(&[Relationship::new(ObjectId::new(0, "acme"))], &Limits::default()),
                "the object's type is not valid: it must be a positive number",
            ),
            (
                check_relationships(&[Relationship::new(ObjectId::new(1, &long))], &Limits::default()),
                "the object's id has 151 bytes, and the limit is 150",
            ),
            (
                check_relationships(&[Relationship::new(ObjectId::cio(""))], &Limits::default()),
                "the object's cio_object_id is empty",
            ),
            (
                check_relationships(&[Relationship::new(PersonId::email(""))], &Limits::default()),
                "the person's e-mail address is empty",
            ),
            (
                check_relationships(&[Relationship::new(PersonId::phone("+14155552671"))], &Limits::default()),
                "the person's phone number is not valid: this call does not know people by it",
            ),
            (
                check_relationships(&[Relationship::new(AnonymousId::new(" "))], &Limits::default()),
                "the anonymous id has only whitespace or invisible characters",
            ),
            (check_some_relationships::<ObjectId>(&[], &Limits::default()), "a relationship is missing"),
        ] {
            assert_eq!(result.unwrap_err().to_string(), expected);
        }
        assert!(check_relationships::<ObjectId>(&[], &Limits::default()).is_ok());
        let list = Relationship::new(PersonId::id("42")).with_attributes([1]);
        assert_eq!(
            check_relationships(&[list], &Limits::default()).unwrap_err().to_string(),
            "the attributes of a relationship must be an object, not a list"
        );
    }
}
