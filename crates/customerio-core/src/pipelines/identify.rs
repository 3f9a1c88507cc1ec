//! `POST /v1/identify`: add or update a person.
//!
//! Limits: 32 KB. <https://docs.customer.io/integrations/api/cdp/#operation/identify>

use serde::{Serialize, Serializer};

use super::{
    UserIdentity,
    call::{Common, call, common_setters},
    pairs::Pairs,
};
use crate::{
    BuildError, IdType, Limits, Nothing, Rfc3339,
    json::Fields,
    macros::{opaque_debug, setters},
    topics::Topics,
};

/// Adds a person, or updates the one who has the id.
///
/// ```
/// use customerio_core::pipelines::{Identify, UserIdentity};
/// use serde_json::json;
///
/// let traits = json!({"first_name": "Ada", "plan": "pro"});
/// let identify = Identify::new("42").with_email("ada@example.com").with_traits(&traits);
/// let visitor = Identify::new(UserIdentity::AnonymousId("cookie")).with_traits(&traits);
/// # let _ = (identify, visitor);
/// ```
pub struct Identify<'a, T: ?Sized = Nothing, C: ?Sized = Nothing> {
    common: Common<'a, C>,
    /// `None` where the e-mail address identifies the person.
    who: Option<UserIdentity<'a>>,
    reserved: Reserved<'a>,
    traits: Option<&'a T>,
}

/// The traits that mean something to Customer.io.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Reserved<'a> {
    email: Option<&'a str>,
    created_at: Option<Rfc3339>,
    unsubscribed: Option<bool>,
    preferences: Preferences<'a>,
}

impl<'a> Identify<'a> {
    /// This person, and no traits yet.
    #[must_use]
    pub fn new(who: impl Into<UserIdentity<'a>>) -> Self {
        Self { common: Common::new(), who: Some(who.into()), reserved: Reserved::default(), traits: None }
    }

    /// The person with this e-mail address, sent as an empty user id and the trait `email`. Customer.io knows people so;
    /// other destinations may not.
    #[must_use]
    pub fn by_email(email: &'a str) -> Self {
        let reserved = Reserved { email: Some(email), ..Reserved::default() };
        Self { common: Common::new(), who: None, reserved, traits: None }
    }
}

impl<'a, T: ?Sized, C: ?Sized> Identify<'a, T, C> {
    /// Traits of your own: anything that serialises as an object.
    ///
    /// One that a setter of this type has set must not be among them. A number that is not finite is refused.
    #[must_use]
    pub fn with_traits<U: Serialize + ?Sized>(self, traits: &'a U) -> Identify<'a, U, C> {
        Identify { common: self.common, who: self.who, reserved: self.reserved, traits: Some(traits) }
    }

    setters! {
        /// The person's e-mail address.
        with_email, reserved.email: &'a str;
        /// When the person was created.
        with_created_at, reserved.created_at: Rfc3339;
        /// Whether the person gets no e-mails, text messages, WhatsApp messages and push notifications.
        with_unsubscribed, reserved.unsubscribed: bool;
        /// Subscriptions to topics, by the topic's number: `&[(1, true), (2, false)]`. They are sent in
        /// `cio_subscription_preferences`.
        with_topics, reserved.preferences.topics: &'a [(u32, bool)];
        /// Subscriptions to channels. A person gets messages of a topic on a channel where they have both. They are sent
        /// in `cio_subscription_preferences`.
        with_channels, reserved.preferences.channels: &'a [(SubscriptionChannel<'a>, bool)];
    }

    common_setters!(Identify [T] who, reserved, traits);

    fn check(&self, limits: &Limits) -> Result<(), BuildError> {
        match self.who {
            Some(who) => who.check(limits),
            None => IdType::Email.check(self.reserved.email.unwrap_or_default(), limits),
        }
    }
}

/// A way in which messages reach a person, as subscriptions name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SubscriptionChannel<'a> {
    /// E-mail.
    Email,
    /// Text messages.
    Sms,
    /// Push notifications.
    Push,
    /// In-app messages.
    InApp,
    /// WhatsApp messages.
    WhatsApp,
    /// Slack messages.
    Slack,
    /// LINE messages.
    Line,
    /// Messages in the inbox of your app.
    Inbox,
    /// One that is not among these, as the API writes it.
    Other(&'a str),
}

impl<'a> SubscriptionChannel<'a> {
    /// As the API writes it, such as `in_app`.
    #[must_use]
    pub const fn as_str(self) -> &'a str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
            Self::Push => "push",
            Self::InApp => "in_app",
            Self::WhatsApp => "whatsapp",
            Self::Slack => "slack",
            Self::Line => "line",
            Self::Inbox => "inbox",
            Self::Other(name) => name,
        }
    }
}

impl Serialize for SubscriptionChannel<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Preferences<'a> {
    topics: Option<&'a [(u32, bool)]>,
    channels: Option<&'a [(SubscriptionChannel<'a>, bool)]>,
}

impl Serialize for Preferences<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = Fields::new(serializer)?;
        fields.optional("topics", self.topics.map(Topics).as_ref())?;
        fields.optional("channels", self.channels.map(Pairs).as_ref())?;
        fields.end()
    }
}

