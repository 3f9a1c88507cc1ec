//! Bytes in what is written down that are text, as the emulator makes them.

use bytes::Bytes;
use serde::{Deserialize as _, Deserializer, Serializer, ser::Error as _};

pub(crate) fn serialize<S: Serializer>(bytes: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(std::str::from_utf8(bytes).map_err(S::Error::custom)?)
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
    String::deserialize(deserializer).map(|text| Bytes::from(text.into_boxed_str().into_boxed_bytes()))
}
