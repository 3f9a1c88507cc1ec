//! What every call may have beside what its kind has.

use serde_json::Value;

use crate::{
    call::Call,
    contract::{
        date,
        identifier::spelled,
        shape::{Field, Need::May, Shape, undocumented},
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
    undocumented("_metadata", &Shape::Open(&[], &Shape::Any)),
];

/// Clients give an integration settings of its own, where the contract has `true` and `false` alone.
pub(crate) const INTEGRATIONS: Field =
    ("integrations", May, Shape::Open(&[], &Shape::Taken(&Shape::Boolean, &Shape::Open(&[], &Shape::Any))));

/// An id, of whatever length. Clients write numbers too.
pub(crate) const ID: Shape = Shape::Taken(&Shape::Filled, &Shape::Natural);

/// An id that may be empty, where something else says who is meant. Clients write numbers too, and `null` for none.
pub(crate) const ID_OR_NONE: Shape = Shape::Taken(&Shape::Text, &Shape::Nullable(&Shape::Natural));

/// The name of a page or a screen. Clients write `null` for none.
pub(crate) const NAME: Field = ("name", May, Shape::Taken(&Shape::Text, &Shape::Null));

/// The category of a page or a screen: clients send it beside the properties.
pub(crate) const CATEGORY: Field = undocumented("category", &Shape::Nullable(&Shape::Text));

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
            // Not in the contract, and in every request of the vendor's clients.
            ("library", May, TEXTS),
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

/// An id in the body that is not blank.
pub(crate) fn id(value: &Value) -> Option<String> {
    spelled(value).filter(|id| !id.trim().is_empty())
}
