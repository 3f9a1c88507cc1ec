//! `POST /api/v1/metrics`: what became of a message, with no credentials.
//!
//! <https://docs.customer.io/integrations/api/track/#operation/metrics>

use bytes::Bytes;
use http::{Method, Response};
use serde::Serialize;

use super::DELIVERY_ID;
use crate::{
    Body, BuildError, DecodeFailure, Limits, Operation, Path, Replay, Timestamp, Track, decode_nothing,
    macros::{opaque_debug, setters},
    path::check_identifier,
    path::route,
};

/// Reports what became of a message that something else than Customer.io and its SDKs delivered.
///
/// Each channel has metrics of its own, and its own things to say about them: what the API does not take for a channel
/// cannot be written.
///
/// ```
/// use customerio_core::track::{EmailMetric, Metric, PushMetric};
///
/// let bounced = Metric::email("RPILAgUBcRhIBqSf", EmailMetric::Bounced).with_reason("mailbox full");
/// let opened = Metric::push("RPILAgUBcRhIBqSf", PushMetric::Opened).with_timestamp(1_700_000_000.into());
/// # let _ = (bounced, opened);
/// ```
///
/// ```compile_fail,E0599
/// use customerio_core::track::{Metric, PushMetric};
///
/// let _ = Metric::push("RPILAgUBcRhIBqSf", PushMetric::Opened).with_href("https://example.com");
/// ```
///
/// The id of the delivery comes with the message, as `CIO-Delivery-ID`.
#[derive(Serialize)]
pub struct Metric<'a, M> {
    delivery_id: &'a str,
    #[serde(rename = "metric")]
    outcome: M,
    #[serde(flatten)]
    details: Details<'a>,
}

/// What can be said of a metric. The setters of each channel say which of it.
#[derive(Default, Serialize)]
struct Details<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient: Option<&'a str>,
    /// The recipient of an SMS is a number on the wire.
    #[serde(rename = "recipient", skip_serializing_if = "Option::is_none")]
    phone: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    href: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp: Option<Timestamp>,
}

impl<'a, M> Metric<'a, M> {
    fn new(delivery_id: &'a str, outcome: M) -> Self {
        Self { delivery_id, outcome, details: Details::default() }
    }

    setters! {
        /// When it took place; without it, when Customer.io gets it.
        with_timestamp, details.timestamp: Timestamp;
    }
}

impl<'a> Metric<'a, EmailMetric> {
    /// What became of an e-mail.
    #[must_use]
    pub fn email(delivery_id: &'a str, metric: EmailMetric) -> Self {
        Self::new(delivery_id, metric)
    }

    setters! {
        /// The e-mail address that it went to.
        with_recipient, details.recipient: &'a str;
        /// Why it failed.
        with_reason, details.reason: &'a str;
        /// The link that was clicked.
        with_href, details.href: &'a str;
    }
}

impl<'a> Metric<'a, InAppMetric> {
    /// What became of an in-app message.
    #[must_use]
    pub fn in_app(delivery_id: &'a str, metric: InAppMetric) -> Self {
        Self::new(delivery_id, metric)
    }

    setters! {
        /// The person whom it went to: their id or e-mail address, whichever in-app messages go by in the workspace.
        with_recipient, details.recipient: &'a str;
        /// The link that was clicked.
        with_href, details.href: &'a str;
    }
}

impl<'a> Metric<'a, PushMetric> {
    /// What became of a push notification.
    #[must_use]
    pub fn push(delivery_id: &'a str, metric: PushMetric) -> Self {
        Self::new(delivery_id, metric)
    }

    setters! {
        /// The token of the device that it went to.
        with_recipient, details.recipient: &'a str;
    }
}

impl<'a> Metric<'a, SlackMetric> {
    /// What became of a Slack message.
    #[must_use]
    pub fn slack(delivery_id: &'a str, metric: SlackMetric) -> Self {
        Self::new(delivery_id, metric)
    }

    setters! {
        /// The link that was clicked.
        with_href, details.href: &'a str;
    }
}

impl<'a> Metric<'a, SmsMetric> {
    /// What became of an SMS.
    #[must_use]
    pub fn sms(delivery_id: &'a str, metric: SmsMetric) -> Self {
        Self::new(delivery_id, metric)
    }

    setters! {
        /// The phone number that it went to, as the API wants it: a number, with the country's code and without a `+`.
        with_recipient, details.phone: u64;
        /// Why it failed.
        with_reason, details.reason: &'a str;
        /// The link that was clicked.
        with_href, details.href: &'a str;
    }
}

impl<'a> Metric<'a, WebhookMetric> {
    /// What became of a message that a webhook of a campaign had another service send.
    #[must_use]
    pub fn webhook(delivery_id: &'a str, metric: WebhookMetric) -> Self {
        Self::new(delivery_id, metric)
    }

    setters! {
        /// Why it failed.
        with_reason, details.reason: &'a str;
        /// The link that was clicked.
        with_href, details.href: &'a str;
    }
}

