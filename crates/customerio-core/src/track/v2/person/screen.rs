//! `person` / `screen`: which screen of an app a person saw.

use serde::Serialize;

use super::event_body::person_event;
use crate::{
    EventId, PersonId,
    macros::setters,
    track::event_body::{EventBody, EventType},
};

/// Records that a person saw a screen of an app.
///
/// [`Client`](crate::Client) and [`Item::new`](crate::Item::new) give an event without an id one, and the time of the
/// call, so that it can be retried after a lost response: Customer.io drops the second.
///
/// Send it with [`Client::call`](crate::Client::call); many of them with [`Client::send_all`](crate::Client::send_all).
///
/// Limits: 32 KB; a name of 100 bytes; a person's id of 150 bytes.
/// <https://docs.customer.io/integrations/api/track/#operation/entity>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, limits::Limits, track::v2::person::Screen};
///
/// let view = Screen::new("42", "Dashboard");
/// assert_eq!(Prepared::new(view, &Limits::default())?.path(), "/api/v2/entity");
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
pub struct Screen {
    person: PersonId,
    body: EventBody<()>,
}

impl Screen {
    /// Creates a view by this person of the screen with this name.
    #[must_use]
    pub fn new(person: impl Into<PersonId>, name: impl AsRef<str>) -> Self {
        Self { person: person.into(), body: EventBody::new(EventType::Screen, name) }
    }

    /// Attributes of the view, for use in messages: anything that serialises as an object. They are encoded here; what
    /// cannot be encoded is an error when the request is built.
    #[must_use]
    #[doc(alias = "with_data")]
    #[doc(alias = "with_properties")]
    pub fn with_attributes(mut self, attributes: impl Serialize) -> Self {
        self.body.set_data("the attributes", &attributes);
        self
    }

    setters! {
        /// The id by which Customer.io recognises a retry of this event.
        with_id, body.id: EventId;
        /// When it took place. The default is when Customer.io receives it.
        with_timestamp, body.timestamp: time;
    }
}

person_event!(Screen, "track.v2.person.screen");

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        Operation as _, Replay,
        testing::{body, refused_track, wire_track},
    };

    #[test]
    fn the_whole_request() {
        let attributes = json!({"app_version": "2.1.0"});
        let view = Screen::new("42", "Dashboard")
            .with_id("01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap())
            .with_timestamp(1_700_000_000)
            .with_attributes(&attributes);
        assert_eq!(
            wire_track(view.clone()),
            "POST https://track.customer.io/api/v2/entity\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
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
            body(Screen::new("42", "Dashboard")),
            r#"{"type":"person","identifiers":{"id":"42"},"action":"screen","name":"Dashboard"}"#
        );
    }

    #[test]
    fn both_must_be_named() {
        for (error, expected) in [
            (refused_track(Screen::new("", "Dashboard")), "the person's id is empty"),
            (refused_track(Screen::new("42", "")), "the event's name is empty"),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
