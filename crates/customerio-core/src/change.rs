//! A field of a request that has three states.

use serde::{Serialize, Serializer};

use crate::{BuildError, path::Part};

/// A field that can be set, and cleared; what is left alone is not sent.
#[derive(Clone)]
pub(crate) enum Change<T> {
    Set(T),
    Clear,
}

impl<T: Part> Change<T> {
    /// Checks the id that is set.
    pub(crate) fn check(change: Option<&Self>) -> Result<(), BuildError> {
        if let Some(Self::Set(id)) = change { id.check() } else { Ok(()) }
    }
}

impl<T: Serialize> Serialize for Change<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Set(value) => value.serialize(serializer),
            Self::Clear => serializer.serialize_unit(),
        }
    }
}
