//! `delivery` / `event`: report that a device got a message, or that a person opened it.

use serde::Serialize;

use crate::{
    BuildError, DeliveryId, Limits,
    device::check_token,
    json::Writer,
    path::Part,
    text::Text,
    track::{
        PushMetric,
        v2::entity::{begin, entity},
    },
};

/// Reports that a push notification, or another message that cannot report it itself, was delivered to a device, was
/// opened there, or led to a conversion.
///
/// Unlike a [`Metric`](crate::track::Metric) it needs credentials, can go in a batch, and has no timestamp.
///
/// Send it with [`Client::call`](crate::Client::call); many of them with [`Client::send_all`](crate::Client::send_all).
///
/// Limits: 32 KB. <https://docs.customer.io/integrations/api/track/#operation/entity>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{
///     Prepared, limits::Limits, retry::Replay, track::{PushMetric, v2::delivery::Event},
/// };
///
/// let opened = Event::new("RPILAgUBcRhIBqSf", PushMetric::Opened, "device-token");
/// let request = Prepared::new(opened, &Limits::default())?;
/// assert_eq!((request.path(), request.replay()), ("/api/v2/entity", Replay::OnlyIfNotSent));
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "metric")]
pub struct Event {
    delivery: DeliveryId,
    metric: PushMetric,
    device_token: Text,
}

impl Event {
    /// Creates a report of this metric, for this delivery on the device with this token. The id of the delivery comes
    /// with the message, as `CIO-Delivery-ID`.
    #[must_use]
    pub fn new(delivery: impl Into<DeliveryId>, metric: PushMetric, device_token: impl AsRef<str>) -> Self {
        Self { delivery: delivery.into(), metric, device_token: Text::new(device_token) }
    }

    fn encode(self, _: &Limits) -> Result<Vec<u8>, BuildError> {
        Part::check(&self.delivery)?;
        check_token(&self.device_token)?;
        let mut call = Writer::new();
        begin(&mut call, "delivery", "event", &Identifiers { id: self.delivery })?;
        call.field("name", &self.metric)?;
        call.field("attributes", &Attributes { device_token: self.device_token })?;
        Ok(call.merge())
    }
}

#[derive(Serialize)]
struct Identifiers {
    id: DeliveryId,
}

#[derive(Serialize)]
struct Attributes {
    device_token: Text,
}

// Nothing in it tells Customer.io a retry from a second event.
entity!(Event, "track.v2.delivery.event", OnlyIfNotSent);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Operation as _, Replay,
        testing::{body, refused_track, wire_track},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(
            wire_track(Event::new("RPILAgUBcRhIBqSf", PushMetric::Opened, "token")),
            "POST https://track.customer.io/api/v2/entity\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
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
                body(Event::new("R", metric, "token")),
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
            (refused_track(Event::new("", PushMetric::Opened, "token")), "the delivery's id is empty"),
            (refused_track(Event::new("R", PushMetric::Opened, "")), "the device's token is empty"),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
