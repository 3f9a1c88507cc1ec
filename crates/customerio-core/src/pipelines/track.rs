//! `POST /v1/track`: what a person did.
//!
//! Events of certain names do something of their own, such as deleting a person: see the constructors of [`Track`].

use serde::Serialize;

use super::{
    UserIdentity,
    call::{CallFields, call, common_setters},
    context::Device,
    semantic::Semantic,
    user_identity::check_group_id,
};
use crate::{
    BuildError, EncodedItem, Limits,
    json::{Attributes, Writer},
    text::Text,
    unseen::check_visible,
};

/// Records what a person did.
///
/// Send it with [`Client::call`](crate::Client::call), or with the short method `track`; many of them with
/// [`Client::send_all`](crate::Client::send_all).
///
/// Limits: 32 KB. <https://docs.customer.io/integrations/api/cdp/#operation/track>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, limits::Limits, pipelines::Track};
/// use serde_json::json;
///
/// let purchase = Track::new("42", "purchase").with_properties(json!({"price": 23.45}));
/// let request = Prepared::new(purchase, &Limits::default())?;
/// assert_eq!(
///     request.body(),
///     r#"{"type":"track","userId":"42","event":"purchase","properties":{"price":23.45}}"#
/// );
///
/// let deletion = Track::user_deleted("42");
/// assert_eq!(Prepared::new(deletion, &Limits::default())?.path(), "/v1/track");
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
pub struct Track {
    common: CallFields,
    who: Option<UserIdentity>,
    group_id: Option<Text>,
    event: Text,
    semantic: Semantic,
    properties: Option<Attributes>,
}

impl Track {
    /// Creates an event: something that the person did.
    #[must_use]
    pub fn new(who: impl Into<UserIdentity>, event: impl AsRef<str>) -> Self {
        Self { who: Some(who.into()), ..Self::of_nobody(event) }
    }

    /// Creates an event of a group. Not all destinations know such events.
    #[must_use]
    pub fn of_group(group_id: impl AsRef<str>, event: impl AsRef<str>) -> Self {
        Self { group_id: Some(Text::new(group_id)), ..Self::of_nobody(event) }
    }

    pub(super) fn of_nobody(event: impl AsRef<str>) -> Self {
        Self {
            common: CallFields::new(),
            who: None,
            group_id: None,
            event: Text::new(event),
            semantic: Semantic::None,
            properties: None,
        }
    }

    pub(super) fn with_semantic(self, semantic: Semantic) -> Self {
        Self { semantic, ..self }
    }

    pub(super) fn with_device(mut self, device: Device) -> Self {
        self.common.device = Some(Box::new(device));
        self
    }

    /// Data about the event: anything that serialises as an object. It is encoded here; what cannot be encoded is an
    /// error when the request is built.
    ///
    /// What a constructor of an event with a meaning has set must not be among it. A number that is not finite is
    /// refused.
    #[must_use]
    #[doc(alias = "with_data")]
    #[doc(alias = "with_attributes")]
    pub fn with_properties(mut self, properties: impl Serialize) -> Self {
        self.properties = Some(Attributes::new("the properties", &properties));
        self
    }

    /// Sets the person who did it, instead of the one that the event was created with, if any.
    #[must_use]
    pub fn with_user_identity(mut self, who: impl Into<UserIdentity>) -> Self {
        self.who = Some(who.into());
        self
    }

    common_setters!();

    fn encode(self, limits: &Limits) -> Result<EncodedItem, BuildError> {
        check_visible("the event's name", &self.event)?;
        self.who.as_ref().map_or(Ok(()), |who| who.check(limits))?;
        self.group_id.as_ref().map_or(Ok(()), |id| check_group_id(id, limits))?;
        self.semantic.check()?;
        let has_properties = self.properties.is_some() || !matches!(self.semantic, Semantic::None);
        let mut call = if has_properties {
            let mut properties = Writer::before(self.properties.unwrap_or(Attributes::empty()))?;
            self.semantic.write(&mut properties)?;
            Writer::holding(properties.merge())
        } else {
            Writer::new()
        };
        call.field("type", "track")?;
        if let Some(who) = &self.who {
            who.write(&mut call)?;
        }
        call.optional("groupId", &self.group_id)?;
        call.field("event", &self.event)?;
        self.common.write(&mut call)?;
        if has_properties {
            call.place("properties");
        }
        self.common.into_item(call.merge())
    }
}

call!(Track, "pipelines.track", "/v1/track");

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
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
            .with_timestamp(1_700_000_000)
            .with_context(Context::new().with_locale("en-US"))
            .with_integrations([("All", true)]);
        assert_eq!(
            wire_pipelines(track),
            "POST https://cdp.customer.io/v1/track\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic a2V5Og==\n\
             x-strict-mode: 1\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 215\n\
             \n\
             {\"type\":\"track\",\"userId\":\"42\",\"event\":\"purchase\",\"messageId\":\"order-17\",\
             \"timestamp\":\"2023-11-14T22:13:20.000Z\",\"properties\":{\"price\":23.45,\"product\":\"socks\"},\
             \"context\":{\"locale\":\"en-US\"},\"integrations\":{\"All\":true}}"
        );
    }

    #[test]
    fn what_is_not_set_is_not_sent() {
        assert_eq!(body(Track::new("42", "purchase")), r#"{"type":"track","userId":"42","event":"purchase"}"#);
        assert_eq!(body(Track::of_group("acme", "renewed")), r#"{"type":"track","groupId":"acme","event":"renewed"}"#);
        assert_eq!(
            body(Track::of_group("acme", "renewed").with_user_identity(UserIdentity::anonymous_id("cookie"))),
            r#"{"type":"track","anonymousId":"cookie","groupId":"acme","event":"renewed"}"#
        );
    }

    #[test]
    fn what_would_lose_data_is_refused() {
        let large = json!({"text": "x".repeat(32_000)});
        for (error, expected) in [
            (refused_pipelines(Track::new("42", " ")), "the event's name has only whitespace or invisible characters"),
            (refused_pipelines(Track::new("", "purchase")), "the user id is empty"),
            (refused_pipelines(Track::of_group("", "renewed")), "the group id is empty"),
            (
                refused_pipelines(Track::new("42", "purchase").with_properties(&large)),
                "the call has 32074 bytes, and the limit is 32000",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
