//! One reporting webhook: what all events have in common, and the whole of it as it came.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::value::RawValue;

use super::{Common, Customer, Email, InApp, Push, Slack, Sms, Webhook, WhatsApp};
use crate::{Timestamp, fields::Fields};

/// An event that Customer.io reports.
///
/// It is read from any JSON object, and keeps that exactly as it came, with every digit and blank. So it can go into a
/// queue or a database with [`serde_json`] and come back the same, including what this version does not know.
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Timestamp, ids::CampaignId, webhook::{Event, Kind, Sms}};
///
/// let json = r#"{"event_id": "01E4", "object_type": "sms", "metric": "clicked", "timestamp": "1700000000",
///     "data": {"campaign_id": "5", "link_id": 1, "href": "https://example.com", "new": 1.50}}"#;
/// let event: Event = serde_json::from_str(json)?;
/// assert_eq!(event.event_id(), Some("01E4"));
/// assert_eq!(event.timestamp(), Some(Timestamp::from(1_700_000_000)));
/// assert_eq!(event.common().campaign_id, Some(CampaignId::from(5)));
/// let Kind::Sms(Sms::Clicked(clicked)) = event.kind() else { panic!("{event:?}") };
/// assert_eq!(clicked.href.as_deref(), Some("https://example.com"));
/// assert_eq!(serde_json::to_string(&event)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// A field that is absent, `null` or of another type than expected is `None`; [`json`](Self::json) has it.
#[derive(Clone)]
pub struct Event {
    json: Box<RawValue>,
    id: Option<String>,
    object_type: Option<String>,
    metric: Option<String>,
    timestamp: Option<Timestamp>,
    common: Common,
    kind: Kind,
}

impl Event {
    /// Reads the body of a webhook request, which should have been [verified](super::Verifier::verify).
    ///
    /// # Errors
    ///
    /// Fails if it is not a JSON object. Nothing else is an error.
    pub fn from_json(body: &[u8]) -> Result<Self, NotAnEvent> {
        let json = std::str::from_utf8(body).ok().and_then(|text| serde_json::from_str(text).ok());
        json.and_then(Self::read).ok_or(NotAnEvent)
    }

    fn read(json: Box<RawValue>) -> Option<Self> {
        if !json.get().starts_with('{') {
            return None;
        }
        let fields = Fields::of(&json);
        let text = |name: &str| fields.read::<Option<String>>(name);
        // In the contract of one metric, `cio_subscription_preferences_changed`, the name is written twice.
        let (object_type, metric) = (text("object_type").or_else(|| text("object_type_type")), text("metric"));
        let data = fields.object("data");
        let kind = Kind::read(object_type.as_deref().unwrap_or_default(), metric.as_deref().unwrap_or_default(), &data);
        let id = text("event_id").filter(|id| !id.is_empty());
        let (timestamp, common) = (fields.read("timestamp"), Common::read(&data));
        Some(Self { json, id, object_type, metric, timestamp, common, kind })
    }

    /// The id of the event. A retry has the same one: see [`DedupStore`](super::DedupStore).
    #[must_use]
    pub fn event_id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Returns the type of object that the event is about, such as `email`.
    #[must_use]
    pub fn object_type(&self) -> Option<&str> {
        self.object_type.as_deref()
    }

    /// Returns the metric, such as `clicked`.
    #[must_use]
    pub fn metric(&self) -> Option<&str> {
        self.metric.as_deref()
    }

    /// When it happened. Events do not always come in this order.
    #[must_use]
    pub fn timestamp(&self) -> Option<Timestamp> {
        self.timestamp
    }

    /// The person, the message and where it came from.
    #[must_use]
    pub fn common(&self) -> &Common {
        &self.common
    }

    /// Returns the kind of event, with its data.
    #[must_use]
    pub fn kind(&self) -> &Kind {
        &self.kind
    }

    /// The whole event, as it came.
    #[must_use]
    pub fn json(&self) -> &str {
        self.json.get()
    }
}

