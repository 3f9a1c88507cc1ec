//! A snippet, as responses have it.

use serde::Serialize;

use crate::{
    BuildError, Timestamp,
    entity::{entity, returned},
    limits::check_bytes,
    page::listed,
    text::Text,
    unseen::check_visible,
};

entity! {
    /// A piece of text that messages share: `{{snippets.name}}`.
    pub struct Snippet: Debug {
        /// The name, which no other has.
        pub name: String,
        /// The text, which can have Liquid in it.
        pub value: Option<String>,
        /// When it was last changed.
        pub updated_at: Option<Timestamp>,
    }
}

returned!(Snippet in "snippet" = r#"{"name":"address","value":"1 Main St","updated_at":1700000000}"#);
listed!(Snippet in "snippets" = r#"{"name":"address","value":"1 Main St","updated_at":1700000000}"#);

/// What is written.
#[derive(Clone, Serialize)]
pub(super) struct Contents {
    name: Text,
    value: Text,
}

/// Most characters of a name.
const NAME: usize = 150;

impl Contents {
    pub(super) fn new(name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        Self { name: Text::new(name), value: Text::new(value) }
    }

    pub(super) fn check(&self) -> Result<(), BuildError> {
        check_visible("the snippet's name", &self.name)?;
        check_bytes("the snippet's name", self.name.chars().count(), NAME)?;
        check_visible("the snippet's value", &self.value)
    }
}
