//! The record of an event that is reported: its receiver, its attempts and its state.

use std::{borrow::Cow, time::Duration};

use bytes::Bytes;
use customerio_core::DeliveryId;
use http::StatusCode;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use crate::{
    store::{
        held::Held,
        kept::{Key, Keyed},
        memory::{block, list},
    },
    webhooks::fate::{WebhookResponse, WebhookState},
};

/// Most attempts that are kept of an event: the last ones.
const MOST_ATTEMPTS: usize = 20;

/// An event that is reported to one receiver.
///
/// Each receiver of an event has its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WebhookEvent {
    /// The id of the event.
    pub event_id: String,
    /// The URL of the receiver, as it was when the event was last sent.
    pub url: String,
    /// The metric, such as `opened`.
    #[serde(deserialize_with = "known")]
    pub metric: Name,
    /// The type of object, such as `email`.
    #[serde(deserialize_with = "known")]
    pub object_type: Name,
    /// The message that it happened to.
    pub delivery_id: DeliveryId,
    /// When it happens, on the emulator's clock: since 1970-01-01 UTC.
    pub at: Duration,
    /// Whether it was accepted.
    pub state: WebhookState,
    /// The last 20 attempts, oldest first.
    pub attempts: Vec<WebhookAttempt>,
    /// How many attempts there were.
    pub attempted: u32,
    /// When it is sent next, at the earliest: since 1970-01-01 UTC. `None` if it is not retried by itself.
    pub next_at: Option<Duration>,
    /// Why it is not sent, if that is not because of a response.
    pub problem: Option<String>,
    /// The whole event, as JSON.
    #[serde(with = "crate::store::text")]
    pub body: Bytes,
    /// The number of the receiver.
    pub(crate) receiver: u64,
}

/// Under its own name, so that it is not taken for a part of the text that is read.
type Name = &'static str;

/// A metric or a type of the service's, of which there are few.
fn known<'de, D: Deserializer<'de>>(deserializer: D) -> Result<&'static str, D::Error> {
    const NAMES: [&str; 19] = [
        "attempted",
        "bounced",
        "clicked",
        "converted",
        "deferred",
        "delivered",
        "drafted",
        "dropped",
        "email",
        "failed",
        "in_app",
        "inbox",
        "opened",
        "push",
        "sent",
        "sms",
        "undeliverable",
        "unsubscribed",
        "whatsapp",
    ];
    let name = Cow::<'_, str>::deserialize(deserializer)?;
    let found = NAMES.into_iter().find(|known| *known == name);
    found.ok_or_else(|| D::Error::custom(format!("there is no metric or type {name:.50}")))
}

impl WebhookEvent {
    /// Notes an attempt that was made at a time.
    pub(crate) fn note(&mut self, attempt: WebhookAttempt) {
        if self.attempts.len() == MOST_ATTEMPTS {
            self.attempts.remove(0);
        }
        self.attempts.push(attempt);
        self.attempted = self.attempted.saturating_add(1);
    }

    /// Notes its state, and when it is sent next.
    pub(crate) fn turn(&mut self, state: WebhookState, next_at: Option<Duration>) {
        (self.state, self.next_at, self.problem) = (state, next_at, None);
    }

    /// Notes that it is not sent, and why.
    pub(crate) fn stop(&mut self, problem: impl Into<String>) {
        (self.state, self.next_at, self.problem) = (WebhookState::Failed, None, Some(problem.into()));
    }

    /// The status of the last response.
    #[must_use]
    pub fn last_status(&self) -> Option<StatusCode> {
        self.attempts.last().and_then(WebhookAttempt::status)
    }

    /// Why it was not accepted last, if that is not the status of a response.
    #[must_use]
    pub fn last_error(&self) -> Option<&str> {
        self.problem.as_deref().or_else(|| self.attempts.last()?.error.as_deref())
    }
}

/// One attempt to report an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WebhookAttempt {
    /// When it was sent, on the emulator's clock: since 1970-01-01 UTC.
    pub at: Duration,
    /// The outcome.
    pub response: WebhookResponse,
    /// Why there was no response, if there was none.
    pub error: Option<String>,
}

impl WebhookAttempt {
    pub(crate) fn new(at: Duration, response: WebhookResponse, error: Option<String>) -> Self {
        let usual = || match response {
            WebhookResponse::Status(_) => None,
            WebhookResponse::Timeout => Some("no response came in time".to_owned()),
            WebhookResponse::Disconnected => Some("the connection could not be made, or it broke".to_owned()),
        };
        Self { at, response, error: error.or_else(usual) }
    }

    /// The status of the response.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        match self.response {
            WebhookResponse::Status(status) => Some(status),
            WebhookResponse::Timeout | WebhookResponse::Disconnected => None,
        }
    }
}

impl Keyed for WebhookEvent {
    const KIND: &'static str = "webhooks";

    fn label(&self) -> &str {
        self.metric
    }

    fn id(&self) -> Option<&str> {
        Some(&self.event_id)
    }

    fn keys(&self) -> impl Iterator<Item = Key> {
        [Key::Delivery(self.delivery_id.clone()), Key::Event(self.event_id.clone()), Key::Webhook(self.state)]
            .into_iter()
    }
}

impl Held for WebhookEvent {
    fn held(&self) -> usize {
        let texts = self.attempts.iter().filter_map(|attempt| attempt.error.as_deref());
        block(self.event_id.len())
            + block(self.url.len())
            + block(self.delivery_id.as_str().len())
            + block(self.body.len())
            + self.problem.as_deref().map_or(0, |text| block(text.len()))
            + list::<WebhookAttempt>(self.attempts.capacity())
            + texts.map(|text| block(text.len())).sum::<usize>()
    }
}
