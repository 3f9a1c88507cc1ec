//! A call in words.

use customerio_core::Timestamp;
use customerio_delivery::{CallState, Failure, KeptCall};

use crate::{text::clean, time};

/// `waiting`, `marked`, or the reason why it failed.
pub(crate) fn state(call: &KeptCall) -> &'static str {
    match &call.state {
        CallState::Waiting { is_marked: true, .. } => "marked",
        CallState::Dead { failure, .. } => failure.reason.as_str(),
        _ => "waiting",
    }
}

/// How long ago it was stored; or how long ago it failed, where it cannot be read.
pub(crate) fn age(call: &KeptCall, now: Timestamp) -> String {
    let stored_at = call.call.as_ref().ok().map(customerio_delivery::Stored::stored_at);
    let failed_at = match &call.state {
        CallState::Dead { failed_at, .. } => Some(*failed_at),
        _ => None,
    };
    stored_at.or(failed_at).map_or_else(|| "?".to_owned(), |time| time::short(time::since(time, now)))
}

/// `400 name: it is required`; or why it cannot be read.
pub(crate) fn message(call: &KeptCall) -> String {
    match (call.failure(), &call.call) {
        (Some(failure), _) => of_failure(failure),
        (None, Err(error)) => clean(&error.to_string()),
        (None, Ok(_)) => String::new(),
    }
}

fn of_failure(failure: &Failure) -> String {
    let status = failure.status.map(|status| status.to_string());
    let field = failure.field.as_ref().map(|field| format!("{field}:"));
    let parts: Vec<_> = [status, field, failure.message.clone()].into_iter().flatten().collect();
    clean(&parts.join(" "))
}

/// The name of the operation.
pub(crate) fn operation(call: &KeptCall) -> &str {
    if call.operation.is_empty() { "?" } else { &call.operation }
}
