//! `POST /v1/group`: put a person in a group; add or update the group.
//!
//! Limits: 32 KB. <https://docs.customer.io/integrations/api/cdp/#operation/group>

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::{
    UserIdentity,
    call::{Common, call, common_setters},
    user_identity::check_group_id,
};
use crate::{
    BuildError, Limits, Nothing,
    json::{Fields, Object, raw},
    macros::{opaque_debug, setters},
};

/// Puts a person in a group, such as a company or a class, and adds the group or updates it. In Customer.io a group is
/// an object, and the person gets a relationship to it.
///
/// ```
/// use customerio_core::pipelines::Group;
/// use serde_json::json;
///
/// let traits = json!({"name": "Acme", "plan": "enterprise"});
/// let group = Group::new("42", "acme")
///     .with_object_type_id(2)
///     .with_relationship_attributes(&json!({"role": "owner"}))?
///     .with_traits(&traits);
/// # let _ = group;
/// # Ok::<(), customerio_core::BuildError>(())
/// ```
pub struct Group<'a, T: ?Sized = Nothing, C: ?Sized = Nothing> {
    common: Common<'a, C>,
    who: UserIdentity<'a>,
    id: &'a str,
    object_type_id: Option<u32>,
    relationship_attributes: Option<Box<RawValue>>,
    traits: Option<&'a T>,
}

impl<'a> Group<'a> {
    /// The group with this id, with this person in it.
    #[must_use]
    pub fn new(who: impl Into<UserIdentity<'a>>, group_id: &'a str) -> Self {
        Self {
            common: Common::new(),
            who: who.into(),
            id: group_id,
            object_type_id: None,
            relationship_attributes: None,
            traits: None,
        }
    }
}

impl<'a, T: ?Sized, C: ?Sized> Group<'a, T, C> {
    /// Traits of the group: anything that serialises as an object.
    ///
    /// One that a setter of this type has set must not be among them. A number that is not finite is refused.
    #[must_use]
    pub fn with_traits<U: Serialize + ?Sized>(self, traits: &'a U) -> Group<'a, U, C> {
        let Self { common, who, id, object_type_id, relationship_attributes, .. } = self;
        Group { common, who, id, object_type_id, relationship_attributes, traits: Some(traits) }
    }

    setters! {
        /// The number of the object's type, sent as text; without it, 1.
        with_object_type_id, object_type_id: u32;
    }

    /// Attributes of the relationship between the person and the group, such as a role: anything that serialises as an
    /// object.
    ///
    /// # Errors
    ///
    /// Where they are no object or cannot be encoded.
    pub fn with_relationship_attributes(mut self, attributes: &(impl Serialize + ?Sized)) -> Result<Self, BuildError> {
        self.relationship_attributes = Some(raw(&Object(attributes))?);
        Ok(self)
    }

    common_setters!(Group [T] who, id, object_type_id, relationship_attributes, traits);

    fn check(&self, limits: &Limits) -> Result<(), BuildError> {
        self.who.check(limits)?;
        check_group_id(self.id, limits)
    }
}

impl<T: Serialize + ?Sized, C: ?Sized> Serialize for Group<'_, T, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let has_traits =
            self.traits.is_some() || self.object_type_id.is_some() || self.relationship_attributes.is_some();
        let mut fields = Fields::new(serializer)?;
        fields.field("type", "group")?;
        self.who.write(&mut fields)?;
        fields.field("groupId", self.id)?;
        self.common.write(&mut fields)?;
        fields.optional("traits", has_traits.then_some(Traits(self)).as_ref())?;
        fields.end()
    }
}

struct Traits<'a, 'b, T: ?Sized, C: ?Sized>(&'b Group<'a, T, C>);

impl<T: Serialize + ?Sized, C: ?Sized> Serialize for Traits<'_, '_, T, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let object_type_id = self.0.object_type_id.map(|number| number.to_string());
        let mut fields = Fields::new(serializer)?;
        fields.optional("object_type_id", object_type_id.as_ref())?;
        fields.optional("relationshipAttributes", self.0.relationship_attributes.as_ref())?;
        if let Some(traits) = self.0.traits {
            fields.rest(traits)?;
        }
        fields.end()
    }
}

call!(
    [T: Serialize + ?Sized, C: Serialize + ?Sized] Group<'_, T, C>,
    "pipelines.group", "/v1/group", relationship_attributes; traits
);
opaque_debug!([T: ?Sized, C: ?Sized] Group<'_, T, C>);

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use crate::{
        Moment, Operation as _,
        pipelines::testing::{refused_pipelines, wire_pipelines},
        testing::body,
    };

    #[test]
    fn the_whole_request() {
        let traits = json!({"name": "Acme"});
        let group = Group::new("42", "acme")
            .with_object_type_id(2)
            .with_relationship_attributes(&json!({"role": "owner"}))
            .unwrap()
            .with_traits(&traits)
            .with_message_id("m-1");
        assert_eq!(
            wire_pipelines(&group),
            "POST https://cdp.customer.io/v1/group\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic a2V5Og==\n\
             x-strict-mode: 1\n\
             content-type: application/json\n\
             user-agent: customerio-rust/0.1.0\n\
             content-length: 153\n\
             \n\
             {\"type\":\"group\",\"userId\":\"42\",\"groupId\":\"acme\",\"messageId\":\"m-1\",\
             \"traits\":{\"object_type_id\":\"2\",\"relationshipAttributes\":{\"role\":\"owner\"},\"name\":\"Acme\"}}"
        );
    }

    #[test]
    fn what_is_not_set_is_not_sent() {
        assert_eq!(
            body(&Group::new(UserIdentity::AnonymousId("cookie"), "acme")),
            r#"{"type":"group","anonymousId":"cookie","groupId":"acme"}"#
        );
    }

    #[test]
    fn capture_keeps_the_attributes_of_the_relationship() {
        let moment = Moment { monotonic: Duration::ZERO, since_epoch: Duration::ZERO, random: 1 };
        let group = Group::new("42", "acme").with_relationship_attributes(&json!({"role": "owner"})).unwrap();
        let captured = body(&group.capture(&moment).unwrap());
        assert!(captured.contains(r#""traits":{"relationshipAttributes":{"role":"owner"}}"#), "{captured}");
    }

    #[test]
    fn what_would_lose_data_is_refused() {
        let clash = json!({"object_type_id": "3"});
        for (error, expected) in [
            (refused_pipelines(&Group::new("", "acme")), "the user id is empty"),
            (refused_pipelines(&Group::new("42", "")), "the group id is empty"),
            (
                refused_pipelines(&Group::new("42", "acme").with_object_type_id(2).with_traits(&clash)),
                "the body cannot be sent: `object_type_id` is given twice: by its setter and among the attributes or data",
            ),
            (
                Group::new("42", "acme").with_relationship_attributes("owner").unwrap_err(),
                "the body cannot be sent: attributes and data must be an object, not a string",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
