//! What every call may have beside what its kind has.

use serde_json::Value;

use crate::{
    call::Call,
    contract::{
        date,
        shape::{Field, Need::May, Shape},
    },
};

pub(crate) const COMMON: &[Field] = &[
    ("type", May, Shape::Any),
    ("messageId", May, Shape::Filled),
    ("receivedAt", May, DATE_TIME),
    ("sentAt", May, DATE_TIME),
    ("originalTimestamp", May, DATE_TIME),
    ("timestamp", May, DATE_TIME),
    ("version", May, Shape::Number),
    INTEGRATIONS,
];

pub(crate) const INTEGRATIONS: Field = ("integrations", May, Shape::Open(&[], &Shape::Boolean));

pub(crate) const DATE_TIME: Shape =
    Shape::Rule("an ISO 8601 date and time, such as 2026-08-01T12:00:00Z", date::is_date_time);

pub(crate) const CONTEXT: Field = (
    "context",
    May,
    Shape::Open(
        &[
            ("active", May, Shape::Boolean),
            ("ip", May, Shape::Text),
            ("locale", May, Shape::Text),
            ("userAgent", May, Shape::Text),
            ("channel", May, Shape::OneOf(&["browser", "server", "mobile"])),
            ("campaign", May, Shape::Open(&[], &Shape::Text)),
            ("page", May, TEXTS),
            ("app", May, TEXTS),
            ("device", May, DEVICE),
            ("network", May, Shape::Open(&[], &Shape::Any)),
            ("os", May, TEXTS),
        ],
        &Shape::Any,
    ),
);

const TEXTS: Shape = Shape::Open(&[("name", May, Shape::Text), ("version", May, Shape::Text)], &Shape::Any);

const DEVICE: Shape =
    Shape::Open(&[("id", May, Shape::Text), ("token", May, Shape::Filled), ("type", May, DEVICE_TYPE)], &Shape::Any);

pub(crate) const DEVICE_TYPE: Shape = Shape::OneOf(&["ios", "android"]);

/// When a call took place: as it says, or now.
pub(crate) fn timestamp(call: &Call<'_>) -> i64 {
    call.body["timestamp"].as_str().and_then(date::seconds).unwrap_or(call.now())
}

/// A field of the body that is a string and not blank.
pub(crate) fn text(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !text.trim().is_empty())
}
