//! `POST /api/v1/metrics`: report what happened to a message.

use http::Method;
use serde::Serialize;

use crate::{
    Body, BuildError, DeliveryId, Limits, Operation, OperationInfo, Timestamp, Track,
    macros::{opaque_debug, setters},
    path::Part,
    text::Text,
};

/// Reports what happened to a message that was not delivered by Customer.io or its SDKs, without credentials.
///
/// Each channel has a constructor here, an operation in the module [`metric`](self), and its own metrics, so a metric
/// that the API does not accept for a channel cannot be written. The id of the delivery comes with the message, as
/// `CIO-Delivery-ID`.
///
/// Limits: none of its own. <https://docs.customer.io/integrations/api/track/#operation/metrics>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, limits::Limits, track::{EmailMetric, Metric}};
///
/// let bounced =
///     Metric::email("RPILAgUBcRhIBqSf", EmailMetric::Bounced).with_reason("mailbox full");
/// let request = Prepared::new(bounced, &Limits::default())?;
/// assert_eq!(
///     request.body(),
///     r#"{"delivery_id":"RPILAgUBcRhIBqSf","metric":"bounced","reason":"mailbox full"}"#
/// );
/// # Ok::<(), customerio::BuildError>(())
/// ```
///
/// ```compile_fail,E0599
/// # use customerio_core::facade as customerio;
/// use customerio::track::{Metric, PushMetric};
///
/// let _ = Metric::push("RPILAgUBcRhIBqSf", PushMetric::Opened).with_href("https://example.com");
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Metric;

/// The body of a report. The setters of each channel say what of it the channel has.
#[derive(Clone, Serialize)]
struct Report<M> {
    delivery_id: DeliveryId,
    metric: M,
    recipient: Option<Text>,
    /// The recipient of an SMS is a number on the wire.
    #[serde(rename = "recipient")]
    phone: Option<u64>,
    reason: Option<Text>,
    href: Option<Text>,
    timestamp: Option<Timestamp>,
}

impl<M: Serialize> Report<M> {
    fn new(delivery_id: impl Into<DeliveryId>, metric: M) -> Self {
        Self {
            delivery_id: delivery_id.into(),
            metric,
            recipient: None,
            phone: None,
            reason: None,
            href: None,
            timestamp: None,
        }
    }

    fn encode(&self) -> Result<Body, BuildError> {
        Part::check(&self.delivery_id)?;
        Body::json(self)
    }
}

