//! What a fault does, and that a request met it.

use std::{fmt, time::Duration};

use http::StatusCode;

/// The effect of a fault on a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FaultKind {
    /// Not executed: the response has this status, an error in the shape of the route's API, and this `Retry-After`, in
    /// whole seconds, rounded up.
    Status(StatusCode, Option<Duration>),
    /// Executed after this delay. Over a socket that is real time; without one the emulator's clock advances.
    Delay(Duration),
    /// Not executed: the connection is cut.
    CutBefore,
    /// Executed, and the connection is cut before the response.
    CutAfter,
    /// Executed, and the response arrives in small pieces over this time.
    Slow(Duration),
}

/// The fault that a request met.
///
/// It is in the extensions of the response that [`Emulator::handle`](crate::Emulator::handle) returns: a test harness
/// that has a connection breaks it, or sends slowly, as this says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MetFault {
    /// The number of the fault.
    pub id: u64,
    /// The effect.
    pub kind: FaultKind,
}

impl MetFault {
    /// How long the request is to wait before it is done.
    pub(crate) const fn delay(self) -> Option<Duration> {
        match self.kind {
            FaultKind::Delay(by) => Some(by),
            _ => None,
        }
    }

    /// Whether the connection breaks.
    #[cfg(feature = "server")]
    pub(crate) const fn cuts(self) -> bool {
        matches!(self.kind, FaultKind::CutBefore | FaultKind::CutAfter)
    }
}

impl fmt::Display for MetFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "fault {} ", self.id)?;
        match self.kind {
            FaultKind::Status(status, _) => write!(f, "responds with {}", status.as_u16()),
            FaultKind::Delay(by) => write!(f, "delays the request by {by:?}"),
            FaultKind::CutBefore => f.write_str("breaks the connection before the request is done"),
            FaultKind::CutAfter => f.write_str("breaks the connection before the response to what was done"),
            FaultKind::Slow(over) => write!(f, "sends the response over {over:?}"),
        }
    }
}

/// Whether a request meets a fault.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Meeting {
    /// It meets none.
    #[default]
    None,
    /// It meets this one.
    Met(MetFault),
    /// That depends on its body.
    OfBody,
}

impl Meeting {
    pub(crate) const fn met(self) -> Option<MetFault> {
        match self {
            Self::Met(met) => Some(met),
            Self::None | Self::OfBody => None,
        }
    }
}
