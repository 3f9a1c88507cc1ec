//! Reports of what happened to a message: what two routes have in common.

use customerio_core::Timestamp;
use serde_json::Value;

use crate::{
    call::Call,
    contract::shape::{
        Field,
        Need::{May, Must},
        Shape,
    },
    store::record::Metric,
};

pub(crate) const DELIVERY_ID: Field = ("delivery_id", Must, Shape::Filled);
pub(crate) const TIMESTAMP: Field = ("timestamp", May, Shape::Timestamp);

/// Keeps a report, whose metric is in the field `metric`.
pub(crate) fn keep(call: &mut Call<'_>, metric: &str) {
    let text = |name: &str| call.body[name].as_str().unwrap_or_default().to_owned();
    let (delivery_id, metric) = (text("delivery_id"), text(metric));
    let timestamp = Timestamp::from(call.body["timestamp"].as_i64().unwrap_or(call.now()));
    let metric = Metric {
        delivery_id: delivery_id.into(),
        metric,
        timestamp,
        body: std::mem::replace(&mut call.body, Value::Null),
    };
    call.state.metrics.push(metric);
}
