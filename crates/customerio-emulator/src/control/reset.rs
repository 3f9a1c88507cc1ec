//! Begins anew.

use http::Response;
use serde_json::json;

use crate::{
    control::asked::{Asked, json_reply},
    server::payload::Payload,
};

/// Empties the workspace.
pub(crate) fn reset(asked: &Asked) -> Response<Payload> {
    asked.emulator.reset();
    json_reply(&json!({"seq": asked.emulator.state().sequence.last()}))
}
