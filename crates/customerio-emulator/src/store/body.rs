//! JSON that is kept as the text that it came in, and may be shared by many entries.

use std::fmt;

use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value, value::RawValue};

use crate::store::memory::block;

/// The text of a JSON value.
#[derive(Clone)]
pub(crate) struct Text {
    bytes: Bytes,
    /// Whether others have it too, so that it takes nothing for one more.
    is_shared: bool,
}

impl Text {
    /// A copy: a part of a buffer would keep all of it.
    pub(crate) fn copy(bytes: &[u8]) -> Self {
        Self { bytes: Bytes::copy_from_slice(bytes), is_shared: false }
    }

    /// The JSON of a value, for one entry or for many.
    pub(crate) fn json(value: &impl serde::Serialize, is_shared: bool) -> Self {
        // A value can always be written.
        let bytes = serde_json::to_vec(value).unwrap_or_default().into_boxed_slice();
        Self { bytes: Bytes::from(bytes), is_shared }
    }

    /// The JSON of an object; of an empty one where there is none.
    pub(crate) fn object(fields: Option<&Map<String, Value>>) -> Self {
        let fields = fields.filter(|fields| !fields.is_empty());
        fields.map_or_else(
            || Self { bytes: Bytes::from_static(b"{}"), is_shared: true },
            |fields| Self::json(fields, false),
        )
    }

    /// How many bytes of memory it takes.
    pub(crate) fn held(&self) -> usize {
        if self.is_shared { 0 } else { block(self.bytes.len()) }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// It is UTF-8 always.
    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap_or_default()
    }
}

/// As the value.
impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serde_json::from_slice::<&RawValue>(&self.bytes).unwrap_or(RawValue::NULL).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(|value| Self::json(&value, false))
    }
}

/// Reads the text of an object.
pub(crate) fn object<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Text, D::Error> {
    Map::deserialize(deserializer).map(|fields| Text::object(Some(&fields)))
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}
