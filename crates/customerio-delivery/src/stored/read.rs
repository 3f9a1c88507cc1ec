//! Reads the stored form.

use std::borrow::Cow;

use customerio_core::Prepared;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::error::StoredError;

/// The version of the stored form that is written.
pub(super) const VERSION: u32 = 1;

/// What is read. Fields that a later release adds within this version are ignored.
#[derive(Debug, Deserialize)]
pub(super) struct Read<'a> {
    #[serde(borrow)]
    pub(super) operation: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) destination: Cow<'a, str>,
    pub(super) stored_at: i64,
    pub(super) expires_at: Option<i64>,
    /// Whether it must not arrive twice.
    #[serde(default)]
    pub(super) once: bool,
    /// The API whose batches take the item.
    #[serde(borrow)]
    pub(super) batch: Option<Cow<'a, str>>,
    /// What it shares with its batch.
    #[serde(borrow)]
    pub(super) shared: Option<Cow<'a, str>>,
    #[serde(borrow, default, deserialize_with = "raw")]
    pub(super) item: Option<&'a [u8]>,
    pub(super) request: Option<Box<Prepared>>,
}

fn raw<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'de [u8]>, D::Error> {
    Ok(Option::<&RawValue>::deserialize(deserializer)?.map(|raw| raw.get().as_bytes()))
}

/// Reads the stored form.
pub(super) fn read(bytes: &[u8]) -> Result<Read<'_>, StoredError> {
    let written = as_written(bytes).filter(|read| read.item.is_some_and(is_json));
    written.map_or_else(|| as_json(bytes), Ok)
}

/// Reads the stored form where a checksum has shown that it is what [`Stored::to_bytes`](crate::Stored::to_bytes) wrote: its
/// item is JSON, and is not looked at again.
#[cfg(any(feature = "postgres", feature = "spool"))]
pub(super) fn read_checked(bytes: &[u8]) -> Result<Read<'_>, StoredError> {
    as_written(bytes).map_or_else(|| as_json(bytes), Ok)
}

/// Reads any JSON.
fn as_json(bytes: &[u8]) -> Result<Read<'_>, StoredError> {
    #[derive(Deserialize)]
    struct Versioned {
        version: u32,
    }
    let malformed = |error: serde_json::Error| StoredError::Malformed(without_content(&error));
    match serde_json::from_slice(bytes) {
        Ok(read) if bytes.starts_with(br#"{"version":1,"#) => Ok(read),
        read => {
            let Versioned { version } = serde_json::from_slice(bytes).map_err(malformed)?;
            if version != VERSION {
                return Err(StoredError::Version(version));
            }
            read.map_err(malformed)
        }
    }
}

/// Whether it is one value, without space around it.
fn is_json(item: &[u8]) -> bool {
    serde_json::from_slice::<&RawValue>(item).is_ok_and(|raw| raw.get().len() == item.len())
}

/// What is wrong and where, without a quote of what stands there: that is the data of people.
fn without_content(error: &serde_json::Error) -> String {
    format!("it is not the JSON that was expected, at column {}", error.column())
}