/// Two events are equal if their JSON is, including blanks.
impl PartialEq for Event {
    fn eq(&self, other: &Self) -> bool {
        self.json() == other.json()
    }
}

impl Eq for Event {}

impl std::fmt::Debug for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The kind has names of ours alone.
        f.debug_struct("Event").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.json.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(Box::deserialize(deserializer)?).ok_or_else(|| de::Error::custom(NotAnEvent))
    }
}

/// The body is not a JSON object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the body is not a JSON object: look at what is between Customer.io and here; if the request is signed, \
     respond with 200, because a retry has the same body"
)]
#[non_exhaustive]
pub struct NotAnEvent;

/// The kind of an event: the type of object and the metric.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// A person's subscriptions.
    Customer(Customer),
    /// An e-mail.
    Email(Email),
    /// A push notification.
    Push(Push),
    /// An in-app message.
    InApp(InApp),
    /// An SMS, or a WhatsApp message that goes out by Twilio.
    Sms(Sms),
    /// A Slack message.
    Slack(Slack),
    /// A webhook that a campaign sends.
    Webhook(Webhook),
    /// A WhatsApp message.
    WhatsApp(WhatsApp),
    /// Something that this version does not know: [`Event::object_type`] and [`Event::metric`] name it, and
    /// [`Event::json`] is all of it.
    Unknown,
}

