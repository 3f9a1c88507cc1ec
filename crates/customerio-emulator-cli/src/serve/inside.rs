//! The control API of the emulator that this program itself is.

use bytes::Bytes;
use customerio_emulator::Workspaces;
use http::{Method, Request, StatusCode};
use serde_json::Value;

/// A response, or the sentence of one that is no success.
pub(crate) async fn ask(workspaces: &Workspaces, method: Method, path: &str, body: Bytes) -> Result<Bytes, String> {
    let mut request = Request::new(body);
    *request.method_mut() = method;
    *request.uri_mut() = format!("/_emulator/v1/{path}").parse().map_err(|_| format!("{path} is no path"))?;
    let response = workspaces.control(request).await;
    if response.status() == StatusCode::REQUEST_TIMEOUT || response.status().is_success() {
        return Ok(response.into_body());
    }
    let body: Value = serde_json::from_slice(response.body()).unwrap_or_default();
    Err(body["error"].as_str().map_or_else(|| response.status().to_string(), str::to_owned))
}
