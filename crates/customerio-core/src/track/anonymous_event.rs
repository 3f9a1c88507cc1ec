//! `POST /api/v1/events`: what an unknown visitor did or saw.

use http::Method;
use serde::Serialize;

use super::event_body::{EventBody, EventType};
use crate::{
    Body, BuildError, EventId, Limits, Moment, Operation, Replay, Track,
    macros::{opaque_debug, setters},
    text::Text,
};

/// Records what an unknown visitor did, or which page or screen they saw, or invites someone who is not a person in the
/// workspace.
///
/// [`Identify::with_anonymous_id`](super::Identify::with_anonymous_id) gives the events of an anonymous id to a person,
/// if the workspace has event merging turned on.
///
/// [`Client`](crate::Client) and [`Exchange`](crate::Exchange) give an event without an id one, and the time of the
/// call, and can then retry it after a lost response: Customer.io drops the second.
///
/// Send it with [`Client::call`](crate::Client::call), or with the short method `track_anonymous`.
///
/// Limits: a name of 100 bytes, except for a page, whose name is its URL; data of 100,000 bytes. A person who gets the
/// `anonymous_id` within 30 days gets the event; within 72 hours it can trigger campaigns.
/// <https://docs.customer.io/integrations/api/track/#operation/trackAnonymous>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, limits::Limits, track::AnonymousEvent};
/// use serde_json::json;
///
/// let watched =
///     AnonymousEvent::new("cookie", "watched_video").with_data(json!({"video": "tour"}));
/// let request = Prepared::new(watched, &Limits::default())?;
/// assert_eq!(
///     request.body(),
///     r#"{"name":"watched_video","type":"event","anonymous_id":"cookie","data":{"video":"tour"}}"#
/// );
///
/// let invited = AnonymousEvent::invite("friend@example.com", "invited");
/// assert_eq!(
///     Prepared::new(invited, &Limits::default())?.body(),
///     r#"{"name":"invited","type":"event","data":{"recipient":"friend@example.com"}}"#
/// );
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "track_anonymous")]
pub struct AnonymousEvent {
    body: EventBody,
}

impl AnonymousEvent {
    /// Creates an event of the visitor with this anonymous id, such as a cookie.
    #[must_use]
    pub fn new(anonymous_id: impl AsRef<str>, name: impl AsRef<str>) -> Self {
        Self::of(EventType::Event, anonymous_id, name)
    }

    /// Creates a view of a web page, by its URL, of any length.
    #[must_use]
    pub fn page(anonymous_id: impl AsRef<str>, url: impl AsRef<str>) -> Self {
        Self::of(EventType::Page, anonymous_id, url)
    }

    /// Creates a view of a screen of an app, by its name.
    #[must_use]
    pub fn screen(anonymous_id: impl AsRef<str>, name: impl AsRef<str>) -> Self {
        Self::of(EventType::Screen, anonymous_id, name)
    }

    /// Creates an event of no person: the e-mails that it triggers go to the address `recipient`, which is sent as
    /// `data.recipient`. No history of it is kept. If the workspace identifies people by e-mail address, the vendor
    /// recommends that you add the person and invite them instead.
    ///
    /// See <https://customer.io/docs/anonymous-invite-emails/>.
    #[must_use]
    pub fn invite(recipient: impl AsRef<str>, name: impl AsRef<str>) -> Self {
        let mut body: EventBody = EventBody::new(EventType::Event, name);
        body.reserved.recipient = Some(Text::new(recipient));
        Self { body }
    }

    fn of(kind: EventType, anonymous_id: impl AsRef<str>, name: impl AsRef<str>) -> Self {
        let mut body = EventBody::new(kind, name);
        body.anonymous_id = Some(Text::new(anonymous_id));
        Self { body }
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
        /// Sets the sender of messages that the event triggers, instead of the campaign's.
        with_from_address, body.reserved.from_address: text;
        /// Sets the address for replies to messages that the event triggers, instead of the campaign's.
        with_reply_to, body.reserved.reply_to: text;
    }
}

impl Operation for AnonymousEvent {
    type Api = Track;
    type Output = ();
    const NAME: &'static str = "track.anonymous_event";
    const METHOD: Method = Method::POST;
    const ROUTE: &'static str = "/api/v1/events";

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

opaque_debug!(AnonymousEvent);

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
            .with_timestamp(1_700_000_000)
            .with_from_address("from@example.com")
            .with_reply_to("reply@example.com")
            .with_data(data);
        assert_eq!(
            wire_track(event),
            "POST https://track.customer.io/api/v1/events\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
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
            assert_eq!(body(event), expected);
        }
        let data = json!({"host": "Ada"});
        assert_eq!(
            body(AnonymousEvent::invite("to@example.com", "invited").with_reply_to("r@example.com").with_data(data)),
            r#"{"name":"invited","type":"event","data":{"recipient":"to@example.com","reply_to":"r@example.com","host":"Ada"}}"#
        );
    }

    #[test]
    fn a_page_is_named_by_its_url_however_long_it_is() {
        let url = format!("https://x.org/?utm_campaign={}", "x".repeat(2_000));
        let expected = format!(r#"{{"name":"{url}","type":"page","anonymous_id":"c"}}"#);
        assert_eq!(body(AnonymousEvent::page("c", url)), expected);
    }

    #[test]
    fn a_stamp_gives_what_is_missing_and_makes_it_repeatable() {
        let moment =
            Moment { monotonic: Duration::ZERO, since_epoch: Duration::from_millis(1_700_000_000_999), random: 1 };
        let mut event = AnonymousEvent::new("cookie", "visit");
        assert_eq!(event.replay(), Replay::OnlyIfNotSent);
        event.stamp(&moment);
        assert_eq!(event.replay(), Replay::Safe);
        let stamped = r#"{"name":"visit","type":"event","anonymous_id":"cookie","id":"01HF7YATZ70000000000000001","timestamp":1700000000}"#;
        assert_eq!(body(event.clone()), stamped);
        event.stamp(&Moment { random: 2, ..moment });
        assert_eq!(body(event), stamped, "what is there stays");
    }

    #[test]
    fn what_the_api_would_drop_is_refused() {
        let clash = json!({"recipient": "b@example.com"});
        for (error, expected) in [
            (refused_track(AnonymousEvent::new("", "visit")), "the anonymous id is empty"),
            (
                refused_track(AnonymousEvent::page(" ", "https://x.org")),
                "the anonymous id has only whitespace or invisible characters",
            ),
            (refused_track(AnonymousEvent::new("cookie", "")), "the event's name is empty"),
            (
                refused_track(AnonymousEvent::screen("cookie", "x".repeat(101))),
                "the event's name has 101 bytes, and the limit is 100",
            ),
            (refused_track(AnonymousEvent::invite("", "invited")), "the recipient is empty"),
            (
                refused_track(AnonymousEvent::invite("a@example.com", "invited").with_data(clash)),
                "`recipient` is set both by a setter and in the attributes",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
