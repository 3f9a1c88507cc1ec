//! `POST /v1/identify`: add or update a person.

use serde::Serialize;

use super::{
    SubscriptionChannel, UserIdentity,
    call::{CallFields, call, common_setters},
    pairs::Pairs,
};
use crate::{
    BuildError, EncodedItem, IdType, Limits, Rfc3339, Timestamp, TopicId, attributes,
    json::{Attributes, Writer},
    macros::setters,
    text::Text,
    topics::Topics,
};

/// Adds a person, or updates the one who has the id.
///
/// Traits that are not sent stay as they are. A field that is `None` is left out; to remove a trait, give it
/// [`Erase`](crate::Erase).
///
/// Send it with [`Client::call`](crate::Client::call), or with the short method `identify`; many of them with
/// [`Client::send_all`](crate::Client::send_all).
///
/// Limits: 32 KB. <https://docs.customer.io/integrations/api/cdp/#operation/identify>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, limits::Limits, pipelines::{Identify, UserIdentity}};
/// use serde_json::json;
///
/// let identify =
///     Identify::new("42").with_email("ada@example.com").with_traits(json!({"plan": "pro"}));
/// let request = Prepared::new(identify, &Limits::default())?;
/// assert_eq!(
///     request.body(),
///     r#"{"type":"identify","userId":"42","traits":{"email":"ada@example.com","plan":"pro"}}"#
/// );
///
/// let visitor = Identify::new(UserIdentity::anonymous_id("cookie"));
/// let request = Prepared::new(visitor, &Limits::default())?;
/// assert_eq!(request.body(), r#"{"type":"identify","anonymousId":"cookie"}"#);
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
pub struct Identify {
    common: CallFields,
    /// `None` if the e-mail address identifies the person.
    who: Option<UserIdentity>,
    email: Option<Text>,
    created_at: Option<Timestamp>,
    unsubscribed: Option<bool>,
    topics: Option<Topics>,
    channels: Option<Pairs<SubscriptionChannel, bool>>,
    traits: Option<Attributes>,
}

/// The value of `cio_subscription_preferences`.
#[derive(Serialize)]
struct Preferences {
    topics: Option<Topics>,
    channels: Option<Pairs<SubscriptionChannel, bool>>,
}

impl Identify {
    /// Creates the operation for this person, without traits.
    #[must_use]
    pub fn new(who: impl Into<UserIdentity>) -> Self {
        Self { who: Some(who.into()), ..Self::of_nobody() }
    }

    /// Identifies the person with this e-mail address, sent as an empty user id and the trait `email`. Customer.io
    /// accepts this; other destinations may not.
    #[must_use]
    pub fn by_email(email: impl AsRef<str>) -> Self {
        Self::of_nobody().with_email(email)
    }

    fn of_nobody() -> Self {
        Self {
            common: CallFields::new(),
            who: None,
            email: None,
            created_at: None,
            unsubscribed: None,
            topics: None,
            channels: None,
            traits: None,
        }
    }

    /// Sets custom traits: anything that serialises as an object. They are encoded here; what cannot be encoded is an
    /// error when the request is built.
    ///
    /// They must not include what a setter of this type has set. A number that is not finite is refused.
    #[must_use]
    pub fn with_traits(mut self, traits: impl Serialize) -> Self {
        self.traits = Some(Attributes::new("the traits", &traits));
        self
    }

    setters! {
        /// The person's e-mail address.
        with_email, email: text;
        /// When the person was created.
        with_created_at, created_at: time;
        /// Whether the person gets no e-mails, text messages, WhatsApp messages and push notifications.
        with_unsubscribed, unsubscribed: bool;
    }

    /// Subscriptions to topics, by the topic's number: `[(1, true), (2, false)]`. They are sent in
    /// `cio_subscription_preferences`.
    #[must_use]
    pub fn with_topics(mut self, topics: impl IntoIterator<Item = (impl Into<TopicId>, bool)>) -> Self {
        self.topics = Some(Topics::new(topics));
        self
    }

