//! HTTP/2 with the feature `http2`, and HTTP/1.1 without it.

// Elsewhere the certificates do not come from the environment.
#![cfg(all(feature = "rustls", target_os = "linux"))]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../../customerio-testing/tests/alpn/mod.rs"]
mod alpn;

use customerio_reqwest::ReqwestTransport;

#[tokio::test]
#[ignore = "a process that the other test starts"]
async fn program() {
    alpn::call(ReqwestTransport::new().unwrap()).await;
}

#[test]
fn http2_is_spoken_where_the_feature_is_on_and_http1_where_it_is_not() {
    alpn::assert_protocol("program", cfg!(feature = "http2"));
}
