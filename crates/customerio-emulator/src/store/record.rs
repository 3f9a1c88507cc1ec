//! What the emulator keeps, for tests to inspect.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use bytes::Bytes;
use customerio_core::{
    BroadcastId, DeliveryId, Timestamp, TriggerId, app::TransactionalMessageId, http::Method, http::StatusCode,
    track::EventType,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    contract::deviation::Deviation,
    faults::kind::MetFault,
    render::{RenderProblem, Rendered},
    store::{body::Text, changes::Effect},
};

/// A person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Person {
    /// The emulator's own id, without the prefix `cio_`.
    pub cio_id: String,
    /// The caller's own id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The e-mail address, in the case in which it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// All attributes but `id` and `email`; `created_at`, `unsubscribed` and `cio_subscription_preferences` are among
    /// them. The phone number is the attribute `phone`.
    pub attributes: Map<String, Value>,
    /// The devices, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<Device>,
    /// The manual segments that the person is in.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub segments: BTreeSet<u32>,
    /// The relationships to objects, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relationships: Vec<Relationship>,
    /// The ids of anonymous visitors that turned out to be this person.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub anonymous_ids: Vec<String>,
    /// The senders of text messages that the person has opted out of.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub opt_outs: BTreeSet<OptOut>,
}

impl Person {
    /// A name for display: the e-mail address, or else the id.
    pub(crate) fn label(&self) -> &str {
        self.email.as_deref().or(self.id.as_deref()).unwrap_or(&self.cio_id)
    }

    /// Whether the attribute `unsubscribed` is true.
    #[must_use]
    pub fn unsubscribed(&self) -> bool {
        self.attributes.get("unsubscribed") == Some(&Value::Bool(true))
    }
}

/// A sender of text messages that a person has opted out of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OptOut {
    /// [`Channel::Sms`] or [`Channel::WhatsApp`].
    pub channel: Channel,
    /// The sender.
    pub from: String,
}

/// A device of a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Device {
    /// The token.
    pub id: String,
    /// `ios` or `android`. Empty if a call of the Pipelines API gave neither.
    pub platform: String,
    /// When it was last used: as given, or the time of the call.
    #[serde(with = "crate::store::seconds")]
    pub last_used: Timestamp,
    /// The attributes.
    pub attributes: Map<String, Value>,
}

/// A relationship of a person to an object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Relationship {
    /// `object_type_id` and `object_id`.
    pub identifiers: Map<String, Value>,
    /// The attributes.
    pub attributes: Map<String, Value>,
}

/// An object, which the Pipelines API calls a group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Object {
    /// The number of its type, as a string.
    pub type_id: String,
    /// The caller's own id.
    pub id: String,
    /// The emulator's own id.
    pub cio_object_id: String,
    /// The attributes.
    pub attributes: Map<String, Value>,
    /// The `cio_id` of each person who is related to it. The attributes of the relationship are the person's.
    pub people: BTreeSet<String>,
    /// The visitors who are related to it and are not known yet: by anonymous id, the attributes of the relationship.
    pub visitors: BTreeMap<String, Map<String, Value>>,
}

/// An event of a person or of an unknown visitor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Event {
    /// The id by which a retry is recognised: `id`, or `messageId` in the Pipelines API.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The type.
    #[serde(with = "event_type")]
    pub event_type: EventType,
    /// The name, without surrounding blanks.
    pub name: String,
    /// The `cio_id` of the person, if they are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// The id of the visitor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anonymous_id: Option<String>,
    /// The id of the group, which an event of the Pipelines API can be of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_id: Option<String>,
    /// When it took place: as given, or the time of the call.
    #[serde(with = "crate::store::seconds")]
    pub timestamp: Timestamp,
    /// The data, a JSON object.
    #[serde(deserialize_with = "crate::store::body::object")]
    pub(crate) data: Text,
}

impl Event {
    /// The data.
    ///
    /// It is kept as text, and parsed on each call.
    #[must_use]
    pub fn data(&self) -> Map<String, Value> {
        serde_json::from_slice(self.data.as_bytes()).unwrap_or_default()
    }
}

/// The channel of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Channel {
    /// An e-mail: `POST /v1/send/email`.
    Email,
    /// A push notification: `POST /v1/send/push`.
    Push,
    /// An SMS: `POST /v1/send/sms`.
    Sms,
    /// A `WhatsApp` message: `POST /v1/send/whatsapp`.
    WhatsApp,
    /// An in-app message: `POST /v1/send/in_app`.
    InApp,
    /// An inbox message: `POST /v1/send/inbox_message`.
    Inbox,
}

impl Channel {
    /// Whether its messages are kept from those who want none: in-app and inbox messages are not.
    pub(crate) const fn heeds_subscriptions(self) -> bool {
        matches!(self, Self::Email | Self::Push | Self::Sms | Self::WhatsApp)
    }

    /// As the API names it in what it reports.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Push => "push",
            Self::Sms => "sms",
            Self::WhatsApp => "whatsapp",
            Self::InApp => "in_app",
            Self::Inbox => "inbox",
        }
    }
}

