//! An application's own reqwest, with no features but those that this crate switches on: it works as if we were not there.

use customerio_reqwest::ReqwestTransport;
use customerio_testing::{WireServer, conformance::check};

#[tokio::test]
async fn the_applications_own_client_works() {
    // With the feature `rustls-no-provider` this panics.
    let client = reqwest::Client::new();
    let server = WireServer::start().unwrap();
    assert_eq!(client.get(server.url()).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn the_rules_of_a_transport_are_applied_to_any_builder() {
    let following = reqwest::Client::builder().redirect(reqwest::redirect::Policy::limited(5)).no_proxy();
    check(&ReqwestTransport::from_builder(following).unwrap()).await.assert();
}

#[cfg(feature = "rustls")]
#[test]
fn a_builder_that_does_not_build_is_an_error_that_says_why() {
    let builder = reqwest::Client::builder().tls_backend_preconfigured("not TLS");
    let error = ReqwestTransport::from_builder(builder).unwrap_err().to_string();
    assert!(error.starts_with("the HTTP client is not valid: builder error: Unknown TLS backend"), "{error}");
}

#[cfg(feature = "rustls")]
#[tokio::test]
async fn the_ready_made_client_keeps_the_contract() {
    check(&ReqwestTransport::new().unwrap()).await.assert();
}
