//! What events and views of pages and screens have in common.

/// Makes a type with a `person` and an event's `body` the call that the body's kind names.
macro_rules! person_event {
    ($type:ident, $name:literal) => {
        impl $type {
            fn encode(mut self, limits: &$crate::Limits) -> Result<Vec<u8>, $crate::BuildError> {
                $crate::track::v2::person::event_body::encode(&self.person, &mut self.body, limits)
            }
        }

        $crate::track::v2::entity::entity!($type, $name, OnlyIfNotSent, {
            fn replay(&self) -> $crate::Replay {
                self.body.replay()
            }
            fn stamp(&mut self, moment: &$crate::Moment) {
                self.body.stamp(moment);
            }
        });
    };
}

pub(super) use person_event;

use crate::{
    BuildError, Limits, PersonId,
    json::Writer,
    track::{
        event_body::{EventBody, Reserved},
        v2::entity::begin,
    },
};

/// The call as JSON; the kind of the body is the action.
pub(super) fn encode<R: Reserved>(
    person: &PersonId,
    body: &mut EventBody<R>,
    limits: &Limits,
) -> Result<Vec<u8>, BuildError> {
    person.check_or_phone(limits)?;
    body.check(limits)?;
    let attributes = body.take_data()?;
    let has_attributes = attributes.is_some();
    let mut call = Writer::holding(attributes.unwrap_or_default());
    begin(&mut call, "person", body.kind.as_str(), person)?;
    call.field("name", &body.name)?;
    call.optional("id", &body.id)?;
    call.optional("timestamp", &body.timestamp)?;
    if has_attributes {
        call.place("attributes");
    }
    Ok(call.merge())
}
