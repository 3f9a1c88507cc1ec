//! What both transports promise, over real sockets.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{net::TcpListener, sync::Arc};

use customerio_core::{
    Client, Delivery, Endpoint, Error, Region, StopReason, Track, Transport, TransportErrorKind,
    bytes::Bytes,
    http::{Request, StatusCode},
    track::Delete,
};
use customerio_hyper::HyperTransport;
use customerio_reqwest::ReqwestTransport;
use customerio_testing::WireServer;

fn transports() -> [Arc<dyn Transport>; 2] {
    [Arc::new(HyperTransport::new().unwrap()), Arc::new(ReqwestTransport::new().unwrap())]
}

fn client(transport: &Arc<dyn Transport>, url: &str) -> Client<Track> {
    let endpoint = Endpoint::track(Region::Us, "site", "key").unwrap().with_base_url(url).unwrap();
    Client::new(endpoint, transport.clone())
}

#[tokio::test]
async fn a_refused_connection_was_not_sent() {
    let url = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    for transport in transports() {
        // A merge must not be done twice, and yet is tried three times: nothing was sent.
        let error = client(&transport, &url).merge("1", "2").await.unwrap_err();
        assert_eq!((error.delivery(), error.attempts()), (Delivery::NotSent, 3), "{transport:?}");
        assert!(matches!(&error, Error::Transport(error) if error.kind() == TransportErrorKind::Connect), "{error:?}");
        assert_eq!(error.stop_reason(), StopReason::Attempts);
        let shown = format!("{error:?} {error}");
        assert!(!shown.contains("merge_customers"), "an error shows no URL: {shown}");
    }
}

#[tokio::test]
async fn a_connection_that_closes_after_the_request_may_have_delivered_it() {
    for transport in transports() {
        for answer in [
            "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 10\r\n\r\n{}",
            "HTTP/1.1 200 OK\r\nconnection: close",
            "connection: close this is not HTTP\r\n\r\n",
        ] {
            let server = WireServer::start().unwrap().answering(answer);
            let error = client(&transport, &server.url()).merge("1", "2").await.unwrap_err();
            assert_eq!(error.delivery(), Delivery::MaybeSent, "{transport:?} {answer:?}");
            assert_eq!(error.stop_reason(), StopReason::NotRepeatable);
            assert_eq!(server.received().len(), 1);

            let server = WireServer::start().unwrap().answering(answer);
            client(&transport, &server.url()).delete("1").await.unwrap();
            assert_eq!(server.received().len(), 2, "what may be done twice is: {transport:?} {answer:?}");
        }
    }
}

#[tokio::test]
async fn redirects_are_not_followed() {
    for transport in transports() {
        let elsewhere = WireServer::start().unwrap();
        for status in
            ["301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"]
        {
            let answer =
                format!("HTTP/1.1 {status}\r\nlocation: {}/there\r\ncontent-length: 0\r\n\r\n", elsewhere.url());
            let server = WireServer::start().unwrap().answering(answer);
            let error = client(&transport, &server.url()).track("1", "purchase", &()).await.unwrap_err();
            assert!(error.status().is_some_and(|status| status.is_redirection()), "{error:?}");
            assert_eq!(error.as_api().unwrap().redirect_host().as_deref(), Some("127.0.0.1"));
            assert_eq!((server.received().len(), elsewhere.received().len()), (1, 0), "{transport:?}");
        }
    }
}

#[tokio::test]
async fn an_answer_is_read_up_to_its_limit() {
    let body = "x".repeat(1024 * 1024 + 1);
    for transport in transports() {
        let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        let server = WireServer::start().unwrap().answering(answer);
        let error = client(&transport, &server.url()).merge("1", "2").await.unwrap_err();
        assert!(
            matches!(&error, Error::Transport(error) if error.kind() == TransportErrorKind::ResponseTooLarge),
            "{transport:?} {error:?}"
        );
    }
}

#[tokio::test]
async fn an_answer_comes_as_it_was_sent() {
    for transport in transports() {
        let answer = "HTTP/1.1 418 I'm a teapot\r\nset-cookie: a\r\nset-cookie: b\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\njunk";
        let server = WireServer::start().unwrap().answering(answer);
        let request = Request::post(server.url() + "/x").body(Bytes::from_static(b"y")).unwrap();
        let response = transport.send(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::IM_A_TEAPOT);
        assert_eq!(response.headers().get_all("set-cookie").iter().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(response.body(), "junk", "nothing is decompressed: {transport:?}");
    }
}

/// Ends when the server has a request.
async fn arrival(server: &WireServer) {
    while server.received().is_empty() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_dropped_call_leaves_the_pool_healthy() {
    for transport in transports() {
        let server = WireServer::start().unwrap().answering("");
        let client = client(&transport, &server.url());
        let delete = Delete::new("1");
        tokio::select! {
            _ = client.call(&delete) => panic!("there is no answer"),
            () = arrival(&server) => {}
        }
        client.delete("2").await.unwrap();
        client.delete("3").await.unwrap();
        assert_eq!(server.received().len(), 3, "{transport:?}");
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
