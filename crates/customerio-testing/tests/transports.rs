//! What a client promises over each transport and real sockets. What a transport promises by itself is in
//! `conformance`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use customerio_core::{Client, Delivery, Endpoint, Error, Region, StopReason, Track, Transport, TransportErrorKind};
use customerio_hyper::HyperTransport;
use customerio_reqwest::ReqwestTransport;
use customerio_testing::{WireServer, faults::ClosedPort};

fn transports() -> [Arc<dyn Transport>; 2] {
    [Arc::new(HyperTransport::new().unwrap()), Arc::new(ReqwestTransport::new().unwrap())]
}

fn client(transport: &Arc<dyn Transport>, url: &str) -> Client<Track> {
    let endpoint = Endpoint::track(Region::Us, "site", "key").unwrap().with_base_url(url).unwrap();
    Client::new(endpoint, transport.clone())
}

#[tokio::test]
async fn a_refused_connection_was_not_sent() {
    let closed = ClosedPort::start().unwrap();
    for transport in transports() {
        // A merge must not be done twice, and yet is tried three times: nothing was sent.
        let error = client(&transport, &closed.url()).merge("1", "2").await.unwrap_err();
        assert_eq!((error.delivery(), error.attempts()), (Delivery::NotSent, 3), "{transport:?}");
        assert!(matches!(&error, Error::Transport(error) if error.kind() == TransportErrorKind::Connect), "{error:?}");
        assert_eq!(error.stop_reason(), StopReason::Attempts);
    }
}

#[tokio::test]
async fn a_connection_that_closes_after_the_request_may_have_delivered_it() {
    for transport in transports() {
        let response = "HTTP/1.1 200 OK\r\nconnection: close";
        let server = WireServer::start().unwrap().responding(response);
        let error = client(&transport, &server.url()).merge("1", "2").await.unwrap_err();
        assert_eq!(error.delivery(), Delivery::MaybeSent, "{transport:?}");
        assert_eq!(error.stop_reason(), StopReason::NotIdempotent);
        assert_eq!(server.received().len(), 1);

        let server = WireServer::start().unwrap().responding(response);
        client(&transport, &server.url()).delete("1").await.unwrap();
        assert_eq!(server.received().len(), 2, "what may be done twice is: {transport:?}");
    }
}

#[tokio::test]
async fn clients_share_the_connections_of_their_transport() {
    let tcp = |transport: Arc<dyn Transport>| async move {
        let server = WireServer::start().unwrap();
        let (one, two) = (client(&transport, &server.url()), client(&transport, &server.url()));
        for _ in 0..4 {
            one.delete("1").await.unwrap();
            two.delete("2").await.unwrap();
        }
        server.connections()
    };
    for transport in transports() {
        assert_eq!(tcp(transport).await, 1);
    }
}
