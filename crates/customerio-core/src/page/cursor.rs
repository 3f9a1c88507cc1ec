//! Where a page starts.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{fields::Read, text::Text};

/// The start of a page of a list, from the page before it.
///
/// Store it, with `serde` or as text, to continue the list in another process. It has no meaning outside of its list.
/// Its text can be a person's identifier, so `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[doc(alias = "start")]
#[doc(alias = "next")]
pub struct Cursor(Text);

crate::macros::opaque_debug!(Cursor);

impl Cursor {
    /// The cursor as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Cursor {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

crate::path::arguments! { Cursor: true; }

macro_rules! cursor_from {
    ($($text:ty)*) => {$(
        impl From<$text> for Cursor {
            fn from(text: $text) -> Self {
                Self(Text::new(text))
            }
        }
    )*};
}

cursor_from!(&str &String String);

impl From<&Cursor> for Cursor {
    fn from(cursor: &Cursor) -> Self {
        cursor.clone()
    }
}

/// Text or a number. An empty text is no cursor, and neither is the number 0, at which a list begins.
impl Read for Cursor {
    fn read(json: &RawValue) -> Option<Self> {
        String::read(json).filter(|text| !text.is_empty() && json.get() != "0").map(Self::from)
    }
}
