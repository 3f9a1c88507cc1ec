//! How fast a newsletter is sent.

use serde::Serialize;

use crate::{BuildError, BuildErrorKind};

/// The most messages of a newsletter that go out in a minute, an hour or a day, whatever their channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[doc(alias = "rate_limit")]
pub struct SendingRate {
    #[serde(rename = "rate_limit_email_rate")]
    messages: u32,
    #[serde(rename = "rate_limit_time_period")]
    seconds: u32,
}

const DAY: u32 = 86_400;

impl SendingRate {
    /// Sends up to `messages` a minute, and at least one.
    #[must_use]
    pub const fn per_minute(messages: u32) -> Self {
        Self { messages, seconds: 60 }
    }

    /// Sends up to `messages` an hour, and at least one.
    #[must_use]
    pub const fn per_hour(messages: u32) -> Self {
        Self { messages, seconds: 3_600 }
    }

    /// Sends up to `messages` a day, and at least one.
    #[must_use]
    pub const fn per_day(messages: u32) -> Self {
        Self { messages, seconds: DAY }
    }
}

/// How fast a newsletter is sent, as the requests have it that can send one.
#[derive(Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(super) struct Pace {
    #[serde(flatten)]
    pub(super) rate: Option<SendingRate>,
    #[serde(rename = "rate_limit_spread")]
    pub(super) spread: Option<bool>,
}

impl Pace {
    pub(super) fn check(&self) -> Result<(), BuildError> {
        match self.rate {
            Some(SendingRate { messages: 0, .. }) => Err(refused("it must be at least one message")),
            _ => Ok(()),
        }
    }

    /// [`check`](Self::check) for a newsletter that goes out at a time of the day of each person.
    pub(super) fn check_in_time_zones(&self) -> Result<(), BuildError> {
        match self.rate {
            Some(SendingRate { seconds: DAY, .. }) => {
                Err(refused("with time zone match it is per minute or per hour, and not per day"))
            }
            _ => self.check(),
        }
    }
}

fn refused(reason: &'static str) -> BuildError {
    BuildError::new("the rate of the newsletter", BuildErrorKind::Invalid(reason.into()))
}

/// The setters of the field `pace`.
macro_rules! pace_setters {
    () => {
        $crate::macros::setters! {
            /// The most messages in a minute, an hour or a day. Default: as fast as they can.
            with_rate, pace.rate: $crate::app::newsletters::SendingRate;
            /// Whether messages are spread evenly over the minute, the hour or the day, instead of going out as fast as
            /// they can until the rate is used up. Default: false.
            with_spread, pace.spread: bool;
        }
    };
}
pub(super) use pace_setters;