/// Reads what stands before an item by the places where [`Stored::to_bytes`](crate::Stored::to_bytes) writes it, in a
/// fraction of the time that JSON takes: a batch has a thousand of them. The item is not looked at. `None` for all that is
/// written otherwise.
fn as_written(bytes: &[u8]) -> Option<Read<'_>> {
    let (operation, rest) = text(bytes.strip_prefix(br#"{"version":1,"operation":"#)?)?;
    let (destination, rest) = text(rest.strip_prefix(br#","destination":"#)?)?;
    let (stored_at, rest) = number(rest.strip_prefix(br#","stored_at":"#)?)?;
    let (expires_at, rest) = match rest.strip_prefix(br#","expires_at":"#) {
        Some(rest) => number(rest).map(|(time, rest)| (Some(time), rest))?,
        None => (None, rest),
    };
    let (once, rest) = match rest.strip_prefix(br#","once":true"#) {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let (batch, rest) = text(rest.strip_prefix(br#","batch":"#)?)?;
    let (shared, rest) = match rest.strip_prefix(br#","shared":"#) {
        Some(rest) => text(rest).map(|(shared, rest)| (Some(shared), rest))?,
        None => (None, rest),
    };
    let item = rest.strip_prefix(br#","item":"#)?.strip_suffix(b"}")?;
    let (batch, item, request) = (Some(batch), Some(item), None);
    Some(Read { operation, destination, stored_at, expires_at, once, batch, shared, item, request })
}

/// A string, and what stands behind it.
fn text(bytes: &[u8]) -> Option<(Cow<'_, str>, &[u8])> {
    let inner = bytes.strip_prefix(b"\"")?;
    let end = inner.iter().position(|byte| matches!(byte, b'"' | b'\\' | ..b' '))?;
    let (text, rest) = inner.split_at(end);
    if let Some(rest) = rest.strip_prefix(b"\"") {
        return Some((str::from_utf8(text).ok()?.into(), rest));
    }
    let mut strings = serde_json::Deserializer::from_slice(bytes).into_iter::<String>();
    let text = strings.next()?.ok()?;
    Some((text.into(), &bytes[strings.byte_offset()..]))
}

/// A number of milliseconds since 1970, and what stands behind it.
fn number(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let end = bytes.iter().position(|byte| !byte.is_ascii_digit())?;
    let (digits, rest) = bytes.split_at(end);
    // JSON has no zeros before a number.
    if digits.len() > 1 && digits[0] == b'0' {
        return None;
    }
    Some((str::from_utf8(digits).ok()?.parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use customerio_core::{
        Limits, Moment, Operation, pipelines,
        track::v2::person::{Event, Merge},
    };
    use proptest::prelude::*;

    use super::{as_json, as_written, is_json};
    use crate::Stored;

    fn stored(operation: impl Operation) -> Stored {
        let now = Moment { monotonic: Duration::ZERO, since_epoch: Duration::from_secs(1_700_000_000), random: 4 };
        Stored::new(operation, &now, &Limits::default()).unwrap()
    }

    fn event() -> Stored {
        stored(Event::new("42", "purchase"))
    }

    /// It has what it shares with its batch, as a string with escapes.
    fn visit() -> Stored {
        stored(pipelines::Track::new("42", "visit"))
    }

    /// What both ways make of bytes.
    fn both(bytes: &[u8]) -> [Option<String>; 2] {
        let quick = as_written(bytes).filter(|read| read.item.is_some_and(is_json));
        [quick.map(|read| format!("{read:?}")), as_json(bytes).ok().map(|read| format!("{read:?}"))]
    }

    #[test]
    fn what_is_written_is_read_by_its_places() {
        for call in [
            event(),
            event().with_expiry(Duration::from_secs(60)),
            event().with_destination("Straße 7, \"\u{1f4ee}\""),
            stored(Merge::new("1", "2")),
            visit(),
        ] {
            let [quick, json] = both(&call.to_bytes());
            assert!(quick.is_some(), "{call:?}");
            assert_eq!(quick, json);
        }
    }

    proptest! {
        /// Bytes that are changed anywhere: read by their places they are what they are as JSON, or not read.
        #[test]
        fn bytes_that_are_read_by_their_places_are_the_same_as_json(
            call in prop::sample::select(vec![event().with_expiry(Duration::from_secs(1)), visit()]),
            changes in prop::collection::vec((any::<prop::sample::Index>(), prop_oneof![
                any::<u8>(), prop::sample::select(br#"{}"\,:019-. "#.to_vec())
            ], 0..3_u8), 1..3)
        ) {
            let mut bytes = call.to_bytes();
            for (index, byte, kind) in changes {
                let index = index.index(bytes.len());
                match kind {
                    0 => bytes[index] = byte,
                    1 => bytes.insert(index, byte),
                    _ => drop(bytes.remove(index)),
                }
            }
            if let [Some(quick), json] = both(&bytes) {
                prop_assert_eq!(Some(quick), json);
            }
        }
    }
}
