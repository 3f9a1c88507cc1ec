//! `POST /v1/live_notifications/start`: start a live notification.

use http::Method;
use serde::{Serialize, Serializer, ser::SerializeMap as _};

use super::{
    Countdown, LiveAlert, LiveInstance, MultiStep,
    parts::{ATTRIBUTES, Extras, STATE, write_object},
};
use crate::{
    App, Body, BuildError, BuildErrorKind, IdType, Limits, Operation, PersonId, Platform, Timestamp,
    json::{Attributes, Writer},
    macros::{opaque_debug, sample, setters},
    text::Text,
    unseen::check_visible,
};

/// Starts a live notification on a person's phone.
///
/// The response has its id, for [`Update`](super::Update) and [`End`](super::End).
///
/// It starts a little later than the response comes: until then [`Get`](super::Get) returns a 404.
///
/// It is not retried after a lost response, because that would start a second one.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `LiveInstance`.
///
/// Limits: it ends six hours after its start at the latest; 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/startLiveNotification>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{
///     PersonId, Platform, Prepared, app::live_notifications::{LiveAlert, MultiStep, Start},
///     limits::Limits,
/// };
///
/// let start = Start::multi_step(PersonId::id("42"), "Your order", MultiStep::new("Packed", 1, 4))
///     .with_platform(Platform::Ios)
///     .with_alert(LiveAlert::new("Packed", "Your order is packed"));
/// let request = Prepared::new(start, &Limits::default())?;
/// assert!(request.body().starts_with(
///     br#"{"identifiers":{"id":"42"},"notification_type":"io.customer.livenotifications.segments","#
/// ));
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "start_live_notification")]
#[doc(alias = "live_activity")]
pub struct Start {
    person: PersonId,
    notification_type: Text,
    content_state: Attributes,
    platform: Option<Platform>,
    device_id: Option<Text>,
    app_identifier: Option<Text>,
    expiration: Option<Timestamp>,
    extras: Extras,
}

impl Start {
    /// Creates a live notification of a type that the app registered, such as `com.example.delivery`. Its `attributes`
    /// stay as they are, and its `content_state` is what an [`Update`](super::Update) replaces: anything that
    /// serialises as an object, with one field at least.
    ///
    /// Both are encoded here; what cannot be encoded is an error when the request is built. Times are in seconds, and a
    /// field that is `None` is left out.
    #[must_use]
    pub fn new(
        person: impl Into<PersonId>,
        notification_type: impl AsRef<str>,
        attributes: impl Serialize,
        content_state: impl Serialize,
    ) -> Self {
        Self {
            person: person.into(),
            notification_type: Text::new(notification_type),
            content_state: Attributes::new(STATE, &content_state),
            platform: None,
            device_id: None,
            app_identifier: None,
            expiration: None,
            extras: Extras { attributes: Some(Attributes::new(ATTRIBUTES, &attributes)), ..Extras::default() },
        }
    }

    /// Creates a notification with several steps, below this header. It comes with Customer.io's SDK.
    #[must_use]
    pub fn multi_step(person: impl Into<PersonId>, header: impl AsRef<str>, state: MultiStep) -> Self {
        Self::new(person, MultiStep::NOTIFICATION_TYPE, Header { header: header.as_ref() }, state)
    }

    /// Creates a countdown, below this header. It comes with Customer.io's SDK.
    #[must_use]
    pub fn countdown(person: impl Into<PersonId>, header: impl AsRef<str>, state: Countdown) -> Self {
        Self::new(person, Countdown::NOTIFICATION_TYPE, Header { header: header.as_ref() }, state)
    }

    setters! {
        /// The kind of phone. One of Apple's needs an [alert](Self::with_alert).
        with_platform, platform: Platform;
        /// The token of the phone, where the person has several.
        with_device_id, device_id: text;
        /// The app, where the workspace has several: its bundle id, or the name of its package.
        with_app_identifier, app_identifier: text;
        /// Sets the link that a tap opens.
        with_deep_link, extras.deep_link: text;
        /// When it ends by itself: at most six hours ahead, or the service refuses it; only the service's clock decides
        /// that. Default: six hours after its start.
        with_expiration, expiration: time;
        /// The alert that comes with it. An iPhone needs one.
        with_alert, extras.alert: LiveAlert;
    }
}

