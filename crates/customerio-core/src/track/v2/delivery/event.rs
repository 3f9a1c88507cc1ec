//! `delivery` / `event`: what became of a message on a device.
//!
//! <https://docs.customer.io/integrations/api/track/#operation/entity>

use serde::{Serialize, Serializer};

use crate::{
    BuildError, Limits, Replay,
    device::check_token,
    json::Fields,
    macros::opaque_debug,
    track::{
        PushMetric,
        metric::check_delivery_id,
        v2::entity::{begin, entity},
    },
};

/// Reports what became of a push notification, or of another message that cannot report it itself, on a device.
///
/// Unlike a [`Metric`](crate::track::Metric) it needs credentials, can go in a batch, and has no timestamp.
///
/// ```
/// use customerio_core::track::{PushMetric, v2::delivery::Event};
///
/// let opened = Event::new("RPILAgUBcRhIBqSf", PushMetric::Opened, "device-token");
/// # let _ = opened;
/// ```
pub struct Event<'a> {
    identifiers: Delivery<'a>,
    metric: PushMetric,
    attributes: Attributes<'a>,
}

#[derive(Serialize)]
struct Delivery<'a> {
    id: &'a str,
}

#[derive(Serialize)]
struct Attributes<'a> {
    device_token: &'a str,
}

impl<'a> Event<'a> {
    /// What became of this delivery on the device with this token. The id of the delivery comes with the message, as
    /// `CIO-Delivery-ID`.
    #[must_use]
    pub const fn new(delivery_id: &'a str, metric: PushMetric, device_token: &'a str) -> Self {
        Self { identifiers: Delivery { id: delivery_id }, metric, attributes: Attributes { device_token } }
    }

    fn check(&self, _: &Limits) -> Result<(), BuildError> {
        check_delivery_id(self.identifiers.id)?;
        check_token(self.attributes.device_token)
    }

    #[expect(clippy::unused_self, reason = "for other calls it depends on the value")]
    fn replay(&self) -> Replay {
        // Nothing in it tells Customer.io a repeat from a second event.
        Replay::OnlyIfNotSent
    }
}

impl Serialize for Event<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = Fields::new(serializer)?;
        begin(&mut fields, "delivery", "event", &self.identifiers)?;
        fields.field("name", &self.metric)?;
        fields.field("attributes", &self.attributes)?;
        fields.end()
    }
}

entity!([] Event<'_>, "track.v2.delivery.event");
opaque_debug!(Event<'_>);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{body, refused_track, wire_track};

    #[test]
    fn the_whole_request() {
        assert_eq!(
            wire_track(&Event::new("RPILAgUBcRhIBqSf", PushMetric::Opened, "token")),
            "POST https://track.customer.io/api/v2/entity\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             content-type: application/json\n\
             user-agent: customerio-rust/0.1.0\n\
             content-length: 130\n\
             \n\
             {\"type\":\"delivery\",\"identifiers\":{\"id\":\"RPILAgUBcRhIBqSf\"},\"action\":\"event\",\"name\":\"opened\",\
             \"attributes\":{\"device_token\":\"token\"}}"
        );
    }

    #[test]
    fn each_metric_has_its_name() {
        for (metric, name) in
            [(PushMetric::Converted, "converted"), (PushMetric::Delivered, "delivered"), (PushMetric::Opened, "opened")]
        {
            assert_eq!(
                body(&Event::new("R", metric, "token")),
                format!(
                    r#"{{"type":"delivery","identifiers":{{"id":"R"}},"action":"event","name":"{name}","attributes":{{"device_token":"token"}}}}"#
                )
            );
        }
    }

    #[test]
    fn it_is_not_done_twice() {
        assert_eq!(Event::new("R", PushMetric::Opened, "token").replay(), Replay::OnlyIfNotSent);
    }

    #[test]
    fn both_must_be_named() {
        for (error, expected) in [
            (refused_track(&Event::new("", PushMetric::Opened, "token")), "the delivery's id is empty"),
            (refused_track(&Event::new("R", PushMetric::Opened, "")), "the device's token is empty"),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
