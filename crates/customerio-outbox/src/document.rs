//! A call as JSON.

use customerio_core::Encoded;
use customerio_delivery::{CallState, KeptCall, Stored};
use serde_json::{Map, Value, json};

use crate::time;

/// What is known of a call. What is not known is left out. Of the call itself only what names nobody.
pub(crate) fn of(call: &KeptCall) -> Map<String, Value> {
    let mut document = Map::new();
    let mut put = |name: &str, value: Value| drop(document.insert(name.to_owned(), value));
    put("number", call.number.into());
    put("state", call.state.kind().as_str().into());
    put("destination", (*call.stream.destination).into());
    put("lane", call.stream.lane.as_str().into());
    put("operation", call.operation.as_str().into());
    match &call.state {
        CallState::Dead { failure, failed_at, .. } => {
            put("reason", failure.reason.as_str().into());
            put("parked", failure.reason.is_parked().into());
            let known = [
                ("status", failure.status.map(Value::from)),
                ("field", failure.field.as_deref().map(Value::from)),
                ("message", failure.message.as_deref().map(Value::from)),
            ];
            for (name, value) in known {
                if let Some(value) = value {
                    put(name, value);
                }
            }
            put("failed_at", time::json(*failed_at));
        }
        CallState::Waiting { is_marked, .. } => put("marked", (*is_marked).into()),
        _ => {}
    }
    match &call.call {
        Ok(stored) => {
            put("stored_at", time::json(stored.stored_at()));
            if let Some(end) = stored.expires_at() {
                put("expires_at", time::json(end));
            }
            if let Encoded::Request(request) = stored.call() {
                put("method", request.method().as_str().into());
                put("route", request.route().into());
            }
            put("body_bytes", stored.call().body().len().into());
        }
        Err(error) => put("unreadable", error.to_string().into()),
    }
    document
}

/// The same, with what the call says: its path, if it has one, and its body.
pub(crate) fn with_body(call: &KeptCall) -> Map<String, Value> {
    let mut document = of(call);
    if let Ok(stored) = &call.call {
        if let Encoded::Request(request) = stored.call() {
            document.insert("path".to_owned(), json!(request.path()));
        }
        document.insert("body".to_owned(), body(stored));
    }
    document
}

/// JSON, or text where it is none.
pub(crate) fn body(stored: &Stored) -> Value {
    let bytes = stored.call().body();
    serde_json::from_slice(bytes).unwrap_or_else(|_| String::from_utf8_lossy(bytes).into())
}
