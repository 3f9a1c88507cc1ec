//! `POST /v1/track`: what a person did.
//!
//! Events of certain names do something of their own, such as deleting a person: see the constructors of [`Track`].
//!
//! Limits: 32 KB. <https://docs.customer.io/integrations/api/cdp/#operation/track>

use serde::{Serialize, Serializer};

use super::{
    UserIdentity,
    call::{Common, call, common_setters},
    context::Device,
    semantic::Semantic,
    user_identity::check_group_id,
};
use crate::{BuildError, BuildErrorKind, Limits, Nothing, json::Fields, macros::opaque_debug};

/// Records what a person did.
///
/// ```
/// use customerio_core::pipelines::Track;
/// use serde_json::json;
///
/// let properties = json!({"price": 23.45, "product": "socks"});
/// let purchase = Track::new("42", "purchase").with_properties(&properties);
/// let deletion = Track::user_deleted("42");
/// # let _ = (purchase, deletion);
/// ```
pub struct Track<'a, P: ?Sized = Nothing, C: ?Sized = Nothing> {
    common: Common<'a, C>,
    who: Option<UserIdentity<'a>>,
    group_id: Option<&'a str>,
    event: &'a str,
    semantic: Semantic<'a>,
    properties: Option<&'a P>,
}

impl<'a> Track<'a> {
    /// Something that the person did.
    #[must_use]
    pub fn new(who: impl Into<UserIdentity<'a>>, event: &'a str) -> Self {
        Self { who: Some(who.into()), ..Self::of_nobody(event) }
    }

    /// Something that a group did. Not all destinations know such events.
    #[must_use]
    pub fn of_group(group_id: &'a str, event: &'a str) -> Self {
        Self { group_id: Some(group_id), ..Self::of_nobody(event) }
    }

    pub(super) fn of_nobody(event: &'a str) -> Self {
        Self { common: Common::new(), who: None, group_id: None, event, semantic: Semantic::None, properties: None }
    }

    pub(super) fn with_semantic(self, semantic: Semantic<'a>) -> Self {
        Self { semantic, ..self }
    }

    pub(super) fn with_device(mut self, device: Device<'a>) -> Self {
        self.common.device = Some(device);
        self
    }
}

impl<'a, P: ?Sized, C: ?Sized> Track<'a, P, C> {
    /// Data about the event: anything that serialises as an object.
    ///
    /// What a constructor of an event with a meaning has set must not be among it. A number that is not finite is
    /// refused.
    #[must_use]
    pub fn with_properties<Q: Serialize + ?Sized>(self, properties: &'a Q) -> Track<'a, Q, C> {
        let Self { common, who, group_id, event, semantic, .. } = self;
        Track { common, who, group_id, event, semantic, properties: Some(properties) }
    }

    /// The person who did it, of an event that was made without one or with another.
    #[must_use]
    pub fn with_who(mut self, who: impl Into<UserIdentity<'a>>) -> Self {
        self.who = Some(who.into());
        self
    }

    common_setters!(Track [P] who, group_id, event, semantic, properties);

    fn check(&self, limits: &Limits) -> Result<(), BuildError> {
        if self.event.trim().is_empty() {
            return Err(BuildError::new("the event's name", BuildErrorKind::Empty));
        }
        self.who.map_or(Ok(()), |who| who.check(limits))?;
        self.group_id.map_or(Ok(()), |id| check_group_id(id, limits))?;
        self.semantic.check()
    }
}

impl<P: Serialize + ?Sized, C: ?Sized> Serialize for Track<'_, P, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let has_properties = self.properties.is_some() || self.semantic != Semantic::None;
        let mut fields = Fields::new(serializer)?;
        fields.field("type", "track")?;
        if let Some(who) = self.who {
            who.write(&mut fields)?;
        }
        fields.optional("groupId", self.group_id.as_ref())?;
        fields.field("event", self.event)?;
        self.common.write(&mut fields)?;
        fields.optional("properties", has_properties.then_some(Properties(self)).as_ref())?;
        fields.end()
    }
}

struct Properties<'a, 'b, P: ?Sized, C: ?Sized>(&'b Track<'a, P, C>);

impl<P: Serialize + ?Sized, C: ?Sized> Serialize for Properties<'_, '_, P, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = Fields::new(serializer)?;
        self.0.semantic.write(&mut fields)?;
        if let Some(properties) = self.0.properties {
            fields.rest(properties)?;
        }
        fields.end()
    }
}

call!([P: Serialize + ?Sized, C: Serialize + ?Sized] Track<'_, P, C>, "pipelines.track", "/v1/track");
opaque_debug!([P: ?Sized, C: ?Sized] Track<'_, P, C>);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        Timestamp,
        pipelines::{
            Context,
            testing::{refused_pipelines, wire_pipelines},
        },
        testing::body,
    };

    #[test]
    fn the_whole_request() {
        let properties = json!({"price": 23.45, "product": "socks"});
        let track = Track::new("42", "purchase")
            .with_properties(&properties)
            .with_message_id("order-17")
            .with_timestamp(Timestamp::from(1_700_000_000).into())
            .with_context(Context::new().with_locale("en-US"))
            .with_integrations(&[("All", true)]);
        assert_eq!(
            wire_pipelines(&track),
            "POST https://cdp.customer.io/v1/track\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic a2V5Og==\n\
             x-strict-mode: 1\n\
             content-type: application/json\n\
             user-agent: customerio-rust/0.1.0\n\
             content-length: 215\n\
             \n\
             {\"type\":\"track\",\"userId\":\"42\",\"event\":\"purchase\",\"messageId\":\"order-17\",\
             \"timestamp\":\"2023-11-14T22:13:20.000Z\",\"properties\":{\"price\":23.45,\"product\":\"socks\"},\
             \"context\":{\"locale\":\"en-US\"},\"integrations\":{\"All\":true}}"
        );
    }

    #[test]
    fn what_is_not_set_is_not_sent() {
        assert_eq!(body(&Track::new("42", "purchase")), r#"{"type":"track","userId":"42","event":"purchase"}"#);
        assert_eq!(body(&Track::of_group("acme", "renewed")), r#"{"type":"track","groupId":"acme","event":"renewed"}"#);
        assert_eq!(
            body(&Track::of_group("acme", "renewed").with_who(UserIdentity::AnonymousId("cookie"))),
            r#"{"type":"track","anonymousId":"cookie","groupId":"acme","event":"renewed"}"#
        );
    }

    #[test]
    fn what_would_lose_data_is_refused() {
        let large = json!({"text": "x".repeat(32_000)});
        for (error, expected) in [
            (refused_pipelines(&Track::new("42", " ")), "the event's name is empty"),
            (refused_pipelines(&Track::new("", "purchase")), "the user id is empty"),
            (refused_pipelines(&Track::of_group("", "renewed")), "the group id is empty"),
            (
                refused_pipelines(&Track::new("42", "purchase").with_properties(&large)),
                "the call has 32074 bytes, and the limit is 32000",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
