//! `person` / `event`: what a person did.
//!
//! Limits: 32 KB; a name of 100 bytes. <https://docs.customer.io/integrations/api/track/#operation/entity>

use serde::Serialize;

use super::event_body::person_event;
use crate::{
    EventId, Nothing, PersonId, Timestamp,
    macros::setters,
    track::event_body::{EventBody, EventType},
};

/// Records what a person did.
///
/// [`Client`](crate::Client) and [`Item::new`](crate::Item::new) give one that has none an id and the time of the call,
/// so that it can be repeated when an answer is lost: Customer.io drops the second.
///
/// ```
/// use customerio_core::{PersonId, track::v2::person::Event};
/// use serde_json::json;
///
/// let attributes = json!({"price": 23.45, "product": "socks"});
/// let purchase = Event::new(PersonId::Phone("+14155552671"), "purchase").with_attributes(&attributes);
/// # let _ = purchase;
/// ```
pub struct Event<'a, A: ?Sized = Nothing> {
    person: PersonId<'a>,
    body: EventBody<'a, A>,
}

impl<'a> Event<'a> {
    /// Something that the person did.
    #[must_use]
    pub fn new(person: impl Into<PersonId<'a>>, name: &'a str) -> Self {
        Self { person: person.into(), body: EventBody::new(EventType::Event, name) }
    }
}

impl<'a, A: ?Sized> Event<'a, A> {
    /// Attributes of the event, for use in messages: anything that serialises as an object.
    ///
    /// One that a setter of this type has set must not be among them.
    #[must_use]
    pub fn with_attributes<B: Serialize + ?Sized>(self, attributes: &'a B) -> Event<'a, B> {
        Event { person: self.person, body: self.body.with_data(attributes) }
    }

    setters! {
        /// The id by which Customer.io recognises a repeat of this event.
        with_id, body.id: EventId;
        /// When it took place; without it, when Customer.io gets it.
        with_timestamp, body.timestamp: Timestamp;
        /// Where e-mails that the event triggers go, instead of the recipient of the campaign.
        with_recipient, body.reserved.recipient: &'a str;
        /// Who e-mails that the event triggers are from, instead of the sender of the campaign.
        with_from_address, body.reserved.from_address: &'a str;
        /// Where replies to e-mails that the event triggers go, instead of the address of the campaign.
        with_reply_to, body.reserved.reply_to: &'a str;
    }
}

person_event!(Event, "track.v2.person.event");

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use crate::{
        Item, Limits, Moment, Replay,
        testing::{body, refused_track, wire_track},
    };

    #[test]
    fn the_whole_request() {
        let attributes = json!({"price": 23.45, "product": "socks"});
        let event = Event::new("42", "purchase")
            .with_id("01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap())
            .with_timestamp(1_700_000_000.into())
            .with_recipient("to@example.com")
            .with_from_address("from@example.com")
            .with_reply_to("reply@example.com")
            .with_attributes(&attributes);
        assert_eq!(
            wire_track(&event),
            "POST https://track.customer.io/api/v2/entity\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             content-type: application/json\n\
             user-agent: customerio-rust/0.1.0\n\
             content-length: 276\n\
             \n\
             {\"type\":\"person\",\"identifiers\":{\"id\":\"42\"},\"action\":\"event\",\"name\":\"purchase\",\
             \"id\":\"01ARZ3NDEKTSV4RRFFQ69G5FAV\",\"timestamp\":1700000000,\
             \"attributes\":{\"recipient\":\"to@example.com\",\"from_address\":\"from@example.com\",\
             \"reply_to\":\"reply@example.com\",\"price\":23.45,\"product\":\"socks\"}}"
        );
    }

    #[test]
    fn what_is_not_set_is_not_sent() {
        assert_eq!(
            body(&Event::new(PersonId::Phone("+14155552671"), "purchase")),
            r#"{"type":"person","identifiers":{"phone":"+14155552671"},"action":"event","name":"purchase"}"#
        );
    }

    #[test]
    fn capture_gives_what_is_missing_and_makes_it_repeatable() {
        let moment =
            Moment { monotonic: Duration::ZERO, since_epoch: Duration::from_millis(1_700_000_000_999), random: 1 };
        let event = Event::new("42", "purchase");
        assert_eq!(event.replay(), Replay::OnlyIfNotSent);
        let captured = event.capture(&moment).unwrap();
        assert_eq!(captured.replay(), Replay::Safe);
        assert!(captured.capture(&moment).is_none());

        let item = Item::new(&event, &moment, &Limits::default()).unwrap();
        assert_eq!(item.replay(), Replay::Safe);
        assert_eq!(
            std::str::from_utf8(item.json()).unwrap(),
            r#"{"type":"person","identifiers":{"id":"42"},"action":"event","name":"purchase","id":"01HF7YATZ70000000000000001","timestamp":1700000000}"#
        );
    }

    #[test]
    fn what_the_api_would_drop_is_refused() {
        let long = "é".repeat(51);
        let large = json!({"text": "x".repeat(32_000)});
        let clash = json!({"recipient": "to@example.com"});
        let event = || Event::new("42", "purchase");
        for (error, expected) in [
            (refused_track(&Event::new("", "purchase")), "the person's id is empty"),
            (refused_track(&Event::new("42", " ")), "the event's name is empty"),
            (refused_track(&Event::new("42", &long)), "the event's name has 102 bytes, and the limit is 100"),
            (refused_track(&event().with_recipient("")), "the recipient is empty"),
            (
                refused_track(&event().with_timestamp(1_700_000_000_000.into())),
                "the body cannot be sent: 1700000000000 is not a time in seconds; it can only be milliseconds",
            ),
            (refused_track(&event().with_attributes(&large)), "the call has 32103 bytes, and the limit is 32000"),
            (
                refused_track(&event().with_recipient("a@example.com").with_attributes(&clash)),
                "the body cannot be sent: `recipient` is given twice: by its setter and among the attributes or data",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