impl<T: Serialize + ?Sized, C: ?Sized> Serialize for Identify<'_, T, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let has_traits = self.traits.is_some() || self.reserved != Reserved::default();
        let mut fields = Fields::new(serializer)?;
        fields.field("type", "identify")?;
        match self.who {
            Some(who) => who.write(&mut fields)?,
            None => fields.field("userId", "")?,
        }
        self.common.write(&mut fields)?;
        fields.optional("traits", has_traits.then_some(Traits(self)).as_ref())?;
        fields.end()
    }
}

struct Traits<'a, 'b, T: ?Sized, C: ?Sized>(&'b Identify<'a, T, C>);

impl<T: Serialize + ?Sized, C: ?Sized> Serialize for Traits<'_, '_, T, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let reserved = &self.0.reserved;
        let has_preferences = reserved.preferences != Preferences::default();
        let mut fields = Fields::new(serializer)?;
        fields.optional("email", reserved.email.as_ref())?;
        fields.optional("createdAt", reserved.created_at.as_ref())?;
        fields.optional("unsubscribed", reserved.unsubscribed.as_ref())?;
        fields.optional("cio_subscription_preferences", has_preferences.then_some(&reserved.preferences))?;
        if let Some(traits) = self.0.traits {
            fields.rest(traits)?;
        }
        fields.end()
    }
}

