//! Relationships between people and objects, as the calls of both describe them.
//!
//! <https://docs.customer.io/journeys/objects-data/objects/create/>

use std::borrow::Cow;

use serde::Serialize;
use serde_json::value::RawValue;

use crate::{
    BuildError, BuildErrorKind, Limits, PersonId, attributes, json::Object, limits::check_bytes, macros::opaque_debug,
    path::check_identifier,
};

/// The identifier of an object: something that is not a person, such as a company or a course.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum ObjectId<'a> {
    /// The id that you gave to the object, unique in its type.
    Typed {
        /// The number of the object's type, as text: `"1"` is the first type of a workspace.
        object_type_id: &'a str,
        /// The object's id: 1 to 150 bytes.
        object_id: &'a str,
    },
    /// The id that Customer.io gave to the object.
    Cio {
        /// The value.
        cio_object_id: &'a str,
    },
}

impl<'a> ObjectId<'a> {
    /// The object of this type with this id.
    #[must_use]
    pub const fn new(object_type_id: &'a str, object_id: &'a str) -> Self {
        Self::Typed { object_type_id, object_id }
    }

    pub(super) fn check(&self, limits: &Limits) -> Result<(), BuildError> {
        let check = |what, value| check_identifier(what, value, limits.object_id);
        match self {
            Self::Typed { object_type_id, object_id } => {
                check("the object's type", object_type_id)?;
                check("the object's id", object_id)
            }
            Self::Cio { cio_object_id } => check("the object's cio_object_id", cio_object_id),
        }
    }
}

/// The identifier of someone who is not known yet, such as a cookie.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct AnonymousId<'a> {
    anonymous_id: &'a str,
}

impl<'a> AnonymousId<'a> {
    /// The visitor with this anonymous id.
    #[must_use]
    pub const fn new(anonymous_id: &'a str) -> Self {
        Self { anonymous_id }
    }
}

/// A relationship to `T`: of a person to an object ([`ObjectId`]), or of an object to a person ([`PersonId`]) or to
/// someone who is not known yet ([`AnonymousId`]).
///
/// ```
/// use customerio_core::{PersonId, track::{ObjectId, Relationship}};
/// use serde_json::json;
///
/// let company = Relationship::new(ObjectId::new("1", "acme")).with_attributes(&json!({"role": "admin"}))?;
/// let employee = Relationship::new(PersonId::Email("ada@example.com"));
/// # let _ = (company, employee);
/// # Ok::<(), customerio_core::BuildError>(())
/// ```
#[derive(Clone, Serialize)]
pub struct Relationship<'a, T = ObjectId<'a>> {
    identifiers: T,
    #[serde(skip_serializing_if = "Option::is_none")]
    relationship_attributes: Option<Cow<'a, RawValue>>,
}

impl<T> Relationship<'_, T> {
    /// The relationship to this object or person.
    ///
    /// A person is named by an id, an e-mail address or a `cio_id`, not by a phone number.
    #[must_use]
    pub const fn new(to: T) -> Self {
        Self { identifiers: to, relationship_attributes: None }
    }

    /// Attributes of the relationship, such as a role: anything that serialises as an object. `null` and the empty string
    /// remove one.
    ///
    /// # Errors
    ///
    /// Where they are no object or cannot be encoded.
    pub fn with_attributes(mut self, attributes: &(impl Serialize + ?Sized)) -> Result<Self, BuildError> {
        self.relationship_attributes = Some(Cow::Owned(crate::json::raw(&Object(attributes))?));
        Ok(self)
    }
}

/// What a relationship can be to.
pub(super) trait Related {
    /// Refuses what cannot identify it.
    fn check(&self, limits: &Limits) -> Result<(), BuildError>;
}

impl Related for ObjectId<'_> {
    fn check(&self, limits: &Limits) -> Result<(), BuildError> {
        Self::check(self, limits)
    }
}