/// A message to one recipient: a transactional one, or one of a broadcast.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Message {
    /// The channel.
    pub channel: Channel,
    /// The id in the response.
    pub delivery_id: DeliveryId,
    /// The `cio_id` of the person, if they are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// The recipient: `to`, if the request has it; for a broadcast, the person's address or number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The transactional message that it was created from, as the request names it; for a broadcast, its template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<TransactionalMessageId>,
    /// The broadcast, if it is of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broadcast: Option<BroadcastId>,
    /// The trigger of the broadcast.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger: Option<TriggerId>,
    /// The subject of an e-mail, with the recipient's data in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The first words of what the recipient reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview: Option<String>,
    /// Whether it was queued as a draft, so that it is not sent.
    #[serde(default)]
    pub is_draft: bool,
    /// When the request arrived.
    #[serde(with = "crate::store::seconds")]
    pub queued_at: Timestamp,
    /// When it is sent, if that is later.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::store::seconds::optional")]
    pub send_at: Option<Timestamp>,
    /// The outcomes with their times: those that were set for all messages before it was sent, and its own since then.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "crate::store::seconds::each")]
    pub outcomes: Vec<(Timestamp, Outcome)>,
    /// The number of the request that made it, among all that is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) request: Option<u64>,
    /// The request body as JSON; for a broadcast, `message_data`.
    pub(crate) body: Text,
    /// The rendered templates, if there were any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) rendered: Option<Box<Rendered>>,
}

impl Message {
    /// The whole request body; for a message of a broadcast, the trigger's data as `message_data`.
    ///
    /// It is kept as text, and parsed on each call.
    #[must_use]
    pub fn body(&self) -> Value {
        serde_json::from_slice(self.body.as_bytes()).unwrap_or_default()
    }

    /// The HTML of an e-mail or of an in-app message, as the recipient gets it.
    #[must_use]
    pub fn html(&self) -> Option<String> {
        self.part("html")
    }

    /// The text as the recipient gets it: that of an e-mail beside its HTML, of an SMS, a `WhatsApp` message or a push
    /// notification.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        self.part("text")
    }

    /// `custom_data` of a push notification, as the device gets it: rendered if it has Liquid.
    #[must_use]
    pub fn custom_data(&self) -> Option<Value> {
        self.payload("custom_data")
    }

    /// `custom_payload` of a push notification, as [`custom_data`](Self::custom_data).
    #[must_use]
    pub fn custom_payload(&self) -> Option<Value> {
        self.payload("custom_payload")
    }

    /// Why it could not be rendered, or only in part.
    #[must_use]
    pub fn problems(&self) -> &[RenderProblem] {
        self.rendered.as_ref().map_or(&[], |rendered| &rendered.problems)
    }
}

/// An outcome of a message, for [`Emulator::report`](crate::Emulator::report) and
/// [`Emulator::set_outcomes`](crate::Emulator::set_outcomes).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// The provider has accepted it.
    Sent,
    /// Delivered: e-mail, push, SMS and WhatsApp.
    Delivered,
    /// Opened: e-mail, push, in-app and WhatsApp.
    Opened,
    /// The link to this URL was clicked.
    Clicked(String),
    /// The person converted.
    Converted,
    /// Not delivered, for this reason: e-mail, push, SMS and WhatsApp.
    Bounced(String),
    /// The person wants no more messages, after this one.
    Unsubscribed,
    /// Not created or not accepted by the provider, for this reason, such as a missing attribute of the person: all but
    /// inbox messages.
    Failed(String),
    /// Not sent to the provider, for this reason, such as that the person is unsubscribed: all but inbox messages.
    Undeliverable(String),
}

impl Outcome {
    /// As the API names it.
    pub(crate) const fn metric(&self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Opened => "opened",
            Self::Clicked(_) => "clicked",
            Self::Converted => "converted",
            Self::Bounced(_) => "bounced",
            Self::Unsubscribed => "unsubscribed",
            Self::Failed(_) => "failed",
            Self::Undeliverable(_) => "undeliverable",
        }
    }

    /// What it says beside its name.
    pub(crate) fn detail(&self) -> Option<&str> {
        match self {
            Self::Clicked(detail) | Self::Bounced(detail) | Self::Failed(detail) | Self::Undeliverable(detail) => {
                Some(detail)
            }
            _ => None,
        }
    }

    /// Whether it means that the message was never sent.
    pub(crate) const fn is_final(&self) -> bool {
        matches!(self, Self::Failed(_) | Self::Undeliverable(_))
    }

    /// Whether the service reports it of a message of this channel.
    pub(crate) const fn is_of(&self, channel: Channel) -> bool {
        match channel {
            Channel::Email | Channel::Push | Channel::WhatsApp => true,
            Channel::Sms => !matches!(self, Self::Opened),
            Channel::InApp => !matches!(self, Self::Delivered | Self::Bounced(_)),
            // The contract has no object type for it.
            Channel::Inbox => false,
        }
    }
}

