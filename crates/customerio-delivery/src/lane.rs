//! What is delivered in order.

use std::{fmt, sync::Arc};

use customerio_core::{Api as _, App, Encoded, Pipelines, Track};

/// The route by which a call leaves.
///
/// Calls of one lane go out in order, and what holds up one lane holds up no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Lane {
    /// Batches of the Track API, one at a time, in order.
    TrackBatches,
    /// Batches of the Pipelines API, one at a time, in order.
    PipelinesBatches,
    /// Single requests of the Track API: many at a time, in order for each person.
    Track,
    /// Single requests of the Pipelines API: many at a time, in order for each person.
    Pipelines,
    /// Single requests of the App API, messages and broadcasts among them: many at a time, in order for each person.
    App,
}

impl Lane {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::TrackBatches, Self::PipelinesBatches, Self::Track, Self::Pipelines, Self::App];

    /// The lane of a call.
    #[must_use]
    pub fn of(call: &Encoded) -> Self {
        match call {
            Encoded::Track(_) => Self::TrackBatches,
            Encoded::Pipelines(_) => Self::PipelinesBatches,
            Encoded::Request(request) => match request.api() {
                Track::NAME => Self::Track,
                Pipelines::NAME => Self::Pipelines,
                _ => Self::App,
            },
            _ => unreachable!("the core of this version encodes to these"),
        }
    }

    /// The name, in stores and in logs: such as `track/batches`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TrackBatches => "track/batches",
            Self::PipelinesBatches => "pipelines/batches",
            Self::Track => Track::NAME,
            Self::Pipelines => Pipelines::NAME,
            Self::App => App::NAME,
        }
    }

    /// The name of its API: `track`, `pipelines` or `app`.
    #[must_use]
    pub const fn api(self) -> &'static str {
        match self {
            Self::TrackBatches | Self::Track => Track::NAME,
            Self::PipelinesBatches | Self::Pipelines => Pipelines::NAME,
            Self::App => App::NAME,
        }
    }

    /// The number, in stores. It never changes.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::TrackBatches => 1,
            Self::PipelinesBatches => 2,
            Self::Track => 3,
            Self::Pipelines => 4,
            Self::App => 5,
        }
    }

    /// The lane of that [number](Self::number), in a store that may be damaged: another number is of the App API.
    #[cfg(any(feature = "postgres", feature = "spool"))]
    pub(crate) fn from_number(number: impl Into<i64>) -> Self {
        let number = number.into();
        Self::ALL.into_iter().find(|lane| i64::from(lane.number()) == number).unwrap_or(Self::App)
    }

    /// Whether its calls go out in batches.
    #[must_use]
    pub const fn is_batched(self) -> bool {
        matches!(self, Self::TrackBatches | Self::PipelinesBatches)
    }
}

impl fmt::Display for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A lane of a destination: what one [`Machine`](crate::Machine) delivers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stream {
    /// The name of the workspace that it goes to: `default` where there is but one.
    pub destination: Arc<str>,
    /// How it leaves.
    pub lane: Lane,
}

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.destination, self.lane)
    }
}
