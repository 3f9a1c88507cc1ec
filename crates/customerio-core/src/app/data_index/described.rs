//! What is said of an attribute or an event.

use serde::Serialize;

use crate::{BuildError, BuildErrorKind, limits::check_count, text::Text, unseen::check_visible};

/// The most attributes or events of one call.
const ENTRIES: usize = 100;

/// The most characters of a description.
const DESCRIPTION: usize = 255;

/// What is said of one.
#[derive(Clone, Serialize)]
pub(super) struct Described {
    name: Text,
    pub(super) description: Option<Text>,
    /// 1 where it is sensitive, and 0 where it is not.
    pub(super) privacy_level: Option<u8>,
}

impl Described {
    /// The entry of this name, which is created if there is none.
    pub(super) fn of(entries: &mut Vec<Self>, name: impl AsRef<str>) -> &mut Self {
        let name = name.as_ref();
        let index = entries.iter().position(|entry| *entry.name == *name).unwrap_or_else(|| {
            entries.push(Self { name: Text::new(name), description: None, privacy_level: None });
            entries.len() - 1
        });
        &mut entries[index]
    }
}

pub(super) fn check(entries: &[Described]) -> Result<(), BuildError> {
    check_count("the list of names", entries.len(), 1, ENTRIES)?;
    for entry in entries {
        check_visible("the name", &entry.name)?;
        let length = entry.description.as_ref().map_or(0, |text| text.chars().count());
        if length > DESCRIPTION {
            let problem = format!("it has {length} characters, and the limit is {DESCRIPTION}");
            return Err(BuildError::new("the description", BuildErrorKind::Invalid(problem.into())));
        }
    }
    Ok(())
}