impl Kind {
    fn read(object_type: &str, metric: &str, data: &Fields<'_>) -> Self {
        match (object_type, metric) {
            // Changes of subscriptions have the channel that they came by for an object type, and an e-mail has a metric
            // of its own of this name.
            ("email", "unsubscribed") => Self::Email(Email::read(metric, data)),
            ("customer", _) | (_, "subscribed" | "unsubscribed" | "cio_subscription_preferences_changed") => {
                Self::Customer(Customer::read(metric, data))
            }
            ("email", _) => Self::Email(Email::read(metric, data)),
            ("push", _) => Self::Push(Push::read(metric, data)),
            ("in_app", _) => Self::InApp(InApp::read(metric, data)),
            ("sms", _) => Self::Sms(Sms::read(metric, data)),
            ("slack", _) => Self::Slack(Slack::read(metric, data)),
            ("webhook", _) => Self::Webhook(Webhook::read(metric, data)),
            ("whatsapp", _) => Self::WhatsApp(WhatsApp::read(metric, data)),
            _ => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::any_json;

    fn event(json: &Value) -> Event {
        Event::from_json(json.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn what_is_not_known_is_kept() {
        for (json, expected) in [
            (json!({"object_type": "fax", "metric": "sent", "data": {"pages": 2}}), Kind::Unknown),
            (json!({"object_type": "email", "metric": "framed"}), Kind::Email(Email::Unknown)),
            (json!({"object_type": "customer", "metric": "renamed"}), Kind::Customer(Customer::Unknown)),
            (json!({"object_type": "sms"}), Kind::Sms(Sms::Unknown)),
            (json!({"object_type": 5, "metric": {}, "timestamp": [], "event_id": ""}), Kind::Unknown),
            (json!({}), Kind::Unknown),
        ] {
            let event = event(&json);
            assert!(*event.kind() == expected, "{json}");
            assert_eq!(event.json(), json.to_string());
        }
        let odd = event(&json!({"event_id": "", "timestamp": "soon", "object_type": null}));
        assert_eq!((odd.event_id(), odd.timestamp(), odd.object_type(), odd.metric()), (None, None, None, None));
        let typo = json!({"object_type_type": "sms", "metric": "cio_subscription_preferences_changed"});
        assert_eq!(event(&typo).object_type(), Some("sms"));
    }

    #[test]
    fn an_event_is_written_as_it_came() {
        let deep = format!(r#"{{"data":{}1{}}}"#, "[".repeat(200), "]".repeat(200));
        for json in [
            r#"{"event_id":"01E4","data":{"n":1.50,"e":1E+2,"z":-0,"big":123456789012345678901234567890,"far":1e999}}"#,
            "{ \"a\" :\t1 ,\r\n \"a\": 2 }",
            r#"{"\u0065vent_id":"\u0030\/\ud83d\ude00","half":"\ud800"}"#,
            &deep,
        ] {
            let event = Event::from_json(json.as_bytes()).unwrap();
            assert_eq!(event.json(), json);
            assert_eq!(serde_json::to_string(&event).unwrap(), json);
            assert!(serde_json::from_str::<Event>(json).unwrap() == event);
            let around = format!(" \n{json}\n");
            assert_eq!(Event::from_json(around.as_bytes()).unwrap().json(), json);
        }
        // In another document too.
        let list = r#"[{"event_id":"1","n":1.0},{ }]"#;
        assert_eq!(serde_json::to_string(&serde_json::from_str::<Vec<Event>>(list).unwrap()).unwrap(), list);
    }

    #[test]
    fn what_is_no_object_is_no_event() {
        for body in [&b""[..], b"null", b"[]", b"\"{}\"", b"{", b"{}{}", b"{\"a\":\"\xff\"}", b"<html>", b"{'a':1}"] {
            assert_eq!(Event::from_json(body), Err(NotAnEvent), "{}", body.escape_ascii());
        }
        let error = serde_json::from_str::<Event>("[]").unwrap_err().to_string();
        assert!(error.contains("not a JSON object"), "{error}");
    }

    /// JSON text as others may write it: any number, any escape, names more than once, blanks.
    fn any_text() -> impl Strategy<Value = String> {
        let names = "(event_id|object_type|metric|timestamp|data|identifiers|recipients|headers|link_id|machine|x)";
        let values = "(email|push|sms|customer|clicked|sent|opened|unsubscribed|[0-9]{1,25}|true)";
        let leaf = prop_oneof![
            Just("null".to_owned()),
            any::<bool>().prop_map(|value| value.to_string()),
            "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,4})?",
            values.prop_map(|value| format!("\"{value}\"")),
            r#""([ -!#-\[\]-~é😀]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4}){0,8}""#,
        ];
        leaf.prop_recursive(5, 40, 6, move |inner| {
            let field = (names, "[ \t\r\n]{0,2}", inner.clone());
            let field = field.prop_map(|(name, blanks, value)| format!("{blanks}\"{name}\"{blanks}:{blanks}{value}"));
            prop_oneof![
                1 => prop::collection::vec(inner, 0..4).prop_map(|items| format!("[{}]", items.join(" ,"))),
                4 => prop::collection::vec(field, 0..7).prop_map(|fields| format!("{{{}}}", fields.join(", "))),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_object_is_an_event_and_is_written_as_it_came(text in any_text()) {
            prop_assert!(serde_json::from_str::<&RawValue>(&text).is_ok(), "{}", text);
            let is_object = text.starts_with('{');
            match Event::from_json(text.as_bytes()) {
                Ok(event) => {
                    prop_assert!(is_object);
                    prop_assert_eq!(event.json(), &text);
                    prop_assert_eq!(serde_json::to_string(&event).unwrap(), &text[..]);
                    prop_assert!(serde_json::from_str::<Event>(&text).unwrap() == event);
                }
                Err(NotAnEvent) => prop_assert!(!is_object),
            }
        }

        #[test]
        fn any_data_is_written_as_it_came(
            object_type in "(customer|email|push|in_app|sms|slack|webhook|whatsapp|fax)",
            metric in "(sent|clicked|opened|subscribed|replied|framed)",
            data in any_json("(link_id|href|machine|recipient|recipients|identifiers|journey_id)"),
        ) {
            let json = json!({"event_id": "01E4", "object_type": object_type, "metric": metric, "data": data});
            let event = event(&json);
            prop_assert_eq!(event.object_type(), Some(&object_type[..]));
            prop_assert_eq!(serde_json::to_string(&event).unwrap(), json.to_string());
        }

        #[test]
        fn any_bytes_are_an_event_or_not(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            if let Ok(event) = Event::from_json(&bytes) {
                prop_assert_eq!(event.json().as_bytes(), bytes.trim_ascii());
            }
        }
    }
}
