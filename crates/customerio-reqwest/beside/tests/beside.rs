//! One program with hyper's transport, reqwest's, and a reqwest of its own with the default features.

#![forbid(unsafe_code)]

use customerio::HyperTransport;
use customerio_testing::{WireServer, conformance::check};

#[tokio::test]
async fn the_applications_own_client_works() {
    let client = reqwest::Client::new();
    let server = WireServer::start().unwrap();
    assert_eq!(client.get(server.url()).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn ours_over_hyper_keeps_the_contract() {
    check(&HyperTransport::new().unwrap()).await.assert();
}

#[cfg(feature = "reqwest")]
#[tokio::test]
async fn ours_over_the_applications_builder_keeps_the_contract() {
    use customerio::ReqwestTransport;

    check(&ReqwestTransport::from_builder(reqwest::Client::builder()).unwrap()).await.assert();
}

#[cfg(feature = "reqwest-rustls")]
#[tokio::test]
async fn ours_ready_made_over_reqwest_keeps_the_contract() {
    use customerio::ReqwestTransport;

    let client = reqwest::Client::new();
    check(&ReqwestTransport::new().unwrap()).await.assert();
    let server = WireServer::start().unwrap();
    assert_eq!(client.get(server.url()).send().await.unwrap().status(), 200);
}
