//! The id by which Customer.io recognises an event that it already has.

use serde::{Serialize, Serializer};
use ulid::Ulid;

use crate::{BuildError, Moment, Problem};

/// The id of an event: a [ULID](https://github.com/ulid/spec). Customer.io ignores an event whose id it has seen, so an
/// event with an id can be sent again when an answer is lost.
///
/// ```
/// use customerio_core::EventId;
///
/// let id: EventId = "01ARZ3NDEKTSV4RRFFQ69G5FAV".parse()?;
/// assert_eq!(id.to_string(), "01ARZ3NDEKTSV4RRFFQ69G5FAV");
/// assert!("order-17".parse::<EventId>().is_err());
/// # Ok::<(), customerio_core::BuildError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(Ulid);

impl EventId {
    /// A new id, made of the wall clock and the random bits of `moment`.
    #[must_use]
    pub fn new(moment: &Moment) -> Self {
        let milliseconds = u64::try_from(moment.since_epoch().as_millis()).unwrap_or(u64::MAX);
        Self::from_parts(milliseconds, moment.random())
    }

    /// An id of the low 48 bits of `milliseconds` and the low 80 bits of `random`. The same parts make the same id: with
    /// parts that follow from your own event (its time, a hash of its key), sending it twice by mistake is harmless too.
    #[must_use]
    pub fn from_parts(milliseconds: u64, random: u128) -> Self {
        Self(Ulid::from_parts(milliseconds, random))
    }
}

impl std::str::FromStr for EventId {
    type Err = BuildError;

    fn from_str(text: &str) -> Result<Self, BuildError> {
        let invalid = |_| BuildError::new("the event id", Problem::Invalid("it must be a ULID".into()));
        Ulid::from_string(text).map(Self).map_err(invalid)
    }
}

impl std::fmt::Display for EventId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for EventId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.array_to_str(&mut [0; ulid::ULID_LEN]))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn it_is_made_of_the_time_and_the_random_bits() {
        let moment = Moment::new(Duration::ZERO, Duration::from_millis(1_469_918_176_385), u128::MAX);
        assert_eq!(EventId::new(&moment).to_string(), "01ARYZ6S41ZZZZZZZZZZZZZZZZ");
        assert_eq!(serde_json::to_string(&EventId::from_parts(0, 1)).unwrap(), r#""00000000000000000000000001""#);
    }
}
