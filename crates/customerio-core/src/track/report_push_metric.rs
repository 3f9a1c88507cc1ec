//! `POST /api/v1/push/events`: report what happened to a push notification. Deprecated by the vendor.

use http::Method;

use super::PushMetric;
use crate::{
    Body, BuildError, DeliveryId, Limits, Operation, Timestamp, Track, device,
    json::Writer,
    macros::{opaque_debug, setters},
    path::Part,
    text::Text,
};

/// Reports what happened to a push notification, without credentials.
///
/// The vendor has deprecated this route, which still works: use [`Metric::push`](super::Metric::push).
///
/// Send it with [`Client::call`](crate::Client::call).
///
/// Limits: none of its own. <https://docs.customer.io/integrations/api/track/#operation/pushMetrics>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, limits::Limits, track::{PushMetric, ReportPushMetric}};
///
/// let opened = ReportPushMetric::new("RPILAgUBcRhIBqSf", PushMetric::Opened, "device-token");
/// let request = Prepared::new(opened, &Limits::default())?;
/// assert_eq!(
///     request.body(),
///     r#"{"delivery_id":"RPILAgUBcRhIBqSf","event":"opened","device_id":"device-token"}"#
/// );
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
pub struct ReportPushMetric {
    delivery_id: DeliveryId,
    event: PushMetric,
    token: Text,
    timestamp: Option<Timestamp>,
}

impl ReportPushMetric {
    /// Creates a report of what the device with the token `token` did with a notification. The notification has both:
    /// the id as `CIO-Delivery-ID`, the token as `CIO-Delivery-Token`.
    #[must_use]
    pub fn new(delivery_id: impl Into<DeliveryId>, event: PushMetric, token: impl AsRef<str>) -> Self {
        Self { delivery_id: delivery_id.into(), event, token: Text::new(token), timestamp: None }
    }

    setters! {
        /// When it took place. The default is when Customer.io receives it.
        with_timestamp, timestamp: time;
    }
}

impl Operation for ReportPushMetric {
    type Api = Track;
    type Output = ();
    const NAME: &'static str = "track.report_push_metric";
    const METHOD: Method = Method::POST;
    const ROUTE: &'static str = "/api/v1/push/events";
    const AUTHENTICATED: bool = false;

    fn body(self, _: &Limits) -> Result<Body, BuildError> {
        Part::check(&self.delivery_id)?;
        device::check_token(&self.token)?;
        let mut body = Writer::new();
        body.field("delivery_id", &self.delivery_id)?;
        body.field("event", &self.event)?;
        body.field("device_id", &self.token)?;
        body.optional("timestamp", &self.timestamp)?;
        Ok(Body::encoded(body.merge()))
    }
}

opaque_debug!(ReportPushMetric);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{body, refused_track, wire_track};

    #[test]
    fn the_whole_request() {
        assert_eq!(
            wire_track(ReportPushMetric::new("RPIL", PushMetric::Opened, "token").with_timestamp(1_700_000_000)),
            "POST https://track.customer.io/api/v1/push/events\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 82\n\
             \n\
             {\"delivery_id\":\"RPIL\",\"event\":\"opened\",\"device_id\":\"token\",\"timestamp\":1700000000}"
        );
    }

    #[test]
    fn what_is_not_set_is_not_sent() {
        assert_eq!(
            body(ReportPushMetric::new("RPIL", PushMetric::Converted, "token")),
            r#"{"delivery_id":"RPIL","event":"converted","device_id":"token"}"#
        );
    }

    #[test]
    fn both_must_be_named() {
        for (error, expected) in [
            (refused_track(ReportPushMetric::new("", PushMetric::Opened, "token")), "the delivery's id is empty"),
            (refused_track(ReportPushMetric::new("RPIL", PushMetric::Opened, "")), "the device's token is empty"),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
