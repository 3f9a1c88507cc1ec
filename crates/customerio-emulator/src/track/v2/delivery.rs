//! Deliveries: what `type` `delivery` takes, which is what became of a message.

use serde_json::Value;

use crate::{
    call::Call,
    contract::shape::{Need::Must, Shape},
    server::answer::Refusal,
    store::record::Metric,
};

pub(super) const EVENT: Shape = Shape::Object(&[
    ("type", Must, Shape::Any),
    ("action", Must, Shape::Any),
    ("identifiers", Must, Shape::Object(&[("id", Must, Shape::Filled)])),
    ("name", Must, Shape::OneOf(&["opened", "converted", "delivered"])),
    ("attributes", Must, Shape::Object(&[("device_token", Must, Shape::Filled)])),
]);

#[expect(clippy::unnecessary_wraps, reason = "it is called like those that can fail")]
pub(super) fn event(call: &mut Call<'_>) -> Result<(), Refusal> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (delivery_id, metric) = (text(&call.body["identifiers"]["id"]), text(&call.body["name"]));
    let timestamp = call.now().into();
    call.state.metrics.push(Metric { delivery_id, metric, timestamp, body: call.body.take() }, call.bytes);
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{
        testing::{NOW, accept, call, emulator},
        track::v2::tests::ENTITY_LINE,
    };

    #[test]
    fn a_report_is_kept() {
        let emulator = emulator();
        let report = json!({
            "type": "delivery", "action": "event", "identifiers": {"id": "RPIL"}, "name": "opened",
            "attributes": {"device_token": "t"},
        });
        accept(&emulator, ENTITY_LINE, &report);
        let metric = &emulator.metrics()[0];
        assert_eq!((metric.delivery_id.as_str(), metric.metric.as_str()), ("RPIL", "opened"));
        assert_eq!((metric.timestamp, &metric.body), (NOW.into(), &report));
        for (path, value, message) in [
            ("identifiers", json!({}), "identifiers.id is missing"),
            ("name", json!("clicked"), "name must be one of opened, converted, delivered"),
            ("attributes", json!({}), "attributes.device_token is missing"),
            ("timestamp", json!(5), "timestamp is not a field of this call"),
        ] {
            let mut report = report.clone();
            report[path] = value;
            let (status, body) = call(&emulator, ENTITY_LINE, &report);
            assert_eq!((status, body["errors"][0]["message"].as_str()), (400, Some(message)));
        }
        assert_eq!(emulator.metrics().len(), 1);
    }
}
