//! `POST /api/v1/push/events`: what became of a push notification, with no credentials. Deprecated by the vendor.
//!
//! <https://docs.customer.io/integrations/api/track/#operation/pushMetrics>

use bytes::Bytes;
use http::{Method, Response};
use serde::Serialize;

use super::{PushMetric, metric::check_delivery_id};
use crate::{
    Body, BuildError, DecodeFailure, Limits, Operation, Path, Replay, Timestamp, Track, decode_nothing, device,
    macros::{opaque_debug, setters},
    path::route,
};

/// Reports what became of a push notification.
///
/// The vendor has deprecated this route, which still works: use [`Metric::push`](super::Metric::push).
#[derive(Serialize)]
pub struct ReportPushMetric<'a> {
    delivery_id: &'a str,
    event: PushMetric,
    device_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp: Option<Timestamp>,
}

impl<'a> ReportPushMetric<'a> {
    /// What the device with the token `token` did with a notification. The notification brings both: the id as
    /// `CIO-Delivery-ID`, the token as `CIO-Delivery-Token`.
    #[must_use]
    pub fn new(delivery_id: &'a str, event: PushMetric, token: &'a str) -> Self {
        Self { delivery_id, event, device_id: token, timestamp: None }
    }

    setters! {
        /// When it took place.
        with_timestamp, timestamp: Timestamp;
    }
}

impl Operation for ReportPushMetric<'_> {
    type Api = Track;
    type Output = ();
    const NAME: &'static str = "track.report_push_metric";
    const AUTHENTICATED: bool = false;

    fn method(&self) -> Method {
        Method::POST
    }
    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        route!(path, "/api/v1/push/events");
        Ok(())
    }
    fn body(&self, _: &Limits) -> Result<Body, BuildError> {
        check_delivery_id(self.delivery_id)?;
        device::check_token(self.device_id)?;
        Body::json(self)
    }
    fn replay(&self) -> Replay {
        Replay::OnlyIfNotSent
    }
    fn decode(&self, response: &Response<Bytes>) -> Result<(), DecodeFailure> {
        decode_nothing(response)
    }
}

opaque_debug!(ReportPushMetric<'_>);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{body, refused_track, wire_track};

    #[test]
    fn the_whole_request() {
        assert_eq!(
            wire_track(
                &ReportPushMetric::new("RPIL", PushMetric::Opened, "token").with_timestamp(1_700_000_000.into())
            ),
            "POST https://track.customer.io/api/v1/push/events\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             content-type: application/json\n\
             user-agent: customerio-rust/0.1.0\n\
             content-length: 82\n\
             \n\
             {\"delivery_id\":\"RPIL\",\"event\":\"opened\",\"device_id\":\"token\",\"timestamp\":1700000000}"
        );
    }

    #[test]
    fn what_is_not_set_is_not_sent() {
        assert_eq!(
            body(&ReportPushMetric::new("RPIL", PushMetric::Converted, "token")),
            r#"{"delivery_id":"RPIL","event":"converted","device_id":"token"}"#
        );
    }

    #[test]
    fn both_must_be_named() {
        for (error, expected) in [
            (refused_track(&ReportPushMetric::new("", PushMetric::Opened, "token")), "the delivery's id is empty"),
            (refused_track(&ReportPushMetric::new("RPIL", PushMetric::Opened, "")), "the device's token is empty"),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
