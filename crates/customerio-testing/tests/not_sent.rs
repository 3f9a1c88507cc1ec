//! What proves to each transport that a request was not sent. An upgrade of hyper, h2 or reqwest must not change it
//! unseen: what was "not sent" is sent again, a transactional message too.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    future::poll_fn,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use customerio_core::{
    Delivery::{self, MaybeSent, NotSent},
    Transport, TransportError,
    TransportErrorKind::{self, Connect, Connection, InvalidUrl},
    bytes::Bytes,
    http::{Request, Response},
};
use customerio_hyper::HyperTransport;
use customerio_reqwest::ReqwestTransport;
use customerio_testing::faults::{Action, BlackHole, ClosedPort, FaultServer, Frame};
use customerio_ureq::UreqTransport;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use tokio::runtime;

/// hyper's and reqwest's, for HTTP/1.1 or HTTP/2.
fn transports(http2: bool) -> [Arc<dyn Transport>; 2] {
    let mut connector = HttpConnector::new();
    connector.set_connect_timeout(Some(Duration::from_millis(100)));
    let hyper = Client::builder(TokioExecutor::new()).http2_only(http2).build(connector);
    let tls = rustls::ClientConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    let reqwest = reqwest::Client::builder()
        .retry(reqwest::retry::never())
        .connect_timeout(Duration::from_millis(100))
        .tls_backend_preconfigured(tls);
    let reqwest = if http2 { reqwest.http2_prior_knowledge() } else { reqwest.http1_only() };
    [Arc::new(HyperTransport::from_service(hyper)), Arc::new(ReqwestTransport::from_client(reqwest.build().unwrap()))]
}

fn request(url: &str) -> Request<Bytes> {
    Request::post(format!("{url}/v1/send/email")).header("content-length", 2).body(Bytes::from_static(b"{}")).unwrap()
}

fn what(result: Result<Response<Bytes>, TransportError>) -> Result<u16, (TransportErrorKind, Delivery)> {
    result.map(|response| response.status().as_u16()).map_err(|error| (error.kind(), error.delivery()))
}

/// Some stacks would send it to port 80.
#[tokio::test]
async fn a_url_that_nobody_can_connect_to_is_not_sent() {
    let ureq: Arc<dyn Transport> = Arc::new(UreqTransport::new().unwrap());
    for transport in transports(false).into_iter().chain([ureq]) {
        for url in ["http://127.0.0.1:99999", "http://127.0.0.1:0", "http://a..b"] {
            let result = transport.send(request(url)).await;
            assert_eq!(what(result), Err((InvalidUrl, NotSent)), "{url} {transport:?}");
        }
    }
}

#[tokio::test]
async fn no_connection_is_not_sent() {
    let black_hole = BlackHole::start().unwrap();
    let closed = ClosedPort::start().unwrap();
    for url in [closed.url().as_str(), &black_hole.url(), "http://cio.invalid"] {
        for transport in transports(false) {
            assert_eq!(what(transport.send(request(url)).await), Err((Connect, NotSent)), "{url} {transport:?}");
        }
    }
}

#[tokio::test]
async fn a_stream_is_not_sent_where_the_server_says_that_it_refused_it() {
    let settings = || Action::Frame(Frame::Settings(Vec::new()));
    let reset = |code| Frame::Reset { stream: 1, code };
    let go_away = |last_stream, code| Frame::GoAway { last_stream, code };
    for (frame, expected) in [
        (reset(Frame::REFUSED_STREAM), NotSent),
        (reset(Frame::NO_ERROR), MaybeSent),
        (reset(Frame::CANCEL), MaybeSent),
        (reset(Frame::INTERNAL_ERROR), MaybeSent),
        (reset(Frame::ENHANCE_YOUR_CALM), MaybeSent),
        // The server has not looked at stream 1, and yet the error is the same as if it had.
        (go_away(0, Frame::NO_ERROR), MaybeSent),
        (go_away(0, Frame::REFUSED_STREAM), MaybeSent),
        (go_away(1, Frame::REFUSED_STREAM), MaybeSent),
    ] {
        for transport in transports(true) {
            let script = [settings(), Action::ReadRequest, Action::Frame(frame.clone())];
            let server = FaultServer::start().unwrap().always(script);
            let result = what(transport.send(request(&server.url())).await);
            assert_eq!(result, Err((Connection, expected)), "{frame:?} {transport:?}");
        }
    }
    // A stream that the client itself gives up has reached the server.
    for transport in transports(true) {
        let garbage = Frame::Raw { kind: 0, flags: 8, stream: 1, payload: vec![255; 3] };
        let server = FaultServer::start().unwrap().always([settings(), Action::ReadRequest, Action::Frame(garbage)]);
        assert_eq!(what(transport.send(request(&server.url())).await), Err((Connection, MaybeSent)), "{transport:?}");
    }
}

/// A connection was kept, and the server has closed it. Where the client has seen that, it makes another; where it has
/// not, it writes the request, and that is not known to be lost.
#[test]
fn a_request_on_a_connection_that_was_closed_may_have_been_sent_unless_that_was_seen() {
    let closing = || {
        let response = Action::write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
        [Action::ReadRequest, response, Action::Pause(Duration::from_millis(30)), Action::Close]
    };
    let pause = Duration::from_millis(100);
    for (seen, expected) in [(true, Ok(200)), (false, Err((Connection, MaybeSent)))] {
        for number in 0..2 {
            let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let server = FaultServer::start().unwrap().connection(closing());
            let result = runtime.block_on(async {
                let transport = &transports(false)[number];
                transport.send(request(&server.url())).await.unwrap();
                tokio::time::sleep(Duration::from_millis(5)).await;
                if seen {
                    tokio::time::sleep(pause).await;
                } else {
                    // No task runs meanwhile, and none finds out that the connection ends.
                    std::thread::sleep(pause);
                }
                what(transport.send(request(&server.url())).await)
            });
            assert_eq!(result, expected, "seen: {seen}");
            assert_eq!(server.finish().arrivals.len(), 2);
        }
    }
}

/// The connection is taken away from a request after so many polls: by dropping the runtime that drives it. Before it is
/// written hyper gives the request back; later nobody knows.
#[test]
fn a_request_that_hyper_takes_back_is_not_sent() {
    for number in 0..2 {
        let mut found = Vec::new();
        for polls in 1..40 {
            let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let server = FaultServer::start().unwrap().always([Action::ReadRequest, Action::Stall]);
            let transport = transports(false)[number].clone();
            let mut sending = transport.send(request(&server.url()));
            let mut left = polls;
            let polling = poll_fn(|context| {
                left -= 1;
                assert!(sending.as_mut().poll(context).is_pending(), "nothing responds");
                if left == 0 { Poll::Ready(()) } else { Poll::Pending }
            });
            // Once the request is out there is nothing to be polled for any more.
            let _ = runtime.block_on(async { tokio::time::timeout(Duration::from_millis(200), polling).await });
            drop(runtime);
            let Poll::Ready(result) = sending.as_mut().poll(&mut Context::from_waker(Waker::noop())) else {
                continue;
            };
            let (kind, delivery) = what(result).unwrap_err();
            let arrivals = server.finish().arrivals.len();
            assert!(delivery == MaybeSent || arrivals == 0, "{arrivals} arrived, and it is {delivery:?}");
            found.push((kind, delivery, arrivals));
            if arrivals > 0 {
                break;
            }
        }
        assert!(found.contains(&(Connection, NotSent, 0)), "{found:?}");
        assert_eq!(found.last(), Some(&(Connection, MaybeSent, 1)), "{found:?}");
    }
}
