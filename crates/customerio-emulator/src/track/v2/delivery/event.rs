//! `delivery` / `event`: what happened to a message.

use serde_json::Value;

use crate::{
    call::{Call, Handler::Infallible},
    contract::shape::{Need::Must, Shape},
    store::record::Metric,
    track::v2::action::{ACTION_NAME, Action, TYPE},
};

pub(crate) const ACTION: Action = Action::delivery("event", BODY, Infallible(event));

const BODY: Shape = Shape::Object(&[
    TYPE,
    ACTION_NAME,
    ("identifiers", Must, Shape::Object(&[("id", Must, Shape::Filled)])),
    ("name", Must, Shape::OneOf(&["opened", "converted", "delivered"])),
    ("attributes", Must, Shape::Object(&[("device_token", Must, Shape::Filled)])),
]);

fn event(call: &mut Call<'_>) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (delivery_id, metric) = (text(&call.body["identifiers"]["id"]), text(&call.body["name"]));
    let timestamp = call.now().into();
    call.state.metrics.push(Metric { delivery_id: delivery_id.into(), metric, timestamp, body: call.body.take() });
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{ENTITY_LINE, NOW, accept, call, emulator};

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