    /// Subscriptions to channels. A person gets messages of a topic on a channel if they have both. They are sent in
    /// `cio_subscription_preferences`.
    #[must_use]
    pub fn with_channels(mut self, channels: impl IntoIterator<Item = (SubscriptionChannel, bool)>) -> Self {
        self.channels = Some(Pairs(channels.into_iter().collect()));
        self
    }

    common_setters!();

    fn encode(self, limits: &Limits) -> Result<EncodedItem, BuildError> {
        match &self.who {
            Some(who) => who.check(limits)?,
            None => IdType::Email.check(self.email.as_deref().unwrap_or_default(), limits)?,
        }
        let Self { topics, channels, .. } = self;
        let preferences = (topics.is_some() || channels.is_some()).then_some(Preferences { topics, channels });
        let mut has_traits = self.traits.is_some();
        let mut traits = Writer::before(self.traits.unwrap_or(Attributes::empty()))?;
        let before = traits.written();
        traits.optional("email", &self.email)?;
        traits.optional("createdAt", &self.created_at.map(Rfc3339::from))?;
        traits.optional("unsubscribed", &self.unsubscribed)?;
        traits.optional("cio_subscription_preferences", &preferences)?;
        has_traits |= traits.written() > before;
        let traits = traits.merge();
        attributes::check(&traits, limits.of_traits())?;
        let mut call = Writer::holding(traits);
        call.field("type", "identify")?;
        match &self.who {
            Some(who) => who.write(&mut call)?,
            None => call.field("userId", "")?,
        }
        self.common.write(&mut call)?;
        if has_traits {
            call.place("traits");
        }
        self.common.into_item(call.merge())
    }
}

