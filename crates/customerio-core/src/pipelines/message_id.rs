//! The id of a call.

use serde::{Serialize, Serializer};

use crate::{BuildError, EventId, macros::opaque_debug, text::Text, unseen::check_visible};

/// The id of a call, by which a retry of it is recognised: any text that no other call has, or an [`EventId`].
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct MessageId(Kind);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Kind {
    Text(Text),
    Ulid(EventId),
}

impl MessageId {
    pub(super) fn check(&self) -> Result<(), BuildError> {
        match &self.0 {
            Kind::Text(text) => check_visible("the message id", text),
            Kind::Ulid(_) => Ok(()),
        }
    }
}

macro_rules! message_id_from {
    ($($text:ty)*) => {$(
        impl From<$text> for MessageId {
            fn from(text: $text) -> Self {
                Self(Kind::Text(Text::new(text)))
            }
        }
    )*};
}

message_id_from!(&str &String String);

impl From<EventId> for MessageId {
    fn from(id: EventId) -> Self {
        Self(Kind::Ulid(id))
    }
}

impl Serialize for MessageId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Kind::Text(text) => serializer.serialize_str(text),
            Kind::Ulid(id) => id.serialize(serializer),
        }
    }
}

opaque_debug!(MessageId);
