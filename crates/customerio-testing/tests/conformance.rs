//! The contract, on both of our transports and on a third.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use customerio_hyper::HyperTransport;
use customerio_reqwest::ReqwestTransport;
use customerio_testing::conformance::check;

#[tokio::test]
async fn hyper_keeps_the_contract() {
    check(&HyperTransport::new().unwrap()).await.assert();
}

#[tokio::test]
async fn reqwest_keeps_the_contract() {
    check(&ReqwestTransport::new().unwrap()).await.assert();
}
