//! `person` / `event`: what a person did.

use serde::Serialize;

use super::event_body::person_event;
use crate::{
    EventId, PersonId,
    macros::setters,
    track::event_body::{EventBody, EventType},
};

/// Records what a person did.
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
/// use customerio::{PersonId, Prepared, limits::Limits, track::v2::person::Event};
/// use serde_json::json;
///
/// let purchase = Event::new(PersonId::phone("+14155552671"), "purchase")
///     .with_attributes(json!({"price": 23.45}));
/// assert_eq!(Prepared::new(purchase, &Limits::default())?.path(), "/api/v2/entity");
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "track")]
pub struct Event {
    person: PersonId,
    body: EventBody,
}

impl Event {
    /// Creates an event: something that the person did.
    #[must_use]
    pub fn new(person: impl Into<PersonId>, name: impl AsRef<str>) -> Self {
        Self { person: person.into(), body: EventBody::new(EventType::Event, name) }
    }

    /// Attributes of the event, for use in messages: anything that serialises as an object. They are encoded here; what
    /// cannot be encoded is an error when the request is built.
    ///
    /// They must not include what a setter of this type has set.
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
        /// Sets the recipient of e-mails that the event triggers, instead of the campaign's.
        with_recipient, body.reserved.recipient: text;
        /// Sets the sender of e-mails that the event triggers, instead of the campaign's.
        with_from_address, body.reserved.from_address: text;
        /// Sets the address for replies to e-mails that the event triggers, instead of the campaign's.
        with_reply_to, body.reserved.reply_to: text;
    }
}

person_event!(Event, "track.v2.person.event");

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use crate::{
        Item, Limits, Moment, Operation as _, Replay,
        testing::{body, refused_track, wire_track},
    };

    #[test]
    fn the_whole_request() {
        let attributes = json!({"price": 23.45, "product": "socks"});
        let event = Event::new("42", "purchase")
            .with_id("01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap())
            .with_timestamp(1_700_000_000)
            .with_recipient("to@example.com")
            .with_from_address("from@example.com")
            .with_reply_to("reply@example.com")
            .with_attributes(&attributes);
        assert_eq!(
            wire_track(event),
            "POST https://track.customer.io/api/v2/entity\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
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
            body(Event::new(PersonId::phone("+14155552671"), "purchase")),
            r#"{"type":"person","identifiers":{"phone":"+14155552671"},"action":"event","name":"purchase"}"#
        );
    }

    #[test]
    fn a_stamp_gives_what_is_missing_and_makes_it_repeatable() {
        let moment =
            Moment { monotonic: Duration::ZERO, since_epoch: Duration::from_millis(1_700_000_000_999), random: 1 };
        let event = Event::new("42", "purchase");
        assert_eq!(event.replay(), Replay::OnlyIfNotSent);
        let expected = r#"{"type":"person","identifiers":{"id":"42"},"action":"event","name":"purchase","id":"01HF7YATZ70000000000000001","timestamp":1700000000}"#;
        let mut stamped = event.clone();
        stamped.stamp(&moment);
        assert_eq!((stamped.replay(), body(stamped.clone()).as_str()), (Replay::Safe, expected));
        stamped.stamp(&Moment { random: 2, ..moment });
        assert_eq!(body(stamped), expected, "what is there stays");

        let item = Item::new(event, &moment, &Limits::default()).unwrap();
        assert_eq!((item.replay(), item.json()), (Replay::Safe, expected.as_bytes()));
    }

    #[test]
    fn what_the_api_would_drop_is_refused() {
        let long = "é".repeat(51);
        let large = json!({"text": "x".repeat(32_000)});
        let clash = json!({"recipient": "to@example.com"});
        let event = || Event::new("42", "purchase");
        for (error, expected) in [
            (refused_track(Event::new("", "purchase")), "the person's id is empty"),
            (refused_track(Event::new("42", " ")), "the event's name has only whitespace or invisible characters"),
            (refused_track(Event::new("42", &long)), "the event's name has 102 bytes, and the limit is 100"),
            (refused_track(event().with_recipient("")), "the recipient is empty"),
            (
                refused_track(event().with_timestamp(1_700_000_000_000_i64)),
                "`timestamp` cannot be encoded: it is not a time in seconds; it can only be milliseconds",
            ),
            (refused_track(event().with_attributes(&large)), "the call has 32103 bytes, and the limit is 32000"),
            (
                refused_track(event().with_recipient("a@example.com").with_attributes(&clash)),
                "`recipient` is set both by a setter and in the attributes",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
