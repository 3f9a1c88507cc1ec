//! The bytes on the wire: for every operation, and the same through each transport.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod catalogue;
mod on_threads;

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use customerio_core::{
    Client, Endpoint, Region, Transport, app::design_studio::inbox_previews::Capture, build, bytes::Bytes,
    http::Request, track::Delete,
};
use customerio_hyper::HyperTransport;
use customerio_reqwest::ReqwestTransport;
use customerio_testing::WireServer;
use customerio_ureq::UreqTransport;
use on_threads::OnThreads;

/// The request as HTTP/1.1 writes it: core's headers in core's order, and then the one that a transport adds.
fn on_the_wire(request: &Request<Bytes>) -> String {
    let path = request.uri().path_and_query().unwrap();
    let mut text = format!("{} {path} HTTP/1.1\r\n", request.method());
    for (name, value) in request.headers() {
        text.extend([name.as_str(), ": ", value.to_str().unwrap(), "\r\n"]);
    }
    text.extend(["host: ", request.uri().authority().unwrap().as_str(), "\r\n\r\n"]);
    text + std::str::from_utf8(request.body()).unwrap()
}

#[tokio::test]
async fn every_operation_is_the_same_bytes_through_each_transport() {
    let transports: [Arc<dyn Transport>; 2] =
        [Arc::new(HyperTransport::new().unwrap()), Arc::new(ReqwestTransport::new().unwrap())];
    let server = WireServer::start().unwrap();
    let mut sent = Vec::new();
    for sample in catalogue::samples(&server.url()) {
        for transport in &transports {
            transport.send(sample.request.clone()).await.unwrap();
            sent.push((sample.operation, on_the_wire(&sample.request)));
        }
    }
    let received = server.received();
    assert_eq!(received.len(), sent.len());
    for ((operation, sent), received) in sent.iter().zip(received) {
        assert_eq!(*sent, String::from_utf8(received).unwrap(), "{operation}");
    }
}

#[tokio::test]
async fn a_base_url_is_the_same_bytes_through_each_transport() {
    let transports: [Arc<dyn Transport>; 2] =
        [Arc::new(HyperTransport::new().unwrap()), Arc::new(ReqwestTransport::new().unwrap())];
    let server = WireServer::start().unwrap();
    let (url, port) = (server.url(), server.url().rsplit(':').next().unwrap().to_owned());
    let mut sent = Vec::new();
    for url in [format!("{url}/a%2Fb/-._~!$&'()*+,;=:@%c3%A9//x/"), format!("HTTP://127.0.0.1:0{port}/api/v1/proxy")] {
        let endpoint = Endpoint::track(Region::Us, "site", "key").unwrap().with_base_url(&url).unwrap();
        for transport in &transports {
            let request = build(&endpoint, Delete::new("1")).unwrap();
            sent.push(on_the_wire(&request));
            transport.send(request).await.unwrap();
        }
    }
    let received: Vec<_> = server.received().into_iter().map(|bytes| String::from_utf8(bytes).unwrap()).collect();
    assert_eq!(received, sent);
    assert!(received[0].starts_with("DELETE /a%2Fb/-._~!$&'()*+,;=:@%c3%A9//x/api/v1/customers/1 HTTP/1.1\r\n"));
    assert!(received[2].starts_with("DELETE /api/v1/proxy/api/v1/customers/1 HTTP/1.1\r\n"));
    assert!(received[2].contains(&format!("host: 127.0.0.1:{port}\r\n")));

    // What one transport would have sent as something else is not sent at all.
    for path in ["a\\..\\b", "é", "\"{|}", "a b", "%zz", "a[1]"] {
        let endpoint = Endpoint::track(Region::Us, "site", "key").unwrap();
        assert!(endpoint.with_base_url(&format!("{url}/{path}")).is_err(), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_is_asked_for_as_one_and_comes_byte_for_byte_through_each_transport() {
    let image: Vec<u8> = (0..=u8::MAX).cycle().take(100_000).collect();
    let ureq = OnThreads { transport: UreqTransport::new().unwrap(), longer: Duration::ZERO };
    let transports: [Arc<dyn Transport>; 3] =
        [Arc::new(HyperTransport::new().unwrap()), Arc::new(ReqwestTransport::new().unwrap()), Arc::new(ureq)];
    for transport in transports {
        let head = format!("HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ncontent-length: {}\r\n\r\n", image.len());
        let server = WireServer::start().unwrap().responding([head.into_bytes(), image.clone()].concat());
        let endpoint = Endpoint::app(Region::Us, "key").unwrap().with_base_url(&server.url()).unwrap();
        let client = Client::new(endpoint, transport);
        let captured =
            tokio::spawn(async move { client.call(Capture::new("e-1", 7, "gmail")).await }).await.unwrap().unwrap();
        assert_eq!(captured.content_type.as_deref(), Some("image/png"));
        assert!(captured.bytes == image, "{} bytes came as {} others", image.len(), captured.bytes.len());

        let received = String::from_utf8(server.received().pop().unwrap()).unwrap();
        assert!(received.contains("\r\naccept: image/*, application/json;q=0.5\r\n"), "{received}");
        assert_eq!(received.matches("accept:").count(), 1, "{received}");
    }
}

#[test]
fn the_catalogue_has_every_operation() {
    let samples = catalogue::samples("http://localhost");
    let found: BTreeSet<_> = samples.iter().map(|sample| sample.operation).collect();
    let registered: BTreeSet<_> = customerio_core::operations().map(|operation| operation.name).collect();
    let without_sample: Vec<_> = registered.difference(&found).collect();
    assert!(without_sample.is_empty(), "operations without a sample: {without_sample:?}");
    let unregistered: Vec<_> = found.difference(&registered).collect();
    assert!(unregistered.is_empty(), "samples of what is no operation: {unregistered:?}");
}
