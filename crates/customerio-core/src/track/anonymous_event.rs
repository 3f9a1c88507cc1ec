//! `POST /api/v1/events`: what someone did, or saw, who is not known yet.
//!
//! Limits: a name of 100 bytes; data of 100,000 bytes. A person who gets the `anonymous_id` within 30 days gets the
//! event; within 72 hours it can trigger campaigns.
//! <https://docs.customer.io/integrations/api/track/#operation/trackAnonymous>

use bytes::Bytes;
use http::{Method, Response};
use serde::Serialize;

use super::event_body::{EventBody, EventType};
use crate::{
    Body, BuildError, DecodeFailure, EventId, Limits, Moment, Nothing, Operation, Path, Replay, Timestamp, Track,
    decode_nothing,
    macros::{opaque_debug, setters},
    path::route,
};

/// Records what a visitor did who is not known yet, or which page or screen they saw; or invites someone who is no
/// person of the workspace.
///
/// [`Identify::with_anonymous_id`](super::Identify::with_anonymous_id) gives the events of an anonymous id to a person,
/// if the workspace has event merging turned on.
///
/// [`Client`](crate::Client) gives an event that has none an id and the time of the call, and can then repeat it when
/// an answer is lost: Customer.io drops the second. Without a client, [`capture`](Operation::capture) does it.
///
/// ```
/// use customerio_core::track::AnonymousEvent;
/// use serde_json::json;
///
/// let data = json!({"video": "tour"});
/// let watched = AnonymousEvent::new("cookie", "watched_video").with_data(&data);
/// let view = AnonymousEvent::page("cookie", "https://example.com/pricing");
/// let invited = AnonymousEvent::invite("friend@example.com", "invited");
/// # let _ = (watched, view, invited);
/// ```
pub struct AnonymousEvent<'a, D: ?Sized = Nothing> {
    body: EventBody<'a, D>,
}

impl<'a> AnonymousEvent<'a> {
    /// Something that the visitor with this anonymous id, such as a cookie, did.
    #[must_use]
    pub fn new(anonymous_id: &'a str, name: &'a str) -> Self {
        Self::of(EventType::Event, anonymous_id, name)
    }

    /// A view of a web page, by its URL.
    #[must_use]
    pub fn page(anonymous_id: &'a str, url: &'a str) -> Self {
        Self::of(EventType::Page, anonymous_id, url)
    }

    /// A view of a screen of an app, by its name.
    #[must_use]
    pub fn screen(anonymous_id: &'a str, name: &'a str) -> Self {
        Self::of(EventType::Screen, anonymous_id, name)
    }

    /// An event that belongs to nobody: the e-mails that it triggers go to the address `recipient`, which is sent as
    /// `data.recipient`. No history of it is kept; where the workspace identifies people by e-mail address, the vendor
    /// would rather have the person added and invited as one.
    ///
    /// See <https://customer.io/docs/anonymous-invite-emails/>.
    #[must_use]
    pub fn invite(recipient: &'a str, name: &'a str) -> Self {
        let mut body: EventBody<'a, Nothing> = EventBody::new(EventType::Event, name);
        body.reserved.recipient = Some(recipient);
        Self { body }
    }

    fn of(kind: EventType, anonymous_id: &'a str, name: &'a str) -> Self {
        let mut body = EventBody::new(kind, name);
        body.anonymous_id = Some(anonymous_id);
        Self { body }
    }
}

impl<'a, D: ?Sized> AnonymousEvent<'a, D> {
    /// Data about the event, for use in messages: anything that serialises as an object, up to 100,000 bytes.
    #[must_use]
    pub fn with_data<E: Serialize + ?Sized>(self, data: &'a E) -> AnonymousEvent<'a, E> {
        AnonymousEvent { body: self.body.with_data(data) }
    }

    setters! {
        /// The id by which Customer.io recognises a repeat of this event.
        with_id, body.id: EventId;
        /// When it took place; without it, when Customer.io gets it.
        with_timestamp, body.timestamp: Timestamp;
        /// Who messages that the event triggers are from, instead of the sender of the campaign.
        with_from_address, body.reserved.from_address: &'a str;
        /// Where replies to messages that the event triggers go, instead of the address of the campaign.
        with_reply_to, body.reserved.reply_to: &'a str;
    }
}

impl<D: Serialize + ?Sized> Operation for AnonymousEvent<'_, D> {
    type Api = Track;
    type Output = ();
    const NAME: &'static str = "track.anonymous_event";

