//! `POST /v1/group`: put a person in a group; add or update the group.

use serde::Serialize;

use super::{
    UserIdentity,
    call::{CallFields, call, common_setters},
    user_identity::check_group_id,
};
use crate::{
    BuildError, EncodedItem, Limits, ObjectTypeId, attributes,
    json::{Attributes, Writer},
    macros::setters,
    text::Text,
};

/// Puts a person in a group, such as a company or a class, and adds the group or updates it.
///
/// In Customer.io a group is an object, and the person gets a relationship to it.
///
/// Send it with [`Client::call`](crate::Client::call), or with the short method `group`; many of them with
/// [`Client::send_all`](crate::Client::send_all).
///
/// Limits: 32 KB. <https://docs.customer.io/integrations/api/cdp/#operation/group>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, limits::Limits, pipelines::Group};
/// use serde_json::json;
///
/// let group = Group::new("42", "acme")
///     .with_object_type_id(2)
///     .with_relationship_attributes(json!({"role": "owner"}))
///     .with_traits(json!({"plan": "enterprise"}));
/// let request = Prepared::new(group, &Limits::default())?;
/// let traits =
///     r#"{"object_type_id":"2","relationshipAttributes":{"role":"owner"},"plan":"enterprise"}"#;
/// assert_eq!(
///     request.body(),
///     &format!(r#"{{"type":"group","userId":"42","groupId":"acme","traits":{traits}}}"#)
/// );
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
pub struct Group {
    common: CallFields,
    who: UserIdentity,
    id: Text,
    object_type_id: Option<ObjectTypeId>,
    relationship_attributes: Option<Attributes>,
    traits: Option<Attributes>,
}

impl Group {
    /// Creates the operation for the group with this id, and this person in it.
    #[must_use]
    pub fn new(who: impl Into<UserIdentity>, group_id: impl AsRef<str>) -> Self {
        Self {
            common: CallFields::new(),
            who: who.into(),
            id: Text::new(group_id),
            object_type_id: None,
            relationship_attributes: None,
            traits: None,
        }
    }

    /// Traits of the group: anything that serialises as an object. They are encoded here; what cannot be encoded is an
    /// error when the request is built.
    ///
    /// They must not include what a setter of this type has set. A number that is not finite is refused.
    #[must_use]
    pub fn with_traits(mut self, traits: impl Serialize) -> Self {
        self.traits = Some(Attributes::new("the traits", &traits));
        self
    }

    /// Attributes of the relationship between the person and the group, such as a role: anything that serialises as an
    /// object.
    #[must_use]
    pub fn with_relationship_attributes(mut self, attributes: impl Serialize) -> Self {
        self.relationship_attributes = Some(Attributes::new("the attributes of the relationship", &attributes));
        self
    }

    setters! {
        /// The number of the object's type, sent as text. The default is 1.
        with_object_type_id, object_type_id: into ObjectTypeId;
    }

    common_setters!();

    fn encode(self, limits: &Limits) -> Result<EncodedItem, BuildError> {
        self.who.check(limits)?;
        check_group_id(&self.id, limits)?;
        self.object_type_id.map_or(Ok(()), ObjectTypeId::check)?;
        self.relationship_attributes.as_ref().map_or(Ok(()), |attributes| attributes.json().map(|_| ()))?;
        let mut has_traits = self.traits.is_some();
        let mut traits = Writer::before(self.traits.unwrap_or(Attributes::empty()))?;
        let before = traits.written();
        traits.optional("object_type_id", &self.object_type_id.map(|id| id.to_string()))?;
        traits.optional("relationshipAttributes", &self.relationship_attributes)?;
        has_traits |= traits.written() > before;
        let traits = traits.merge();
        attributes::check(&traits, limits.of_traits())?;
        let mut call = Writer::holding(traits);
        call.field("type", "group")?;
        self.who.write(&mut call)?;
        call.field("groupId", &self.id)?;
        self.common.write(&mut call)?;
        if has_traits {
            call.place("traits");
        }
        self.common.into_item(call.merge())
    }
}

call!(Group, "pipelines.group", "/v1/group");

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        pipelines::testing::{refused_pipelines, wire_pipelines},
        testing::body,
    };

    #[test]
    fn the_whole_request() {
        let traits = json!({"name": "Acme"});
        let group = Group::new("42", "acme")
            .with_object_type_id(2)
            .with_relationship_attributes(json!({"role": "owner"}))
            .with_traits(&traits)
            .with_message_id("m-1");
        assert_eq!(
            wire_pipelines(group),
            "POST https://cdp.customer.io/v1/group\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic a2V5Og==\n\
             x-strict-mode: 1\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 153\n\
             \n\
             {\"type\":\"group\",\"userId\":\"42\",\"groupId\":\"acme\",\"messageId\":\"m-1\",\
             \"traits\":{\"object_type_id\":\"2\",\"relationshipAttributes\":{\"role\":\"owner\"},\"name\":\"Acme\"}}"
        );
    }

    #[test]
    fn what_is_not_set_is_not_sent() {
        assert_eq!(
            body(Group::new(UserIdentity::anonymous_id("cookie"), "acme")),
            r#"{"type":"group","anonymousId":"cookie","groupId":"acme"}"#
        );
    }

    #[test]
    fn attributes_of_the_relationship_alone_make_traits() {
        let group = Group::new("42", "acme").with_relationship_attributes(json!({"role": "owner"}));
        assert_eq!(
            body(group),
            r#"{"type":"group","userId":"42","groupId":"acme","traits":{"relationshipAttributes":{"role":"owner"}}}"#
        );
    }

    #[test]
    fn what_would_lose_data_is_refused() {
        let clash = json!({"object_type_id": "3"});
        for (error, expected) in [
            (refused_pipelines(Group::new("", "acme")), "the user id is empty"),
            (refused_pipelines(Group::new("42", "")), "the group id is empty"),
            (
                refused_pipelines(Group::new("42", "acme").with_object_type_id(2).with_traits(&clash)),
                "`object_type_id` is set both by a setter and in the attributes",
            ),
            (
                refused_pipelines(Group::new("42", "acme").with_relationship_attributes("owner")),
                "the attributes of the relationship must be an object, not text",
            ),
            (
                refused_pipelines(Group::new("42", "acme").with_object_type_id(0)),
                "the object's type is not valid: it must be a positive number",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
