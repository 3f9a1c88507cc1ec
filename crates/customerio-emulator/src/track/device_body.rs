//! Devices in bodies.

use customerio_core::Timestamp;
use serde_json::Value;

use crate::{
    contract::shape::{Need::May, Shape},
    store::record::Device,
};

pub(crate) const ATTRIBUTES: Shape =
    Shape::Open(&[("_last_status", May, READ_ONLY), ("push_enabled", May, FLAG)], &Shape::Text);

pub(crate) const PLATFORM: Shape = Shape::OneOf(&["ios", "android"]);

pub(crate) const READ_ONLY: Shape = Shape::Never("cannot be set");

const FLAG: Shape = Shape::OneOf(&["true", "false"]);

/// Reads a device that has passed its shape; its token stands in the field `token`.
pub(crate) fn read(device: &Value, token: &str, now: i64) -> Device {
    let text = |name: &str| device[name].as_str().unwrap_or_default().to_owned();
    Device {
        id: text(token),
        platform: text("platform"),
        last_used: Timestamp::from(device["last_used"].as_i64().unwrap_or(now)),
        attributes: device["attributes"].as_object().cloned().unwrap_or_default(),
    }
}