/// A trigger of a broadcast.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Trigger {
    /// The id in the response.
    pub id: u64,
    /// The broadcast.
    pub broadcast_id: u64,
    /// When the request arrived.
    #[serde(with = "crate::store::seconds")]
    pub triggered_at: Timestamp,
    /// The whole request body. `null` if it failed.
    pub body: Value,
    /// Why it failed: one reason for each person who does not exist. Empty if it did not fail.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<String>,
    /// How many people it has selected so far.
    #[serde(default)]
    pub recipients: u64,
    /// How many messages it has created so far: none for people who are unsubscribed, or have no address of the
    /// channel.
    #[serde(default)]
    pub deliveries: u64,
    /// When it was done with all of them.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::store::seconds::optional")]
    pub processed_at: Option<Timestamp>,
}

/// A reported metric.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Metric {
    /// The message that it is about. Empty if it is about content.
    pub delivery_id: DeliveryId,
    /// The metric, such as `opened`.
    pub metric: String,
    /// When: as given, or the time of the call.
    #[serde(with = "crate::store::seconds")]
    pub timestamp: Timestamp,
    /// The whole request body.
    pub body: Value,
}

/// A submitted form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FormSubmission {
    /// The form.
    pub form_id: String,
    /// The `cio_id` of the person.
    pub person: String,
    /// The fields of the form, identifiers included.
    pub data: Map<String, Value>,
}

/// A call of `POST /unsubscribe/{delivery_id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Unsubscribe {
    /// The message that it is about.
    pub delivery_id: DeliveryId,
    /// Whether the call asked to unsubscribe.
    pub unsubscribe: bool,
    /// The `cio_id` of the person, if the message is one of the emulator's and its person is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
}

/// A request and its result.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoggedRequest {
    /// The method.
    pub method: Method,
    /// Path and query as they came; cut off after 2000 bytes.
    pub path: String,
    /// The pattern of its route, such as `/api/v1/customers/{identifier}`, if it has one.
    pub route: Option<&'static str>,
    /// The status of the response.
    pub status: StatusCode,
    /// The verdict on it.
    pub verdict: Verdict,
    /// The deviations from the contract with which the request was accepted: the first 20. For a batch, those of the
    /// items that were accepted.
    pub deviations: Vec<Deviation>,
    /// Why it was refused or dropped: the first 20 reasons. For a batch, those of the items that were.
    pub problems: Vec<Deviation>,
    /// The effects: the first 50.
    pub effects: Vec<Effect>,
    /// The fault that happened to it.
    pub fault: Option<MetFault>,
    /// When it arrived, on the emulator's clock: since 1970-01-01 UTC.
    pub at: Duration,
    /// How long the response took, on the system's clock, from when the request had arrived whole.
    pub took: Duration,
    /// The headers, a line each. Of credentials, only the last four characters.
    pub head: String,
    /// The body, up to its first 64 KiB.
    pub body: Bytes,
    /// How many bytes the body had.
    pub body_bytes: usize,
    /// The body of the response, up to its first 64 KiB.
    pub response: Bytes,
    /// How many bytes the body of the response had.
    pub response_bytes: usize,
}

impl LoggedRequest {
    /// The program that sent it, as its `User-Agent` says.
    #[must_use]
    pub fn client(&self) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix("user-agent: "))
    }

    /// Why it was not fully accepted, in one sentence.
    #[must_use]
    pub fn why(&self) -> Option<&str> {
        self.problems.first().or(self.deviations.first()).map(|found| found.message.as_str())
    }
}

/// What kind of event it is, as the API writes it.
mod event_type {
    use customerio_core::track::EventType;
    use serde::{Deserialize as _, Deserializer, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
    pub(super) fn serialize<S: Serializer>(kind: &EventType, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(kind.as_str())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<EventType, D::Error> {
        let name = std::borrow::Cow::<'_, str>::deserialize(deserializer)?;
        Ok(match &*name {
            "page" => EventType::Page,
            "screen" => EventType::Screen,
            _ => EventType::Event,
        })
    }
}

/// The verdict on a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verdict {
    /// Accepted, and in accordance with the contract.
    Accepted,
    /// Accepted, although it deviates from the contract.
    Tolerated,
    /// Refused, or items of it were, as the response reports.
    Refused,
    /// The response is a success, but the request, or a part of it, was dropped: the service does this silently.
    Dropped,
    /// A fault that a test added happened to it.
    Fault,
    /// The route does not exist, or the emulator does not have it.
    UnknownRoute,
}

impl Verdict {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Accepted, Self::Tolerated, Self::Refused, Self::Dropped, Self::Fault, Self::UnknownRoute];

    /// Returns the name in the control API, such as `tolerated`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Tolerated => "tolerated",
            Self::Refused => "refused",
            Self::Dropped => "dropped",
            Self::Fault => "fault",
            Self::UnknownRoute => "unknown_route",
        }
    }
}