call!([T: Serialize + ?Sized, C: Serialize + ?Sized] Identify<'_, T, C>, "pipelines.identify", "/v1/identify"; traits);
opaque_debug!([T: ?Sized, C: ?Sized] Identify<'_, T, C>);

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, time::Duration};

    use serde_json::json;

    use super::*;
    use crate::{
        BatchItem as _, EventId, Moment, Operation as _, Replay, Timestamp,
        pipelines::{
            Context, Integrations,
            context::Library,
            testing::{refused_pipelines, wire_pipelines},
        },
        testing::body,
    };

    fn at(seconds: i64) -> Rfc3339 {
        Timestamp::from(seconds).into()
    }

    #[test]
    fn the_whole_request() {
        let traits = json!({"first_name": "Ada", "gone": null});
        let timezone = json!({"timezone": "Europe/Paris"});
        let identify = Identify::new(UserIdentity::Both { user_id: "42", anonymous_id: "cookie" })
            .with_email("ada@example.com")
            .with_created_at(at(1_600_000_000))
            .with_unsubscribed(false)
            .with_topics(&[(1, true), (2, false)])
            .with_channels(&[(SubscriptionChannel::InApp, true), (SubscriptionChannel::Other("fax"), false)])
            .with_traits(&traits)
            .with_message_id("m-1")
            .with_timestamp(at(1_700_000_000))
            .with_sent_at(Rfc3339::from_unix_millis(1_700_000_000_001))
            .with_original_timestamp(at(1_699_999_999))
            .with_context(Context::new().with_ip("203.0.113.7").with_custom(&timezone))
            .with_integrations(&[("All", true), ("Salesforce", false)]);
        assert_eq!(
            wire_pipelines(&identify),
            "POST https://cdp.customer.io/v1/identify\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic a2V5Og==\n\
             x-strict-mode: 1\n\
             content-type: application/json\n\
             user-agent: customerio-rust/0.1.0\n\
             content-length: 542\n\
             \n\
             {\"type\":\"identify\",\"userId\":\"42\",\"anonymousId\":\"cookie\",\"messageId\":\"m-1\",\
             \"timestamp\":\"2023-11-14T22:13:20.000Z\",\"sentAt\":\"2023-11-14T22:13:20.001Z\",\
             \"originalTimestamp\":\"2023-11-14T22:13:19.000Z\",\
             \"traits\":{\"email\":\"ada@example.com\",\"createdAt\":\"2020-09-13T12:26:40.000Z\",\
             \"unsubscribed\":false,\
             \"cio_subscription_preferences\":{\"topics\":{\"topic_1\":true,\"topic_2\":false},\
             \"channels\":{\"in_app\":true,\"fax\":false}},\"first_name\":\"Ada\",\"gone\":null},\
             \"context\":{\"ip\":\"203.0.113.7\",\"timezone\":\"Europe/Paris\"},\
             \"integrations\":{\"All\":true,\"Salesforce\":false}}"
        );
    }

    #[test]
    fn what_is_not_set_is_not_sent() {
        assert_eq!(body(&Identify::new("42")), r#"{"type":"identify","userId":"42"}"#);
        assert_eq!(
            body(&Identify::new(UserIdentity::AnonymousId("cookie")).with_context(Context::new())),
            r#"{"type":"identify","anonymousId":"cookie"}"#
        );
        assert_eq!(
            body(&Identify::by_email("ada@example.com")),
            r#"{"type":"identify","userId":"","traits":{"email":"ada@example.com"}}"#
        );
    }

    #[test]
    fn in_a_batch_context_and_integrations_stand_beside_it() {
        let traits = json!({"plan": "pro"});
        let identify = || Identify::new("42").with_traits(&traits);
        let alone = r#"{"type":"identify","userId":"42","traits":{"plan":"pro"}}"#;
        let context = || Context::new().with_ip("203.0.113.7");
        let options = Integrations::object(&json!({"Amplitude": {"session_id": 7}})).unwrap();
        for (encoded, shared) in [
            (identify().encode(&Limits::default()), ""),
            (identify().with_context(context()).encode(&Limits::default()), r#","context":{"ip":"203.0.113.7"}"#),
            (
                identify().with_integrations(&[("All", false)]).encode(&Limits::default()),
                r#","integrations":{"All":false}"#,
            ),
            (
                identify().with_context(context()).with_integrations(options).encode(&Limits::default()),
                r#","context":{"ip":"203.0.113.7"},"integrations":{"Amplitude":{"session_id":7}}"#,
            ),
        ] {
            let encoded = encoded.unwrap();
            assert_eq!((encoded.json, encoded.shared), (alone.into(), shared.into()));
        }
    }

    #[test]
    fn capture_gives_what_is_missing_and_keeps_what_is_there() {
        let moment =
            Moment { monotonic: Duration::ZERO, since_epoch: Duration::from_millis(1_700_000_000_999), random: 1 };
        let library = format!(r#""library":{{"name":"customerio-rust","version":"{}"}}"#, env!("CARGO_PKG_VERSION"));
        let identify = Identify::new("42");
        assert_eq!(identify.replay(), Replay::OnlyIfNotSent);
        let captured = identify.capture(&moment).unwrap();
        assert_eq!(captured.replay(), Replay::Safe);
        assert_eq!(
            body(&captured),
            format!(
                "{{\"type\":\"identify\",\"userId\":\"42\",\"messageId\":\"01HF7YATZ70000000000000001\",\
                 \"timestamp\":\"2023-11-14T22:13:20.999Z\",\"context\":{{{library}}}}}"
            )
        );
        assert!(captured.capture(&moment).is_none());

        let mine = Library::new().with_name("mine").with_version("1");
        let kept = || Identify::new("42").with_message_id(EventId::from_parts(0, 1)).with_timestamp(at(0));
        assert!(kept().with_context(Context::new().with_library(mine)).capture(&moment).is_none());
        let kept = kept()
            .with_context(Context::new().with_ip("203.0.113.7"))
            .with_integrations(&[("All", true)])
            .capture(&moment)
            .unwrap();
        assert_eq!(
            body(&kept),
            format!(
                "{{\"type\":\"identify\",\"userId\":\"42\",\"messageId\":\"00000000000000000000000001\",\
                 \"timestamp\":\"1970-01-01T00:00:00.000Z\",\"context\":{{\"ip\":\"203.0.113.7\",{library}}},\
                 \"integrations\":{{\"All\":true}}}}"
            )
        );
    }

    #[test]
    fn what_would_lose_data_is_refused() {
        // With everything around it: 32,000 bytes.
        let largest = json!({"text": "x".repeat(32_000 - 82)});
        let identify = Identify::new("42").with_integrations(&[("All", true)]).with_traits(&largest);
        assert_eq!(identify.body(&Limits::default()).unwrap().bytes().len(), 32_000);
        let large = json!({"text": "x".repeat(32_000 - 81)});
        let clash = json!({"email": "b@example.com"});
        let nan = BTreeMap::from([("score", f64::NAN)]);
        for (error, expected) in [
            (refused_pipelines(&Identify::new("")), "the user id is empty"),
            (refused_pipelines(&Identify::new(UserIdentity::AnonymousId(" "))), "the anonymous id is empty"),
            (
                refused_pipelines(&Identify::new(UserIdentity::Both { user_id: "42", anonymous_id: "" })),
                "the anonymous id is empty",
            ),
            (refused_pipelines(&Identify::by_email("")), "the person's e-mail address is empty"),
            (refused_pipelines(&Identify::new("42").with_message_id("")), "the message id is empty"),
            (
                refused_pipelines(&Identify::new("42").with_integrations(&[("All", true)]).with_traits(&large)),
                "the call has 32001 bytes, and the limit is 32000",
            ),
            (
                refused_pipelines(&Identify::new("42").with_email("a@example.com").with_traits(&clash)),
                "the body cannot be sent: `email` is given twice: by its setter and among the attributes or data",
            ),
            (
                refused_pipelines(&Identify::new("42").with_traits(&nan)),
                "the body cannot be sent: a number is NaN or infinite, which JSON writes as null, and null erases an attribute",
            ),
            (
                refused_pipelines(&Identify::new("42").with_traits(&[1])),
                "the body cannot be sent: attributes and data must be an object, not a list",
            ),
            (
                refused_pipelines(&Identify::new("42").with_created_at(at(1_700_000_000_000))),
                "the body cannot be sent: 1700000000000000 is not a time in milliseconds of the years 0 to 9999",
            ),
            (
                refused_pipelines(&Identify::new("42").with_integrations(&[("A", true), ("A", false)])),
                "the body cannot be sent: a name is given twice in a list of names and values",
            ),
            (
                Integrations::object(&[1]).unwrap_err(),
                "the body cannot be sent: attributes and data must be an object, not a list",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
