//! What is promised of the helpers: each call is an ordinary one, and what a helper makes of them is more than one.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod collections;
mod delivered;
mod deliveries;
mod emulated;
mod imports;
mod segments;
mod snippets;
mod suppressions;
mod transactional;

use customerio_core::{App, Client, Endpoint, Region, RetryPolicy};
use customerio_testing::Recorder;

/// A client over `recorder` that tries each call once.
fn client(recorder: &Recorder) -> Client<App> {
    let endpoint = Endpoint::app(Region::Us, "key").unwrap();
    Client::new(endpoint, recorder.clone()).with_retry_policy(RetryPolicy::default().with_attempts(1))
}

/// Method, path and body of each request so far.
fn lines(recorder: &Recorder) -> Vec<String> {
    let line = |request: &customerio_core::http::Request<customerio_core::bytes::Bytes>| {
        let path = request.uri().path_and_query().unwrap();
        let body = std::str::from_utf8(request.body()).unwrap();
        format!("{} {path} {body}", request.method()).trim_end().to_owned()
    };
    recorder.requests().iter().map(line).collect()
}
