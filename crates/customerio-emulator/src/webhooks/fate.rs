//! The outcomes of webhooks: of one request, and of an event.

use std::{fmt, time::Duration};

use http::StatusCode;
use serde::{Deserialize, Serialize};

/// The first pause after what the service takes for a fault of the receiver. It doubles with each failure.
const HOUR: Duration = Duration::from_secs(60 * 60);

/// The first pause after anything else. The contract does not say how long it is.
const MINUTE: Duration = Duration::from_secs(60);

/// The response to a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WebhookResponse {
    /// The response had this status: a 2xx ends it.
    Status(#[serde(with = "status")] StatusCode),
    /// There was no response in time.
    Timeout,
    /// The connection could not be made, or it broke.
    Disconnected,
}

impl WebhookResponse {
    pub(super) fn first_pause(self) -> Duration {
        const HOURLY: [u16; 11] = [400, 401, 402, 403, 404, 405, 410, 429, 500, 502, 521];
        match self {
            Self::Status(status) if !HOURLY.contains(&status.as_u16()) => MINUTE,
            Self::Timeout => MINUTE,
            Self::Status(_) | Self::Disconnected => HOUR,
        }
    }
}

/// The state of an event that is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum WebhookState {
    /// Not happened or not sent yet.
    Waiting,
    /// The receiver responded with a 2xx.
    Accepted,
    /// The last attempt failed. It is retried, unless it cannot be sent at all:
    /// [`WebhookEvent::problem`](crate::WebhookEvent::problem).
    Failed,
    /// Not accepted within seven days.
    GivenUp,
}

impl WebhookState {
    /// Returns the name in the control API, such as `given_up`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Accepted => "accepted",
            Self::Failed => "failed",
            Self::GivenUp => "given_up",
        }
    }

    /// The one of a name.
    #[cfg(feature = "control")]
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        let all = [Self::Waiting, Self::Accepted, Self::Failed, Self::GivenUp];
        all.into_iter().find(|state| state.name() == name)
    }
}

impl fmt::Display for WebhookState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A status as its number.
mod status {
    use http::StatusCode;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
    pub(super) fn serialize<S: Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u16(status.as_u16())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<StatusCode, D::Error> {
        StatusCode::from_u16(u16::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}