call!(Identify, "pipelines.identify", "/v1/identify");

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, time::Duration};

    use serde_json::json;

    use super::*;
    use crate::{
        EventId, Moment, Operation as _, Replay,
        pipelines::{
            Context, Integrations,
            context::Library,
            testing::{refused_pipelines, wire_pipelines},
        },
        testing::body,
    };

    #[test]
    fn the_whole_request() {
        let traits = json!({"first_name": "Ada", "gone": null});
        let timezone = json!({"timezone": "Europe/Paris"});
        let identify = Identify::new(UserIdentity::user_id("42").with_anonymous_id("cookie"))
            .with_email("ada@example.com")
            .with_created_at(1_600_000_000)
            .with_unsubscribed(false)
            .with_topics([(1, true), (2, false)])
            .with_channels([(SubscriptionChannel::InApp, true), (SubscriptionChannel::named("fax"), false)])
            .with_traits(&traits)
            .with_message_id("m-1")
            .with_timestamp(1_700_000_000)
            .with_sent_at(Timestamp::from_unix_millis(1_700_000_000_001))
            .with_original_timestamp(1_699_999_999)
            .with_context(Context::new().with_ip("203.0.113.7").with_custom(&timezone))
            .with_integrations([("All", true), ("Salesforce", false)]);
        assert_eq!(
            wire_pipelines(identify),
            "POST https://cdp.customer.io/v1/identify\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic a2V5Og==\n\
             x-strict-mode: 1\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
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
        assert_eq!(body(Identify::new("42")), r#"{"type":"identify","userId":"42"}"#);
        assert_eq!(
            body(Identify::new(UserIdentity::anonymous_id("cookie")).with_context(Context::new())),
            r#"{"type":"identify","anonymousId":"cookie"}"#
        );
        assert_eq!(
            body(Identify::by_email("ada@example.com")),
            r#"{"type":"identify","userId":"","traits":{"email":"ada@example.com"}}"#
        );
    }

    #[test]
    fn in_a_batch_context_and_integrations_stand_beside_it() {
        let traits = json!({"plan": "pro"});
        let identify = || Identify::new("42").with_traits(&traits);
        let alone = r#"{"type":"identify","userId":"42","traits":{"plan":"pro"}}"#;
        let context = || Context::new().with_ip("203.0.113.7");
        let options = Integrations::object(json!({"Amplitude": {"session_id": 7}}));
        for (encoded, shared) in [
            (identify().encode(&Limits::default()), ""),
            (identify().with_context(context()).encode(&Limits::default()), r#","context":{"ip":"203.0.113.7"}"#),
            (
                identify().with_integrations([("All", false)]).encode(&Limits::default()),
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
    fn a_stamp_gives_what_is_missing_and_keeps_what_is_there() {
        let moment =
            Moment { monotonic: Duration::ZERO, since_epoch: Duration::from_millis(1_700_000_000_999), random: 1 };
        let library = format!(r#""library":{{"name":"customerio-rust","version":"{}"}}"#, env!("CARGO_PKG_VERSION"));
        let mut identify = Identify::new("42");
        assert_eq!(identify.replay(), Replay::OnlyIfNotSent);
        identify.stamp(&moment);
        assert_eq!(identify.replay(), Replay::Safe);
        let once = body(identify.clone());
        assert_eq!(
            once,
            format!(
                "{{\"type\":\"identify\",\"userId\":\"42\",\"messageId\":\"01HF7YATZ70000000000000001\",\
                 \"timestamp\":\"2023-11-14T22:13:20.999Z\",\"context\":{{{library}}}}}"
            )
        );
        identify.stamp(&Moment { monotonic: Duration::ZERO, since_epoch: Duration::ZERO, random: 2 });
        assert_eq!(body(identify), once);

        let stamped = |mut identify: Identify| {
            identify.stamp(&moment);
            body(identify)
        };
        let mine = Library::new().with_name("mine").with_version("1");
        let kept = || Identify::new("42").with_message_id(EventId::from_parts(0, 1)).with_timestamp(0);
        let full = kept().with_context(Context::new().with_library(mine));
        assert_eq!(stamped(full.clone()), body(full));
        assert_eq!(
            stamped(kept().with_context(Context::new().with_ip("203.0.113.7")).with_integrations([("All", true)])),
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
        let identify = Identify::new("42").with_integrations([("All", true)]).with_traits(&largest);
        assert_eq!(identify.body(&Limits::default()).unwrap().bytes().len(), 32_000);
        let large = json!({"text": "x".repeat(32_000 - 81)});
        let clash = json!({"email": "b@example.com"});
        let nan = BTreeMap::from([("score", f64::NAN)]);
        for (error, expected) in [
            (refused_pipelines(Identify::new("")), "the user id is empty"),
            (
                refused_pipelines(Identify::new(UserIdentity::anonymous_id(" "))),
                "the anonymous id has only whitespace or invisible characters",
            ),
            (
                refused_pipelines(Identify::new(UserIdentity::user_id("42").with_anonymous_id(""))),
                "the anonymous id is empty",
            ),
            (refused_pipelines(Identify::by_email("")), "the person's e-mail address is empty"),
            (refused_pipelines(Identify::new("42").with_message_id("")), "the message id is empty"),
            (
                refused_pipelines(Identify::new("42").with_integrations([("All", true)]).with_traits(&large)),
                "the call has 32001 bytes, and the limit is 32000",
            ),
            (
                refused_pipelines(Identify::new("42").with_email("a@example.com").with_traits(&clash)),
                "`email` is set both by a setter and in the attributes",
            ),
            (
                refused_pipelines(Identify::new("42").with_traits(&nan)),
                "`score` is NaN: as JSON it would be null, which erases an attribute",
            ),
            (refused_pipelines(Identify::new("42").with_traits([1])), "the traits must be an object, not a list"),
            (
                refused_pipelines(Identify::new("42").with_created_at(1_700_000_000_000_i64)),
                "`createdAt` cannot be encoded: it is not a time in milliseconds of the years 0 to 9999",
            ),
            (
                refused_pipelines(Identify::new("42").with_integrations([("A", true), ("A", false)])),
                "`integrations` cannot be encoded: `A` is given twice",
            ),
            (
                refused_pipelines(Identify::new("42").with_integrations(Integrations::object([1]))),
                "the integrations must be an object, not a list",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
