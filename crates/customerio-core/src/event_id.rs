//! The id by which Customer.io recognises an event that it already has.
//!
//! ULIDs are written here by hand: the crate `ulid` depends on `wasm-bindgen`, and this is all that is needed.

use std::{fmt, str};

use serde::{Serialize, Serializer};

use crate::{BuildError, BuildErrorKind, Moment};

/// Crockford's base 32: no I, L, O and U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The characters of a ULID: five bits each, of which the first has three.
const LENGTH: usize = 26;

/// The id of an event: a [ULID](https://github.com/ulid/spec).
///
/// Customer.io ignores an event whose id it has seen, so an event with an id can be retried after a lost response.
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::ids::EventId;
///
/// let id: EventId = "01ARZ3NDEKTSV4RRFFQ69G5FAV".parse()?;
/// assert_eq!(id.to_string(), "01ARZ3NDEKTSV4RRFFQ69G5FAV");
/// assert!("order-17".parse::<EventId>().is_err());
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(u128);

impl EventId {
    /// Creates an id from the wall clock and the random bits of `moment`.
    #[must_use]
    pub fn new(moment: &Moment) -> Self {
        let milliseconds = u64::try_from(moment.since_epoch.as_millis()).unwrap_or(u64::MAX);
        Self::from_parts(milliseconds, moment.random)
    }

    /// Creates an id from the low 48 bits of `milliseconds` and the low 80 bits of `random`. The same parts make the
    /// same id: if they depend only on your own event (its time, a hash of its key), sending it twice by mistake is
    /// harmless too.
    #[must_use]
    pub fn from_parts(milliseconds: u64, random: u128) -> Self {
        const RANDOM_BITS: u32 = 80;
        Self(u128::from(milliseconds) << RANDOM_BITS | random & ((1 << RANDOM_BITS) - 1))
    }

    /// Hands the text to `write`, from the stack.
    fn written<T>(self, write: impl FnOnce(&str) -> T) -> T {
        // Eight characters at a time, from the end on; two are left for the beginning.
        let mut text = [0; LENGTH];
        text[18..].copy_from_slice(&characters(self.0));
        text[10..18].copy_from_slice(&characters(self.0 >> 40));
        text[2..10].copy_from_slice(&characters(self.0 >> 80));
        text[..2].copy_from_slice(&characters(self.0 >> 120)[6..]);
        // The alphabet is ASCII.
        write(str::from_utf8(&text).unwrap_or_default())
    }
}

/// The characters of the lowest 40 bits.
fn characters(bits: u128) -> [u8; 8] {
    #[expect(clippy::cast_possible_truncation, reason = "the rest are other characters")]
    let bits = bits as u64;
    // Made as one number: a processor waits when it reads as a whole what was just written byte by byte.
    let character = |position: u64| u64::from(ALPHABET[(bits >> (5 * position) & 31) as usize]) << (8 * position);
    (0..8).map(character).sum::<u64>().to_be_bytes()
}

impl str::FromStr for EventId {
    type Err = BuildError;

    /// Accepts lower case too.
    fn from_str(text: &str) -> Result<Self, BuildError> {
        let digit = |byte: u8| ALPHABET.iter().position(|character| *character == byte.to_ascii_uppercase());
        let value = text.bytes().try_fold(0, |value, byte| Some(value << 5 | digit(byte)? as u128));
        // 26 characters have room for two bits more than there are.
        value
            .filter(|_| text.len() == LENGTH && text.as_bytes()[0] <= b'7')
            .map(Self)
            .ok_or_else(|| BuildError::new("the event id", BuildErrorKind::Invalid("it must be a ULID".into())))
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.written(|text| f.pad(text))
    }
}

impl fmt::Debug for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.written(|text| f.debug_tuple("EventId").field(&format_args!("{text}")).finish())
    }
}

impl Serialize for EventId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.written(|text| serializer.serialize_str(text))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn it_is_made_of_the_time_and_the_random_bits() {
        let moment = Moment {
            monotonic: Duration::ZERO,
            since_epoch: Duration::from_millis(1_469_918_176_385),
            random: u128::MAX,
        };
        assert_eq!(EventId::new(&moment).to_string(), "01ARYZ6S41ZZZZZZZZZZZZZZZZ");
        assert_eq!(serde_json::to_string(&EventId::from_parts(0, 1)).unwrap(), r#""00000000000000000000000001""#);
        assert_eq!(EventId::from_parts(u64::MAX, u128::MAX).to_string(), "7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
        assert_eq!(EventId::from_parts(1 << 48, 1 << 80), EventId::from_parts(0, 0), "the low bits count");
        assert_eq!(format!("{:?}", EventId::from_parts(0, 31)), "EventId(0000000000000000000000000Z)");
    }

    #[test]
    fn only_a_ulid_is_read() {
        for text in ["01ARZ3NDEKTSV4RRFFQ69G5FAV", "01arz3ndektsv4rrffq69g5fav"] {
            let id: EventId = text.parse().unwrap();
            assert_eq!(id, EventId::from_parts(1_469_922_850_259, 0xd676_4c61_efb9_9302_bd5b));
        }
        for text in [
            "",
            "01ARZ3NDEKTSV4RRFFQ69G5FA",
            "01ARZ3NDEKTSV4RRFFQ69G5FAVV",
            "01ARZ3NDEKTSV4RRFFQ69G5FAU",
            "01ARZ3NDEKTSV4RRFFQ69G5FÄ",
            // 130 bits.
            "80000000000000000000000000",
        ] {
            assert!(text.parse::<EventId>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(milliseconds: u64, random: u128) {
            let id = EventId::from_parts(milliseconds, random);
            prop_assert_eq!(id.to_string().parse::<EventId>().unwrap(), id);
        }
    }
}
