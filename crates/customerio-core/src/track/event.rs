//! `POST /api/v1/customers/{id}/events`: what a person did, or saw.
//!
//! Limits: a name of 100 bytes; data of 100,000 bytes. Events of the last 72 hours can trigger campaigns.
//! <https://docs.customer.io/integrations/api/track/#operation/track>

use bytes::Bytes;
use http::{Method, Response};
use serde::Serialize;

use super::event_body::{EventBody, EventType};
use crate::{
    Body, BuildError, DecodeFailure, EventId, Limits, Moment, Nothing, Operation, Path, PersonId, Replay, Timestamp,
    Track, decode_nothing,
    macros::{opaque_debug, setters},
};

/// Records what a person did, or which page or screen they saw.
///
/// [`Client`](crate::Client) gives an event that has none an id and the time of the call, and can then repeat it when
/// an answer is lost: Customer.io drops the second. Without a client, [`capture`](Operation::capture) does it.
///
/// ```
/// use customerio_core::track::Event;
/// use serde_json::json;
///
/// let data = json!({"price": 23.45, "product": "socks"});
/// let purchase = Event::new("42", "purchase").with_data(&data);
/// let view = Event::page("42", "https://example.com/pricing");
/// # let _ = (purchase, view);
/// ```
pub struct Event<'a, D: ?Sized = Nothing> {
    person: PersonId<'a>,
    body: EventBody<'a, D>,
}

impl<'a> Event<'a> {
    /// Something that the person did.
    #[must_use]
    pub fn new(person: impl Into<PersonId<'a>>, name: &'a str) -> Self {
        Self { person: person.into(), body: EventBody::new(EventType::Event, name) }
    }

    /// A view of a web page, by its URL.
    #[must_use]
    pub fn page(person: impl Into<PersonId<'a>>, url: &'a str) -> Self {
        Self { person: person.into(), body: EventBody::new(EventType::Page, url) }
    }

    /// A view of a screen of an app, by its name.
    #[must_use]
    pub fn screen(person: impl Into<PersonId<'a>>, name: &'a str) -> Self {
        Self { person: person.into(), body: EventBody::new(EventType::Screen, name) }
    }
}

impl<'a, D: ?Sized> Event<'a, D> {
    /// Data about the event, for use in messages: anything that serialises as an object, up to 100,000 bytes.
    #[must_use]
    pub fn with_data<E: Serialize + ?Sized>(self, data: &'a E) -> Event<'a, E> {
        Event { person: self.person, body: self.body.with_data(data) }
    }

    setters! {
        /// The id by which Customer.io recognises a repeat of this event.
        with_id, body.id: EventId;
        /// When it took place; without it, when Customer.io gets it.
        with_timestamp, body.timestamp: Timestamp;
        /// The id that the visitor had before they were known.
        with_anonymous_id, body.anonymous_id: &'a str;
        /// Where messages that the event triggers go, instead of the recipient of the campaign.
        with_recipient, body.reserved.recipient: &'a str;
        /// Who messages that the event triggers are from, instead of the sender of the campaign.
        with_from_address, body.reserved.from_address: &'a str;
        /// Where replies to messages that the event triggers go, instead of the address of the campaign.
        with_reply_to, body.reserved.reply_to: &'a str;
    }
}

impl<D: Serialize + ?Sized> Operation for Event<'_, D> {
    type Api = Track;
    type Output = ();
    const NAME: &'static str = "track.event";

    fn method(&self) -> Method {
        Method::POST
    }
    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        path.literal("/api/v1/customers");
        self.person.write(path)?;
        path.literal("/events");
        Ok(())
    }
    fn body(&self, limits: &Limits) -> Result<Body, BuildError> {
        self.body.encode(limits)
    }
    fn replay(&self) -> Replay {
        self.body.replay()
    }
    fn capture(&self, moment: &Moment) -> Option<Self> {
        self.body.capture(moment).map(|body| Self { person: self.person, body })
    }
    fn decode(&self, response: &Response<Bytes>) -> Result<(), DecodeFailure> {
        decode_nothing(response)
    }
}

opaque_debug!([D: ?Sized] Event<'_, D>);

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use crate::testing::{body, refused_track, wire_track};

    #[test]
    fn the_whole_request() {
        let data = json!({"price": 23.45, "product": "socks"});
        let event = Event::new("42", "purchase")
            .with_id("01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap())
            .with_timestamp(1_700_000_000.into())
            .with_recipient("to@example.com")
            .with_from_address("from@example.com")
            .with_reply_to("reply@example.com")
            .with_data(&data);
        assert_eq!(
            wire_track(&event),
            "POST https://track.customer.io/api/v1/customers/42/events\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             content-type: application/json\n\
             user-agent: customerio-rust/0.1.0\n\
             content-length: 226\n\
             \n\
             {\"name\":\"purchase\",\"type\":\"event\",\"id\":\"01ARZ3NDEKTSV4RRFFQ69G5FAV\",\"timestamp\":1700000000,\
             \"data\":{\"recipient\":\"to@example.com\",\"from_address\":\"from@example.com\",\
             \"reply_to\":\"reply@example.com\",\"price\":23.45,\"product\":\"socks\"}}"
        );
    }

    #[test]
    fn views_have_their_own_type() {
        assert_eq!(body(&Event::page("42", "https://x.org/a")), r#"{"name":"https://x.org/a","type":"page"}"#);
        assert_eq!(
            body(&Event::screen("42", "home").with_anonymous_id("cookie")),
            r#"{"name":"home","type":"screen","anonymous_id":"cookie"}"#
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
        assert_eq!(
            body(&captured),
            r#"{"name":"purchase","type":"event","id":"01HF7YATZ70000000000000001","timestamp":1700000000}"#
        );
        assert!(captured.capture(&moment).is_none());

        let mine = "01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap();
        let kept = Event::new("42", "purchase").with_id(mine).with_timestamp(7.into());
        assert!(kept.capture(&moment).is_none());
        let kept = Event::new("42", "purchase").with_timestamp(7.into()).capture(&moment).unwrap();
        assert!(body(&kept).contains(r#""timestamp":7}"#));
    }

    #[test]
    fn what_the_api_would_drop_is_refused() {
        let long = "é".repeat(51);
        let large = json!({"text": "x".repeat(100_000)});
        for (error, expected) in [
            (refused_track(&Event::new("42", " ")), "the event's name is empty"),
            (refused_track(&Event::new("42", &long)), "the event's name has 102 bytes, and the limit is 100"),
            (refused_track(&Event::new("", "purchase")), "the person's id is empty"),
            (
                refused_track(&Event::new("42", "purchase").with_data(&large)),
                "the event's data has 100011 bytes, and the limit is 100000",
            ),
            (
                refused_track(&Event::new("42", "purchase").with_timestamp(1_700_000_000_000.into())),
                "the body cannot be sent: 1700000000000 is not a time in seconds; it can only be milliseconds",
            ),
            (
                refused_track(&Event::new("42", "purchase").with_data(&[1])),
                "the body cannot be sent: attributes and data must be an object, not a list",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
        let large = json!({"text": "x".repeat(99_989)});
        assert!(Event::new("42", "purchase").with_data(&large).body(&Limits::default()).is_ok());
    }
}
