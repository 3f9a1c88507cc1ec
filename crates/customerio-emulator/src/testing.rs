//! What the tests of the routes have in common.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{Request, Response};
use serde_json::Value;

use crate::{APP_API_KEY, Emulator, PIPELINES_KEY, SITE_ID, TRACK_API_KEY};

/// How long this thread has had a processor: unlike the time, it does not hang on what else runs.
#[cfg(unix)]
pub(crate) fn processor_time() -> std::time::Duration {
    nix::time::clock_gettime(nix::time::ClockId::CLOCK_THREAD_CPUTIME_ID).unwrap().into()
}

/// Prints a figure for `benches/emulator`: its name, what was measured, and what else there is to say.
#[cfg(unix)]
pub(crate) fn figure(name: &str, measured: f64, more: &str) {
    println!("figure\t{name}\t{measured}\t{more}");
}

/// The call of one entity.
pub(crate) const ENTITY_LINE: &str = "POST /api/v2/entity";

/// When the tests take place.
pub(crate) const NOW: i64 = 1_700_000_000;

/// An emulator whose clock is stopped at [`NOW`].
pub(crate) fn emulator() -> Emulator {
    Emulator::builder().with_clock_at(NOW).build()
}

/// The paths of the Pipelines API, which is called in strict mode.
const PIPELINES: [&str; 7] =
    ["/v1/identify", "/v1/track", "/v1/page", "/v1/screen", "/v1/group", "/v1/alias", "/v1/batch"];

/// A request with credentials, from a line such as `PUT /api/v1/customers/1`. `null` is no body.
pub(crate) fn request(line: &str, body: &Value) -> Request<Bytes> {
    let (method, path) = line.split_once(' ').unwrap();
    let is_pipelines = PIPELINES.contains(&path);
    let authorization = if is_pipelines {
        format!("Basic {}", STANDARD.encode(format!("{PIPELINES_KEY}:")))
    } else if path.starts_with("/v1/") {
        format!("Bearer {APP_API_KEY}")
    } else {
        format!("Basic {}", STANDARD.encode(format!("{SITE_ID}:{TRACK_API_KEY}")))
    };
    let request = Request::builder().method(method).uri(path).header("authorization", authorization);
    let request = if is_pipelines { request.header("x-strict-mode", "1") } else { request };
    if body.is_null() {
        return request.body(Bytes::new()).unwrap();
    }
    request.header("content-type", "application/json; charset=utf-8").body(body.to_string().into()).unwrap()
}

/// Status and body of a response; no body is `null`.
pub(crate) fn parts(response: &Response<Bytes>) -> (u16, Value) {
    let body = response.body();
    (response.status().as_u16(), if body.is_empty() { Value::Null } else { serde_json::from_slice(body).unwrap() })
}

/// Makes a call and returns its response.
pub(crate) fn call(emulator: &Emulator, line: &str, body: &Value) -> (u16, Value) {
    parts(&emulator.handle(&request(line, body)))
}

/// Makes a call that must succeed with `{}`.
pub(crate) fn accept(emulator: &Emulator, line: &str, body: &Value) {
    assert_eq!(call(emulator, line, body), (200, serde_json::json!({})), "{line} {body}");
}

/// Makes a call that must be refused with a 400 of the Track API, for this one reason.
pub(crate) fn refuse(emulator: &Emulator, line: &str, body: &Value, reason: &str) {
    let expected = serde_json::json!({"meta": {"errors": [reason]}});
    assert_eq!(call(emulator, line, body), (400, expected), "{line} {body}");
}