/// Makes of each channel its constructor, its operation with the setters that it has, and the enum of its metrics.
macro_rules! channels {
    ($(
        $what:literal $constructor:ident $operation:ident $name:literal;
        $metrics:ident: $($metric:ident)*;
        { $($setters:tt)* }
    )*) => {
        impl Metric {$(
            #[doc = concat!("What happened to ", $what, ".")]
            #[must_use]
            pub fn $constructor(delivery_id: impl Into<DeliveryId>, metric: $metrics) -> $operation {
                $operation { report: Report::new(delivery_id, metric) }
            }
        )*}

        $(
            #[doc = concat!("A report of what happened to ", $what, ": see [`Metric::", stringify!($constructor), "`].")]
            ///
            /// <https://docs.customer.io/integrations/api/track/#operation/metrics>
            #[derive(Clone)]
            pub struct $operation {
                report: Report<$metrics>,
            }

            impl $operation {
                setters! {
                    $($setters)*
                    /// When it took place. The default is when Customer.io receives it.
                    with_timestamp, report.timestamp: time;
                }
            }

            impl Operation for $operation {
                type Api = Track;
                type Output = ();
                const NAME: &'static str = concat!("track.metric.", $name);
                const METHOD: Method = Method::POST;
                const ROUTE: &'static str = "/api/v1/metrics";
                const AUTHENTICATED: bool = false;

                fn body(self, _: &Limits) -> Result<Body, BuildError> {
                    self.report.encode()
                }
            }

            opaque_debug!($operation);

            #[doc = concat!("What can happen to ", $what, ".")]
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
            #[serde(rename_all = "snake_case")]
            #[non_exhaustive]
            pub enum $metrics {
                $(#[doc = meaning!($metric)] $metric,)*
            }
        )*

        /// The operations of this module, one for each channel.
        ///
        /// | route | operation |
        /// | --- | --- |
        $(#[doc = concat!("| `POST /api/v1/metrics` | [`", stringify!($operation), "`] |")])*
        pub const OPERATIONS: &[OperationInfo] = &[$(OperationInfo::of::<$operation>()),*];
    };
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

channels! {
    "an e-mail" email EmailReport "email";
    EmailMetric: Bounced Clicked Converted Deferred Delivered Dropped Opened Spammed;
    {
        /// The e-mail address that it went to.
        with_recipient, report.recipient: text;
        /// Why it failed.
        with_reason, report.reason: text;
        /// The link that was clicked.
        with_href, report.href: text;
    }

    "an in-app message" in_app InAppReport "in_app";
    InAppMetric: Clicked Converted Opened;
    {
        /// The person whom it went to, by id or e-mail address, whichever in-app messages use in the workspace.
        with_recipient, report.recipient: text;
        /// The link that was clicked.
        with_href, report.href: text;
    }

    "a push notification" push PushReport "push";
    PushMetric: Converted Delivered Opened;
    {
        /// The token of the device that it went to.
        with_recipient, report.recipient: text;
    }

    "a Slack message" slack SlackReport "slack";
    SlackMetric: Clicked Converted Delivered Opened;
    {
        /// The link that was clicked.
        with_href, report.href: text;
    }

    "an SMS" sms SmsReport "sms";
    SmsMetric: Bounced Clicked Delivered Opened;
    {
        /// The phone number that it went to, as the API expects it: a number, with the country's code and without a
        /// `+`.
        with_recipient, report.phone: u64;
        /// Why it failed.
        with_reason, report.reason: text;
        /// The link that was clicked.
        with_href, report.href: text;
    }

    "a message that a webhook of a campaign had another service send" webhook WebhookReport "webhook";
    WebhookMetric: Bounced Clicked Converted Deferred Delivered Dropped Opened Spammed;
    {
        /// Why it failed.
        with_reason, report.reason: text;
        /// The link that was clicked.
        with_href, report.href: text;
    }
}

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
            .with_timestamp(1_700_000_000);
        assert_eq!(
            wire_track(metric),
            "POST https://track.customer.io/api/v1/metrics\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
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
                body(Metric::in_app("R", InAppMetric::Clicked).with_recipient("42").with_href("https://x.org")),
                r#"{"delivery_id":"R","metric":"clicked","recipient":"42","href":"https://x.org"}"#,
            ),
            (
                body(Metric::push("R", PushMetric::Delivered).with_recipient("token")),
                r#"{"delivery_id":"R","metric":"delivered","recipient":"token"}"#,
            ),
            (
                body(Metric::slack("R", SlackMetric::Converted).with_href("https://x.org")),
                r#"{"delivery_id":"R","metric":"converted","href":"https://x.org"}"#,
            ),
            (
                body(
                    Metric::sms("R", SmsMetric::Bounced)
                        .with_recipient(15_551_234_567)
                        .with_reason("no such number")
                        .with_href("https://x.org"),
                ),
                r#"{"delivery_id":"R","metric":"bounced","recipient":15551234567,"reason":"no such number","href":"https://x.org"}"#,
            ),
            (
                body(Metric::webhook("R", WebhookMetric::Spammed).with_reason("spam").with_href("https://x.org")),
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
            assert_eq!(body(Metric::email("RPIL", metric)), format!(r#"{{"delivery_id":"RPIL","metric":"{name}"}}"#));
        }
    }

    #[test]
    fn a_delivery_must_be_named() {
        for (error, expected) in [
            (refused_track(Metric::push("", PushMetric::Opened)), "the delivery's id is empty"),
            (
                refused_track(Metric::push("R", PushMetric::Opened).with_timestamp(1_700_000_000_000_i64)),
                "`timestamp` cannot be encoded: it is not a time in seconds; it can only be milliseconds",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