impl Related for PersonId<'_> {
    fn check(&self, limits: &Limits) -> Result<(), BuildError> {
        Self::check(*self, limits)
    }
}

impl Related for AnonymousId<'_> {
    fn check(&self, _: &Limits) -> Result<(), BuildError> {
        // The vendor documents no limit of its length.
        check_identifier("the anonymous id", self.anonymous_id, usize::MAX)
    }
}

/// Refuses relationships to what nothing identifies, and attributes over a limit.
pub(super) fn check_relationships<T: Related>(
    relationships: &[Relationship<'_, T>],
    limits: &Limits,
) -> Result<(), BuildError> {
    relationships.iter().try_for_each(|relationship| {
        relationship.identifiers.check(limits)?;
        let Some(attributes) = &relationship.relationship_attributes else { return Ok(()) };
        let json = attributes.get().as_bytes();
        check_bytes("the total of a relationship's attributes", json.len(), limits.relationship)?;
        attributes::check(json, limits.of_attributes())
    })
}

/// [`check_relationships`], for calls that do nothing without one.
pub(super) fn check_some_relationships<T: Related>(
    relationships: &[Relationship<'_, T>],
    limits: &Limits,
) -> Result<(), BuildError> {
    if relationships.is_empty() {
        return Err(BuildError::new("a relationship", BuildErrorKind::Missing));
    }
    check_relationships(relationships, limits)
}

opaque_debug!(ObjectId<'_>);
opaque_debug!(AnonymousId<'_>);
opaque_debug!([T] Relationship<'_, T>);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text<T: Serialize>(relationship: &Relationship<'_, T>) -> String {
        serde_json::to_string(relationship).unwrap()
    }

    #[test]
    fn people_and_objects_are_named_by_what_identifies_them() {
        let object = Relationship::new(ObjectId::new("1", "acme")).with_attributes(&json!({"role": "admin"})).unwrap();
        for (text, expected) in [
            (
                text(&object),
                r#"{"identifiers":{"object_type_id":"1","object_id":"acme"},"relationship_attributes":{"role":"admin"}}"#,
            ),
            (
                text(&Relationship::new(ObjectId::Cio { cio_object_id: "obb7" })),
                r#"{"identifiers":{"cio_object_id":"obb7"}}"#,
            ),
            (text(&Relationship::new(PersonId::CioId("cio_0300"))), r#"{"identifiers":{"cio_id":"0300"}}"#),
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
                check_relationships(&[Relationship::new(ObjectId::new("", "acme"))], &Limits::default()),
                "the object's type is empty",
            ),
            (
                check_relationships(&[Relationship::new(ObjectId::new("1", &long))], &Limits::default()),
                "the object's id has 151 bytes, and the limit is 150",
            ),
            (
                check_relationships(&[Relationship::new(ObjectId::Cio { cio_object_id: "" })], &Limits::default()),
                "the object's cio_object_id is empty",
            ),
            (
                check_relationships(&[Relationship::new(PersonId::Email(""))], &Limits::default()),
                "the person's e-mail address is empty",
            ),
            (
                check_relationships(&[Relationship::new(PersonId::Phone("+14155552671"))], &Limits::default()),
                "the person's phone number is not valid: this call does not know people by it",
            ),
            (
                check_relationships(&[Relationship::new(AnonymousId::new(" "))], &Limits::default()),
                "the anonymous id is empty",
            ),
            (check_some_relationships::<ObjectId<'_>>(&[], &Limits::default()), "a relationship is missing"),
        ] {
            assert_eq!(result.unwrap_err().to_string(), expected);
        }
        assert!(check_relationships::<ObjectId<'_>>(&[], &Limits::default()).is_ok());
        let list = Relationship::new(PersonId::Id("42")).with_attributes(&[1]);
        assert_eq!(
            list.unwrap_err().to_string(),
            "the body cannot be sent: attributes and data must be an object, not a list"
        );
    }
}