/// The enum of the metrics of a channel.
macro_rules! metrics {
    ($($(#[$meta:meta])* $name:ident: $($metric:ident)*;)*) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum $name {
            $(#[doc = meaning!($metric)] $metric,)*
        }
    )*};
}

macro_rules! meaning {
    (Bounced) => {
        "It was sent back, and another attempt would be too."
    };
    (Clicked) => {
        "A link in it was clicked."
    };
    (Converted) => {
        "It did what the campaign is for."
    };
    (Deferred) => {
        "It could not be delivered yet, and is tried again."
    };
    (Delivered) => {
        "It arrived."
    };
    (Dropped) => {
        "It was not sent on."
    };
    (Opened) => {
        "It was opened."
    };
    (Spammed) => {
        "It was reported as spam."
    };
}

metrics! {
    /// What can become of an e-mail.
    EmailMetric: Bounced Clicked Converted Deferred Delivered Dropped Opened Spammed;
    /// What can become of an in-app message.
    InAppMetric: Clicked Converted Opened;
    /// What can become of a push notification.
    PushMetric: Converted Delivered Opened;
    /// What can become of a Slack message.
    SlackMetric: Clicked Converted Delivered Opened;
    /// What can become of an SMS.
    SmsMetric: Bounced Clicked Delivered Opened;
    /// What can become of what a webhook sent.
    WebhookMetric: Bounced Clicked Converted Deferred Delivered Dropped Opened Spammed;
}

/// Refuses what cannot be the id of a delivery.
pub(super) fn check_delivery_id(delivery_id: &str) -> Result<(), BuildError> {
    check_identifier(DELIVERY_ID, delivery_id, usize::MAX)
}

impl<M: Serialize> Operation for Metric<'_, M> {
    type Api = Track;
    type Output = ();
    const NAME: &'static str = "track.metric";
    const AUTHENTICATED: bool = false;

    fn method(&self) -> Method {
        Method::POST
    }
    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        route!(path, "/api/v1/metrics");
        Ok(())
    }
    fn body(&self, _: &Limits) -> Result<Body, BuildError> {
        check_delivery_id(self.delivery_id)?;
        Body::json(self)
    }
    fn replay(&self) -> Replay {
        Replay::OnlyIfNotSent
    }
    fn decode(&self, response: &Response<Bytes>) -> Result<(), DecodeFailure> {
        decode_nothing(response)
    }
}

opaque_debug!([M] Metric<'_, M>);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{body, refused_track, wire_track};

    #[test]
    fn the_whole_request() {
        let metric = Metric::email("RPILAgUBcRhIBqSfeiIwdIYJKxTY", EmailMetric::Bounced)
            .with_recipient("ada@example.com")
            .with_reason("mailbox full")
            .with_href("https://example.com/a")
            .with_timestamp(1_700_000_000.into());
        assert_eq!(
            wire_track(&metric),
            "POST https://track.customer.io/api/v1/metrics\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             content-type: application/json\n\
             user-agent: customerio-rust/0.1.0\n\
             content-length: 173\n\
             \n\
             {\"delivery_id\":\"RPILAgUBcRhIBqSfeiIwdIYJKxTY\",\"metric\":\"bounced\",\
             \"recipient\":\"ada@example.com\",\"reason\":\"mailbox full\",\"href\":\"https://example.com/a\",\
             \"timestamp\":1700000000}"
        );
    }

    #[test]
    fn each_channel_says_what_it_can() {
        for (body, expected) in [
            (
                body(&Metric::in_app("R", InAppMetric::Clicked).with_recipient("42").with_href("https://x.org")),
                r#"{"delivery_id":"R","metric":"clicked","recipient":"42","href":"https://x.org"}"#,
            ),
            (
                body(&Metric::push("R", PushMetric::Delivered).with_recipient("token")),
                r#"{"delivery_id":"R","metric":"delivered","recipient":"token"}"#,
            ),
            (
                body(&Metric::slack("R", SlackMetric::Converted).with_href("https://x.org")),
                r#"{"delivery_id":"R","metric":"converted","href":"https://x.org"}"#,
            ),
            (
                body(
                    &Metric::sms("R", SmsMetric::Bounced)
                        .with_recipient(15_551_234_567)
                        .with_reason("no such number")
                        .with_href("https://x.org"),
                ),
                r#"{"delivery_id":"R","metric":"bounced","recipient":15551234567,"reason":"no such number","href":"https://x.org"}"#,
            ),
            (
                body(&Metric::webhook("R", WebhookMetric::Spammed).with_reason("spam").with_href("https://x.org")),
                r#"{"delivery_id":"R","metric":"spammed","reason":"spam","href":"https://x.org"}"#,
            ),
        ] {
            assert_eq!(body, expected);
        }
    }

    #[test]
    fn what_is_not_set_is_not_sent() {
        for (metric, name) in [
            (EmailMetric::Bounced, "bounced"),
            (EmailMetric::Clicked, "clicked"),
            (EmailMetric::Converted, "converted"),
            (EmailMetric::Deferred, "deferred"),
            (EmailMetric::Delivered, "delivered"),
            (EmailMetric::Dropped, "dropped"),
            (EmailMetric::Opened, "opened"),
            (EmailMetric::Spammed, "spammed"),
        ] {
            assert_eq!(body(&Metric::email("RPIL", metric)), format!(r#"{{"delivery_id":"RPIL","metric":"{name}"}}"#));
        }
    }

    #[test]
    fn a_delivery_must_be_named() {
        for (error, expected) in [
            (refused_track(&Metric::push("", PushMetric::Opened)), "the delivery's id is empty"),
            (
                refused_track(&Metric::push("R", PushMetric::Opened).with_timestamp(1_700_000_000_000.into())),
                "the body cannot be sent: 1700000000000 is not a time in seconds; it can only be milliseconds",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
