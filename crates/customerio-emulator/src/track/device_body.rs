//! Devices in bodies.

use customerio_core::Timestamp;
use serde_json::Value;

use crate::{
    contract::shape::{Field, Need::May, Shape},
    store::record::Device,
};

/// Clients write `null` for a device without attributes.
pub(crate) const ATTRIBUTES: Shape = Shape::Taken(
    &Shape::Open(&[("_last_status", May, READ_ONLY), ("push_enabled", May, FLAG)], &Shape::Text),
    &Shape::Null,
);

/// Clients write the seconds as text too.
pub(crate) const LAST_USED: Field = (
    "last_used",
    May,
    Shape::Taken(&Shape::Timestamp, &Shape::Rule("a number of seconds", |text| last_used_of(text).is_some())),
);

pub(crate) const PLATFORM: Shape = Shape::OneOf(&["ios", "android"]);

pub(crate) const READ_ONLY: Shape = Shape::Never("cannot be set");

const FLAG: Shape = Shape::OneOf(&["true", "false"]);

fn last_used(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| last_used_of(value.as_str()?))
}

fn last_used_of(text: &str) -> Option<i64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok())?
}

/// Reads a device that has passed its shape; its token is in the field `token`.
pub(crate) fn read(device: &Value, token: &str, now: i64) -> Device {
    let text = |name: &str| device[name].as_str().unwrap_or_default().to_owned();
    Device {
        id: text(token),
        platform: text("platform"),
        last_used: Timestamp::from(last_used(&device["last_used"]).unwrap_or(now)),
        attributes: device["attributes"].as_object().cloned().unwrap_or_default(),
    }
}
