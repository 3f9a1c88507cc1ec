//! Stacks of tower layers as they are, around a real client: what they hold back was not sent.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    error::Error as StdError,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use customerio_core::{
    App, Client, Delivery, DeliveryId, Endpoint, Error, Region, StopReason, Transport, app::SendEmail, bytes::Bytes,
    http::Request,
};
use customerio_hyper::HyperTransport;
use customerio_testing::{WireServer, conformance::check, faults::ClosedPort};
use http_body_util::Full;
use hyper_util::{
    client::legacy::{self, connect::HttpConnector},
    rt::TokioExecutor,
};
use tower::{
    BoxError, Service, ServiceBuilder, ServiceExt,
    load_shed::error::Overloaded,
    util::{BoxCloneService, BoxCloneSyncService},
};

fn client() -> legacy::Client<HttpConnector, Full<Bytes>> {
    legacy::Client::builder(TokioExecutor::new()).build_http()
}

fn app(url: &str, transport: impl Transport + 'static) -> Client<App> {
    Client::new(Endpoint::app(Region::Us, "key").unwrap().with_base_url(url).unwrap(), transport)
}

async fn send(app: &Client<App>) -> Result<DeliveryId, Error> {
    let receipt = SendEmail::from_template("receipt", "ada@example.com").with_identifiers("42");
    Ok(app.send_email(receipt).await?.delivery_id)
}

fn sent() -> String {
    let body = r#"{"delivery_id":"RPILAgABcRhR","queued_at":1700000000}"#;
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

#[tokio::test]
async fn a_boxed_stack_that_is_not_sync_keeps_the_contract() {
    let stack = || ServiceBuilder::new().concurrency_limit(64).timeout(Duration::from_secs(20)).service(client());
    let not_sync: BoxCloneService<_, _, BoxError> = BoxCloneService::new(stack());
    check(&HyperTransport::from_service(not_sync)).await.assert();
    let sync: BoxCloneSyncService<_, _, BoxError> = BoxCloneSyncService::new(stack());
    check(&HyperTransport::from_service(sync)).await.assert();
}

/// The one place is taken when the message is first sent, and free afterwards: the message arrives, and once.
#[tokio::test]
async fn a_message_that_was_shed_is_sent_again() {
    static SHED: AtomicUsize = AtomicUsize::new(0);
    let mut stack = ServiceBuilder::new().load_shed().concurrency_limit(1).service(client());
    let silent = WireServer::start().unwrap().responding("");
    let request = Request::get(silent.url()).body(Full::default()).unwrap();
    let holding = tokio::spawn(stack.ready().await.unwrap().call(request));

    let server = WireServer::start().unwrap().responding(sent());
    let counting = ServiceBuilder::new().map_err(|error: BoxError| {
        SHED.fetch_add(usize::from(error.is::<Overloaded>()), Ordering::SeqCst);
        error
    });
    let transport = HyperTransport::from_service(counting.service(stack.clone()));
    let releasing = async {
        while SHED.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        holding.abort();
    };
    let app = app(&server.url(), transport);
    let (result, ()) = tokio::join!(send(&app), releasing);
    assert_eq!(result.unwrap().as_str(), "RPILAgABcRhR");
    assert_eq!(server.received().len(), 1);
}

/// With the feature `tower` nobody need tell the transport what `Overloaded` means.
#[tokio::test]
async fn a_message_that_is_always_shed_was_not_sent() {
    let server = WireServer::start().unwrap();
    let stack = ServiceBuilder::new().load_shed().concurrency_limit(0).service(client());
    let transport = HyperTransport::from_service(BoxCloneService::new(stack));
    let error = send(&app(&server.url(), transport)).await.unwrap_err();
    assert_eq!((error.delivery(), error.attempts()), (Delivery::NotSent, 3));
    assert_eq!(error.stop_reason(), StopReason::Attempts);
    assert_eq!(server.received().len(), 0);
}

#[derive(Debug, thiserror::Error)]
#[error("the circuit is open")]
struct CircuitOpen;

/// What a layer's own error means, only its user knows: until the transport is told, the message may have been sent.
#[tokio::test]
async fn who_is_not_told_what_an_error_means_cannot_know() {
    let server = WireServer::start().unwrap();
    let closed = |_| Err::<Request<Full<Bytes>>, BoxError>(CircuitOpen.into());
    let transport = HyperTransport::from_service(ServiceBuilder::new().filter(closed).service(client()));

    let error = send(&app(&server.url(), transport.clone())).await.unwrap_err();
    assert_eq!((error.delivery(), error.stop_reason()), (Delivery::MaybeSent, StopReason::NotIdempotent));

    let transport = transport.with_not_sent(<dyn StdError>::is::<CircuitOpen>);
    // A clone is told too.
    let error = send(&app(&server.url(), transport.clone())).await.unwrap_err();
    assert_eq!((error.delivery(), error.attempts()), (Delivery::NotSent, 3));
    assert_eq!(error.stop_reason(), StopReason::Attempts);
    assert_eq!(server.received().len(), 0);
}

#[tokio::test]
async fn the_errors_of_the_client_are_found_below_the_layers() {
    let closed = ClosedPort::start().unwrap();
    let stack = ServiceBuilder::new().buffer(8).timeout(Duration::from_secs(20)).service(client());
    let stack = ServiceBuilder::new().map_err(|error| BoxError::from(Wrapped(error))).service(stack);
    let error = send(&app(&closed.url(), HyperTransport::from_service(stack))).await.unwrap_err();
    assert_eq!((error.delivery(), error.attempts()), (Delivery::NotSent, 3));
}

#[derive(Debug)]
struct Wrapped(BoxError);

impl std::fmt::Display for Wrapped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("our company's client failed")
    }
}

impl StdError for Wrapped {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.0)
    }
}

/// A service that is closed does not get ready, and has not been given the request: nobody need be told.
#[test]
fn a_service_that_does_not_get_ready_has_sent_nothing() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let server = WireServer::start().unwrap();
    // The task of the buffer ends with its runtime.
    let stack = runtime().block_on(async { ServiceBuilder::new().buffer(8).service(client()) });
    let app = app(&server.url(), HyperTransport::from_service(stack));
    let error = runtime().block_on(send(&app)).unwrap_err();
    assert_eq!((error.delivery(), error.attempts()), (Delivery::NotSent, 3));
    assert_eq!(server.received().len(), 0);
}

/// After a timeout in the stack it may have been sent.
#[tokio::test]
async fn a_timeout_of_the_stack_is_a_timeout() {
    let server = WireServer::start().unwrap().responding("");
    let stack = ServiceBuilder::new().timeout(Duration::from_millis(50)).service(client());
    let transport = HyperTransport::from_service(stack).with_not_sent(<dyn StdError>::is::<Overloaded>);
    let error = send(&app(&server.url(), transport)).await.unwrap_err();
    assert_eq!((error.delivery(), error.attempts()), (Delivery::MaybeSent, 1));
    assert!(error.to_string().contains("the response did not arrive in time"), "{error}");
    assert_eq!(server.received().len(), 1);
}