#[derive(Serialize)]
struct Header<'a> {
    header: &'a str,
}

/// A person, as live notifications name them.
struct Who<'a>(&'a PersonId);

impl Serialize for Who<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(Some(1))?;
        match self.0.id_type() {
            IdType::CioId => object.serialize_entry("internal", &format_args!("cio_{}", self.0.value()))?,
            kind => object.serialize_entry(kind.as_str(), self.0.value())?,
        }
        object.end()
    }
}

impl Operation for Start {
    type Api = App;
    type Output = LiveInstance;
    const NAME: &'static str = "app.live_notifications.start";
    const METHOD: Method = Method::POST;
    const ROUTE: &'static str = "/v1/live_notifications/start";

    fn body(self, limits: &Limits) -> Result<Body, BuildError> {
        self.person.check_or_phone(limits)?;
        check_visible("the notification's type", &self.notification_type)?;
        if self.platform == Some(Platform::Ios) && self.extras.alert.is_none() {
            return Err(BuildError::new("the alert that an iPhone needs", BuildErrorKind::Missing));
        }
        let mut body = Writer::new();
        body.field("identifiers", &Who(&self.person))?;
        body.field("notification_type", &self.notification_type)?;
        write_object(&mut body, "content_state", STATE, &self.content_state)?;
        body.optional("platform", &self.platform)?;
        if let Some(device) = &self.device_id {
            check_visible("the device's token", device)?;
            body.field("device_id", device)?;
        }
        if let Some(app) = &self.app_identifier {
            check_visible("the app's identifier", app)?;
            body.field("app_identifier", app)?;
        }
        body.optional("expiration", &self.expiration)?;
        self.extras.write(&mut body)?;
        Ok(Body::encoded(body.merge()))
    }
}

opaque_debug!(Start);
sample!(Start: Self::new(
        PersonId::email("LEAK-person@example.com"),
        "LEAK-type",
        Header { header: "LEAK-header" },
        MultiStep::new("LEAK-status", 1, 4),
    )
    .with_platform(Platform::Ios)
    .with_device_id("LEAK-device")
    .with_app_identifier("LEAK-app")
    .with_deep_link("LEAK-link")
    .with_expiration(1_700_000_000)
    .with_alert(LiveAlert::new("LEAK-title", "LEAK-body").with_sound("LEAK-sound"));
    Self::multi_step("LEAK-person", "LEAK-header", MultiStep::new("LEAK-status", 1, 4));
    Self::multi_step(PersonId::phone("+14155550142"), "LEAK-header", MultiStep::new("LEAK-status", 1, 4));
    Self::multi_step(PersonId::cio_id("LEAK0001"), "LEAK-header", MultiStep::new("LEAK-status", 1, 4)));

#[cfg(test)]
mod tests {
    use http::Response;
    use serde_json::json;

