//! The id of a call.

use serde::{Serialize, Serializer};

use crate::{BuildError, BuildErrorKind, EventId};

/// The id of a call, by which a repeat of it is recognised: any text that no other call has, or an [`EventId`].
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct MessageId<'a>(Kind<'a>);

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Kind<'a> {
    Text(&'a str),
    Ulid(EventId),
}

impl MessageId<'_> {
    pub(super) fn check(self) -> Result<(), BuildError> {
        match self.0 {
            Kind::Text(text) if text.trim().is_empty() => Err(BuildError::new("the message id", BuildErrorKind::Empty)),
            _ => Ok(()),
        }
    }
}

impl<'a> From<&'a str> for MessageId<'a> {
    fn from(text: &'a str) -> Self {
        Self(Kind::Text(text))
    }
}

impl<'a> From<&'a String> for MessageId<'a> {
    fn from(text: &'a String) -> Self {
        Self(Kind::Text(text))
    }
}

impl From<EventId> for MessageId<'_> {
    fn from(id: EventId) -> Self {
        Self(Kind::Ulid(id))
    }
}

impl Serialize for MessageId<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Kind::Text(text) => text.serialize(serializer),
            Kind::Ulid(id) => id.serialize(serializer),
        }
    }
}

crate::macros::opaque_debug!(MessageId<'_>);
