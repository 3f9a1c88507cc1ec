//! `POST /api/v1/customers/{identifier}/events`: what a person did, or saw.

use http::Method;
use serde::Serialize;

use super::event_body::{EventBody, EventType};
use crate::{
    Body, BuildError, EventId, Limits, Moment, Operation, Path, PersonId, Replay, Track,
    macros::{opaque_debug, setters},
};

/// Records what a person did, or which page or screen they saw.
///
/// [`Client`](crate::Client) and [`Exchange`](crate::Exchange) give an event without an id one, and the time of the
/// call, and can then retry it after a lost response: Customer.io drops the second.
///
/// Send it with [`Client::call`](crate::Client::call), or with the short methods `track`, `page` and `screen`.
///
/// Limits: a name of 100 bytes, except for a page, whose name is its URL; data of 100,000 bytes. Events of the last 72
/// hours can trigger campaigns.
/// <https://docs.customer.io/integrations/api/track/#operation/track>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, limits::Limits, track::Event};
/// use serde_json::json;
///
/// let purchase =
///     Event::new("42", "purchase").with_data(json!({"price": 23.45, "product": "socks"}));
/// let request = Prepared::new(purchase, &Limits::default())?;
/// assert_eq!(
///     request.body(),
///     r#"{"name":"purchase","type":"event","data":{"price":23.45,"product":"socks"}}"#
/// );
///
/// let view = Event::page("42", "https://example.com/pricing");
/// assert_eq!(Prepared::new(view, &Limits::default())?.path(), "/api/v1/customers/42/events");
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

    /// Creates a view of a web page, by its URL, of any length.
    #[must_use]
    pub fn page(person: impl Into<PersonId>, url: impl AsRef<str>) -> Self {
        Self { person: person.into(), body: EventBody::new(EventType::Page, url) }
    }

    /// Creates a view of a screen of an app, by its name.
    #[must_use]
    pub fn screen(person: impl Into<PersonId>, name: impl AsRef<str>) -> Self {
        Self { person: person.into(), body: EventBody::new(EventType::Screen, name) }
    }

    /// Data about the event, for use in messages: anything that serialises as an object, up to 100,000 bytes. It is
    /// encoded here; what cannot be encoded is an error when the request is built.
    #[must_use]
    #[doc(alias = "with_attributes")]
    #[doc(alias = "with_properties")]
    pub fn with_data(mut self, data: impl Serialize) -> Self {
        self.body.set_data("the data", &data);
        self
    }

    setters! {
        /// The id by which Customer.io recognises a retry of this event.
        with_id, body.id: EventId;
        /// When it took place. The default is when Customer.io receives it.
        with_timestamp, body.timestamp: time;
        /// The id that the visitor had before they were known.
        with_anonymous_id, body.anonymous_id: text;
        /// Sets the recipient of messages that the event triggers, instead of the campaign's.
        with_recipient, body.reserved.recipient: text;
        /// Sets the sender of messages that the event triggers, instead of the campaign's.
        with_from_address, body.reserved.from_address: text;
        /// Sets the address for replies to messages that the event triggers, instead of the campaign's.
        with_reply_to, body.reserved.reply_to: text;
    }
}

impl Operation for Event {
    type Api = Track;
    type Output = ();
    const NAME: &'static str = "track.event";
    const METHOD: Method = Method::POST;
    const ROUTE: &'static str = "/api/v1/customers/{identifier}/events";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.person.write(path)
    }
    fn body(mut self, limits: &Limits) -> Result<Body, BuildError> {
        self.body.encode(limits)
    }
    fn replay(&self) -> Replay {
        self.body.replay()
    }
    fn stamp(&mut self, moment: &Moment) {
        self.body.stamp(moment);
    }
}

