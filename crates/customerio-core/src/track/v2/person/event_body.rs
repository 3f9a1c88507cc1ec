//! What events and views of pages and screens have in common.

/// Makes a type with a `person` and an event's `body` the call that the body's kind names.
macro_rules! person_event {
    ($type:ident, $name:literal) => {
        impl<A: ?Sized> $type<'_, A> {
            fn check(&self, limits: &$crate::Limits) -> Result<(), $crate::BuildError> {
                self.person.check_or_phone(limits)?;
                self.body.check(limits)
            }

            fn replay(&self) -> $crate::Replay {
                self.body.replay()
            }

            fn capture(&self, moment: &$crate::Moment) -> Option<Self> {
                self.body.capture(moment).map(|body| Self { person: self.person, body })
            }
        }

        impl<A: serde::Serialize + ?Sized> serde::Serialize for $type<'_, A> {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::track::v2::person::event_body::write(&self.person, &self.body, serializer)
            }
        }

        $crate::track::v2::entity::entity!([A: serde::Serialize + ?Sized] $type<'_, A>, $name, capture);
        $crate::macros::opaque_debug!([A: ?Sized] $type<'_, A>);
    };
}

pub(super) use person_event;

use serde::{Serialize, Serializer};

use crate::{
    PersonId,
    json::Fields,
    track::{
        event_body::{EventBody, Reserved},
        v2::entity::begin,
    },
};

/// Writes the call; the kind of the body is the action.
pub(super) fn write<S: Serializer, A: Serialize + ?Sized, R: Reserved>(
    person: &PersonId<'_>,
    body: &EventBody<'_, A, R>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut fields = Fields::new(serializer)?;
    begin(&mut fields, "person", body.kind.as_str(), person)?;
    fields.field("name", body.name)?;
    fields.optional("id", body.id.as_ref())?;
    fields.optional("timestamp", body.timestamp.as_ref())?;
    fields.optional("attributes", body.data().as_ref())?;
    fields.end()
}
