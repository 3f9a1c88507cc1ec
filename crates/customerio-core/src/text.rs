//! Text that an operation owns.

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    ops::Deref,
    sync::Arc,
};

use arrayvec::ArrayString;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Identifiers and names are short: text as long as a UUID is stored inline, without an allocation.
#[derive(Clone)]
pub(crate) enum Text {
    Short(ArrayString<36>),
    Long(Arc<str>),
}

impl Text {
    pub(crate) fn new(text: impl AsRef<str>) -> Self {
        let text = text.as_ref();
        ArrayString::from(text).map_or_else(|_| Self::Long(text.into()), Self::Short)
    }

    pub(crate) fn as_str(&self) -> &str {
        self
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Short(text) => text,
            Self::Long(text) => text,
        }
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        self
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Text {}

impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

impl Default for Text {
    fn default() -> Self {
        Self::Short(ArrayString::new_const())
    }
}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text {
    fn cmp(&self, other: &Self) -> Ordering {
        (**self).cmp(other)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_same_whatever_its_length() {
        for length in [0, 35, 36, 37, 1_000] {
            let text = "ü".repeat(length / 2) + if length % 2 == 0 { "" } else { "x" };
            let (one, other) = (Text::new(&text), Text::from(text.as_str()));
            assert_eq!((one.as_str(), one.len()), (text.as_str(), length));
            assert_eq!((&one, one.to_string(), format!("{one:?}")), (&other, text.clone(), format!("{text:?}")));
            let json = serde_json::to_string(&one).unwrap();
            assert_eq!(serde_json::from_str::<Text>(&json).unwrap(), one);
            assert_eq!(matches!(one, Text::Short(_)), length <= 36);
            assert!(one < Text::new(text + "x"));
        }
        assert_eq!(Text::default().as_str(), "");
    }
}