opaque_debug!(Event);

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
            .with_timestamp(1_700_000_000)
            .with_recipient("to@example.com")
            .with_from_address("from@example.com")
            .with_reply_to("reply@example.com")
            .with_data(data);
        assert_eq!(
            wire_track(event),
            "POST https://track.customer.io/api/v1/customers/42/events\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 226\n\
             \n\
             {\"name\":\"purchase\",\"type\":\"event\",\"id\":\"01ARZ3NDEKTSV4RRFFQ69G5FAV\",\"timestamp\":1700000000,\
             \"data\":{\"recipient\":\"to@example.com\",\"from_address\":\"from@example.com\",\
             \"reply_to\":\"reply@example.com\",\"price\":23.45,\"product\":\"socks\"}}"
        );
    }

    #[test]
    fn views_have_their_own_type() {
        assert_eq!(body(Event::page("42", "https://x.org/a")), r#"{"name":"https://x.org/a","type":"page"}"#);
        assert_eq!(
            body(Event::screen("42", "home").with_anonymous_id("cookie")),
            r#"{"name":"home","type":"screen","anonymous_id":"cookie"}"#
        );
    }

    #[test]
    fn what_becomes_a_header_of_an_email_is_one_line() {
        let (event, text) = (|| Event::new("42", "purchase"), "a@x.org\r\nBcc: evil@x.org");
        for (event, what) in [
            (event().with_recipient(text), "the recipient"),
            (event().with_from_address(text), "`from_address`"),
            (event().with_reply_to(text), "`reply_to`"),
        ] {
            let expected = format!("{what} is not valid: it has a line break or another control character at byte 7");
            assert_eq!(refused_track(event).to_string(), expected);
        }
    }

    #[test]
    fn a_page_is_named_by_its_url_however_long_it_is() {
        let url = format!("https://x.org/?utm_campaign={}", "x".repeat(2_000));
        assert_eq!(body(Event::page("42", &url)), format!(r#"{{"name":"{url}","type":"page"}}"#));
        let data = json!({"text": "x".repeat(100_000)});
        let error = refused_track(Event::page("42", &url).with_data(&data));
        assert_eq!(error.to_string(), "the event's data has 100011 bytes, and the limit is 100000");
    }

    #[test]
    fn a_stamp_gives_what_is_missing_and_makes_it_repeatable() {
        let moment =
            Moment { monotonic: Duration::ZERO, since_epoch: Duration::from_millis(1_700_000_000_999), random: 1 };
        let mut event = Event::new("42", "purchase");
        assert_eq!(event.replay(), Replay::OnlyIfNotSent);
        event.stamp(&moment);
        assert_eq!(event.replay(), Replay::Safe);
        let stamped = r#"{"name":"purchase","type":"event","id":"01HF7YATZ70000000000000001","timestamp":1700000000}"#;
        assert_eq!(body(event.clone()), stamped);
        event.stamp(&Moment { random: 2, ..moment });
        assert_eq!(body(event), stamped, "what is there stays");

        let mut kept = Event::new("42", "purchase").with_timestamp(7);
        kept.stamp(&moment);
        assert!(body(kept).contains(r#""timestamp":7}"#));
    }

    #[test]
    fn what_the_api_would_drop_is_refused() {
        let long = "é".repeat(51);
        let large = json!({"text": "x".repeat(100_000)});
        for (error, expected) in [
            (refused_track(Event::new("42", " ")), "the event's name has only whitespace or invisible characters"),
            (refused_track(Event::new("42", &long)), "the event's name has 102 bytes, and the limit is 100"),
            (refused_track(Event::screen("42", &long)), "the event's name has 102 bytes, and the limit is 100"),
            (refused_track(Event::new("", "purchase")), "the person's id is empty"),
            (
                refused_track(Event::new("42", "purchase").with_data(&large)),
                "the event's data has 100011 bytes, and the limit is 100000",
            ),
            (
                refused_track(Event::new("42", "purchase").with_timestamp(1_700_000_000_000_i64)),
                "`timestamp` cannot be encoded: it is not a time in seconds; it can only be milliseconds",
            ),
            (refused_track(Event::new("42", "purchase").with_data([1])), "the data must be an object, not a list"),
        ] {
            assert_eq!(error.to_string(), expected);
        }
        let large = json!({"text": "x".repeat(99_989)});
        assert!(Event::new("42", "purchase").with_data(&large).body(&Limits::default()).is_ok());
    }
}
