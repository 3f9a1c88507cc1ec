//! `Report Delivery Event` and `Report Content Event`: what happened to a message or of content.

use customerio_core::Timestamp;
use serde_json::{Map, Value};

use crate::{
    call::{Call, Handler::Infallible},
    contract::shape::{
        Need::{May, Must},
        Shape,
    },
    pipelines::{
        common::{COMMON, CONTEXT, timestamp},
        semantic::event::{ANY_PERSON, EVENT, SemanticEvent},
        user_identity::VISITOR,
    },
    store::record::Metric,
};

pub(crate) const DELIVERY_EVENT: SemanticEvent =
    SemanticEvent { name: "Report Delivery Event", shape: OF_A_DELIVERY, handler: Infallible(report_delivery) };

pub(crate) const CONTENT_EVENT: SemanticEvent =
    SemanticEvent { name: "Report Content Event", shape: OF_CONTENT, handler: Infallible(report_content) };

const OF_A_DELIVERY: Shape = Shape::Joined(&[
    COMMON,
    &[
        EVENT,
        ANY_PERSON,
        VISITOR,
        CONTEXT,
        (
            "properties",
            Must,
            Shape::Object(&[
                ("deliveryId", Must, Shape::Filled),
                ("metric", Must, Shape::OneOf(&["delivered", "clicked", "converted", "opened"])),
                ("recipient", May, Shape::Text),
                ("reason", May, Shape::Text),
                ("actionValue", May, Shape::Text),
                ("href", May, Shape::Text),
            ]),
        ),
    ],
]);

/// The contract calls one field `actionType` and requires it as `activityType`: either works.
const OF_CONTENT: Shape = Shape::Joined(&[
    COMMON,
    &[
        EVENT,
        ANY_PERSON,
        VISITOR,
        CONTEXT,
        (
            "properties",
            Must,
            Shape::Also(
                &Shape::Object(&[
                    ("actionType", May, CONTENT_ACTION),
                    ("activityType", May, CONTENT_ACTION),
                    ("contentId", May, Shape::Natural),
                    ("templateId", May, Shape::Natural),
                ]),
                |properties| {
                    let said = properties.contains_key("actionType") || properties.contains_key("activityType");
                    if said { Ok(()) } else { Err("must have actionType or activityType") }
                },
            ),
        ),
    ],
]);

const CONTENT_ACTION: Shape = Shape::OneOf(&["viewed_content", "clicked_content"]);

fn report_delivery(call: &mut Call<'_>) {
    report(call, "deliveryId", &["metric"]);
}

fn report_content(call: &mut Call<'_>) {
    report(call, "", &["actionType", "activityType"]);
}

/// Keeps a report about the message in the property `delivery`, of what is in the first of `metrics`.
fn report(call: &mut Call<'_>, delivery: &str, metrics: &[&str]) {
    let none = Map::new();
    let properties = call.body["properties"].as_object().unwrap_or(&none);
    let text = |name: &str| properties.get(name).and_then(Value::as_str).map(str::to_owned);
    let delivery_id = text(delivery).unwrap_or_default();
    let metric = metrics.iter().find_map(|name| text(name)).unwrap_or_default();
    let timestamp = Timestamp::from(timestamp(call));
    call.state.metrics.push(Metric { delivery_id: delivery_id.into(), metric, timestamp, body: call.body.take() });
}