    fn method(&self) -> Method {
        Method::POST
    }
    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        route!(path, "/api/v1/events");
        Ok(())
    }
    fn body(&self, limits: &Limits) -> Result<Body, BuildError> {
        self.body.encode(limits)
    }
    fn replay(&self) -> Replay {
        self.body.replay()
    }
    fn capture(&self, moment: &Moment) -> Option<Self> {
        self.body.capture(moment).map(|body| Self { body })
    }
    fn decode(&self, response: &Response<Bytes>) -> Result<(), DecodeFailure> {
        decode_nothing(response)
    }
}

opaque_debug!([D: ?Sized] AnonymousEvent<'_, D>);

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use crate::testing::{body, refused_track, wire_track};

    #[test]
    fn the_whole_request() {
        let data = json!({"video": "tour"});
        let event = AnonymousEvent::new("cookie", "watched_video")
            .with_id("01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap())
            .with_timestamp(1_700_000_000.into())
            .with_from_address("from@example.com")
            .with_reply_to("reply@example.com")
            .with_data(&data);
        assert_eq!(
            wire_track(&event),
            "POST https://track.customer.io/api/v1/events\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             content-type: application/json\n\
             user-agent: customerio-rust/0.1.0\n\
             content-length: 209\n\
             \n\
             {\"name\":\"watched_video\",\"type\":\"event\",\"anonymous_id\":\"cookie\",\
             \"id\":\"01ARZ3NDEKTSV4RRFFQ69G5FAV\",\"timestamp\":1700000000,\
             \"data\":{\"from_address\":\"from@example.com\",\"reply_to\":\"reply@example.com\",\"video\":\"tour\"}}"
        );
    }

    #[test]
    fn each_kind_has_its_own_body() {
        for (event, expected) in [
            (AnonymousEvent::new("c", "visit"), r#"{"name":"visit","type":"event","anonymous_id":"c"}"#),
            (
                AnonymousEvent::page("c", "https://x.org/a"),
                r#"{"name":"https://x.org/a","type":"page","anonymous_id":"c"}"#,
            ),
            (AnonymousEvent::screen("c", "home"), r#"{"name":"home","type":"screen","anonymous_id":"c"}"#),
            (
                AnonymousEvent::invite("to@example.com", "invited"),
                r#"{"name":"invited","type":"event","data":{"recipient":"to@example.com"}}"#,
            ),
        ] {
            assert_eq!(body(&event), expected);
        }
        let data = json!({"host": "Ada"});
        assert_eq!(
            body(&AnonymousEvent::invite("to@example.com", "invited").with_reply_to("r@example.com").with_data(&data)),
            r#"{"name":"invited","type":"event","data":{"recipient":"to@example.com","reply_to":"r@example.com","host":"Ada"}}"#
        );
    }

    #[test]
    fn capture_gives_what_is_missing_and_makes_it_repeatable() {
        let moment =
            Moment { monotonic: Duration::ZERO, since_epoch: Duration::from_millis(1_700_000_000_999), random: 1 };
        let event = AnonymousEvent::new("cookie", "visit");
        assert_eq!(event.replay(), Replay::OnlyIfNotSent);
        let captured = event.capture(&moment).unwrap();
        assert_eq!(captured.replay(), Replay::Safe);
        assert_eq!(
            body(&captured),
            r#"{"name":"visit","type":"event","anonymous_id":"cookie","id":"01HF7YATZ70000000000000001","timestamp":1700000000}"#
        );
        assert!(captured.capture(&moment).is_none());
    }

    #[test]
    fn what_the_api_would_drop_is_refused() {
        let clash = json!({"recipient": "b@example.com"});
        for (error, expected) in [
            (refused_track(&AnonymousEvent::new("", "visit")), "the anonymous id is empty"),
            (refused_track(&AnonymousEvent::page(" ", "https://x.org")), "the anonymous id is empty"),
            (refused_track(&AnonymousEvent::new("cookie", "")), "the event's name is empty"),
            (refused_track(&AnonymousEvent::invite("", "invited")), "the recipient is empty"),
            (
                refused_track(&AnonymousEvent::invite("a@example.com", "invited").with_data(&clash)),
                "the body cannot be sent: `recipient` is given twice: by its setter and among the attributes or data",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
