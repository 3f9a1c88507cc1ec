//! `person` / `screen`: which screen of an app a person saw.
//!
//! Limits: 32 KB; a name of 100 bytes. <https://docs.customer.io/integrations/api/track/#operation/entity>

use serde::{Serialize, ser::SerializeMap};

use super::event_body::person_event;
use crate::{
    BuildError, EventId, Nothing, PersonId, Timestamp,
    json::Fields,
    macros::setters,
    track::event_body::{EventBody, EventType, Reserved},
};

/// Records that a person saw a screen of an app.
///
/// [`Client`](crate::Client) and [`Item::new`](crate::Item::new) give one that has none an id and the time of the call,
/// so that it can be repeated when an answer is lost: Customer.io drops the second.
///
/// ```
/// use customerio_core::track::v2::person::Screen;
///
/// let view = Screen::new("42", "Dashboard");
/// # let _ = view;
/// ```
pub struct Screen<'a, A: ?Sized = Nothing> {
    person: PersonId<'a>,
    body: EventBody<'a, A, Nothing>,
}

/// No attribute of a screen view means something to Customer.io.
impl Reserved for Nothing {
    fn check(&self) -> Result<(), BuildError> {
        Ok(())
    }
    fn is_empty(&self) -> bool {
        true
    }
    fn write<M: SerializeMap>(&self, _: &mut Fields<M>) -> Result<(), M::Error> {
        Ok(())
    }
}

impl<'a> Screen<'a> {
    /// The screen with this name, seen by this person.
    #[must_use]
    pub fn new(person: impl Into<PersonId<'a>>, name: &'a str) -> Self {
        Self { person: person.into(), body: EventBody::new(EventType::Screen, name) }
    }
}

impl<'a, A: ?Sized> Screen<'a, A> {
    /// Attributes of the view, for use in messages: anything that serialises as an object.
    #[must_use]
    pub fn with_attributes<B: Serialize + ?Sized>(self, attributes: &'a B) -> Screen<'a, B> {
        Screen { person: self.person, body: self.body.with_data(attributes) }
    }

    setters! {
        /// The id by which Customer.io recognises a repeat of this event.
        with_id, body.id: EventId;
        /// When it took place; without it, when Customer.io gets it.
        with_timestamp, body.timestamp: Timestamp;
    }
}

person_event!(Screen, "track.v2.person.screen");

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        Replay,
        testing::{body, refused_track, wire_track},
    };

    #[test]
    fn the_whole_request() {
        let attributes = json!({"app_version": "2.1.0"});
        let view = Screen::new("42", "Dashboard")
            .with_id("01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap())
            .with_timestamp(1_700_000_000.into())
            .with_attributes(&attributes);
        assert_eq!(
            wire_track(&view),
            "POST https://track.customer.io/api/v2/entity\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             content-type: application/json\n\
             user-agent: customerio-rust/0.1.0\n\
             content-length: 174\n\
             \n\
             {\"type\":\"person\",\"identifiers\":{\"id\":\"42\"},\"action\":\"screen\",\"name\":\"Dashboard\",\
             \"id\":\"01ARZ3NDEKTSV4RRFFQ69G5FAV\",\"timestamp\":1700000000,\"attributes\":{\"app_version\":\"2.1.0\"}}"
        );
        assert_eq!(view.replay(), Replay::Safe);
    }

    #[test]
    fn what_is_not_set_is_not_sent() {
        assert_eq!(
            body(&Screen::new("42", "Dashboard")),
            r#"{"type":"person","identifiers":{"id":"42"},"action":"screen","name":"Dashboard"}"#
        );
    }

    #[test]
    fn both_must_be_named() {
        for (error, expected) in [
            (refused_track(&Screen::new("", "Dashboard")), "the person's id is empty"),
            (refused_track(&Screen::new("42", "")), "the event's name is empty"),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