    use super::*;
    use crate::{
        Replay, parse,
        testing::{body, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        let start = Start::multi_step("42", "Your order", MultiStep::new("Packed", 1, 4).with_substatus("Today"))
            .with_platform(Platform::Ios)
            .with_device_id("token")
            .with_app_identifier("com.example")
            .with_deep_link("shop://order/1")
            .with_expiration(1_700_000_000)
            .with_alert(LiveAlert::new("Packed", "It is packed").with_sound("default"));
        assert_eq!(start.replay(), Replay::OnlyIfNotSent);
        assert_eq!(
            wire_app(start),
            "POST https://api.customer.io/v1/live_notifications/start\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 425\n\
             \n\
             {\"identifiers\":{\"id\":\"42\"},\"notification_type\":\"io.customer.livenotifications.segments\",\
             \"content_state\":{\"status\":\"Packed\",\"segmentsTotal\":4,\"segmentsComplete\":1,\"substatus\":\"Today\"},\
             \"platform\":\"ios\",\"device_id\":\"token\",\"app_identifier\":\"com.example\",\"expiration\":1700000000,\
             \"attributes\":{\"header\":\"Your order\"},\"deep_link\":\"shop://order/1\",\
             \"push_payload\":{\"alert\":{\"title\":\"Packed\",\"body\":\"It is packed\",\"sound\":\"default\"}}}"
        );
    }

    #[test]
    fn a_person_is_named_by_one_identifier() {
        let start =
            |person: PersonId| body(Start::new(person, "com.example.game", json!({"home": "A"}), json!({"score": 1})));
        let rest = r#","notification_type":"com.example.game","content_state":{"score":1},"attributes":{"home":"A"}}"#;
        for (person, identifiers) in [
            (PersonId::id("42"), r#"{"id":"42"}"#),
            (PersonId::email("ada@example.com"), r#"{"email":"ada@example.com"}"#),
            (PersonId::phone("+14155550142"), r#"{"phone":"+14155550142"}"#),
            (PersonId::cio_id("a3000001"), r#"{"internal":"cio_a3000001"}"#),
            (PersonId::cio_id("cio_a3000001"), r#"{"internal":"cio_a3000001"}"#),
        ] {
            assert_eq!(start(person), format!(r#"{{"identifiers":{identifiers}{rest}"#));
        }
    }

    #[test]
    fn a_countdown_is_of_its_type() {
        assert_eq!(
            body(Start::countdown("42", "Sale", Countdown::new("Ends").with_end_time(1_700_000_000))),
            "{\"identifiers\":{\"id\":\"42\"},\"notification_type\":\"io.customer.livenotifications.countdowntimer\",\
             \"content_state\":{\"title\":\"Ends\",\"endTime\":1700000000},\"attributes\":{\"header\":\"Sale\"}}"
        );
    }

    #[test]
    fn what_cannot_be_started_is_refused() {
        let start = || Start::new("42", "com.example.game", json!({"home": "A"}), json!({"score": 1}));
        for (start, expected) in [
            (Start::new("", "a", json!({"a": 1}), json!({"b": 1})), "the person's id is empty"),
            (
                Start::new(PersonId::phone("4155"), "a", json!({"a": 1}), json!({"b": 1})),
                "the person's phone number is not valid: it must be in E.164 form: +14155552671",
            ),
            (Start::new("42", "", json!({"a": 1}), json!({"b": 1})), "the notification's type is empty"),
            (Start::new("42", "a", (), json!({"b": 1})), "the set of attributes is empty"),
            (Start::new("42", "a", json!({"a": 1}), json!({})), "the content state is empty"),
            (Start::new("42", "a", json!({"a": 1}), [1]), "the content state must be an object, not a list"),
            (
                Start::multi_step("42", "a", MultiStep::new("b", 1, 21)),
                "the content state cannot be encoded: there must be from 1 to 20 steps",
            ),
            (start().with_platform(Platform::Ios), "the alert that an iPhone needs is missing"),
            (start().with_device_id(""), "the device's token is empty"),
            (start().with_app_identifier(" "), "the app's identifier has only whitespace or invisible characters"),
            (start().with_deep_link(""), "the deep link is empty"),
            (start().with_alert(LiveAlert::new("", "a")), "the alert's title is empty"),
            (start().with_alert(LiveAlert::new("a", "")), "the alert's text is empty"),
            (
                start().with_expiration(1_700_000_000_000),
                "`expiration` cannot be encoded: it is not a time in seconds; it can only be milliseconds",
            ),
        ] {
            assert_eq!(refused_app(start).to_string(), expected);
        }
        assert!(body(start().with_platform(Platform::Android)).contains(r#""platform":"android""#));
    }

    #[test]
    fn the_response_has_the_id() {
        let json = r#"{"instance_id":"01JZ8Z5V6T3W9KQ4N7R2C8M0XD"}"#;
        let started = parse::<Start>(Response::new(json.into())).unwrap();
        assert_eq!(started.instance_id.as_str(), "01JZ8Z5V6T3W9KQ4N7R2C8M0XD");
        assert!(parse::<Start>(Response::new("{}".into())).is_err());
    }
}
