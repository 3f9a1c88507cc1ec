//! What a client does beyond its parts: time, cancellation, sharing.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    future::Future as _,
    task::{Context, Waker},
    time::Duration,
};

use customerio_core::{
    Client, Delivery, Endpoint, Error, Moment, Region, StopReason, Track, Transport, TransportError,
    TransportErrorKind, async_trait,
    bytes::Bytes,
    http::{Request, Response},
};
use customerio_testing::Recorder;

fn client(recorder: &Recorder) -> Client<Track> {
    Client::new(Endpoint::track(Region::Us, "site", "key").unwrap(), recorder.clone())
}

fn refused() -> TransportError {
    TransportError::not_sent(TransportErrorKind::Connect)
}

#[tokio::test]
async fn a_response_that_does_not_come_is_given_up_and_the_request_is_retried() {
    let recorder = Recorder::new().silent_once();
    client(&recorder).delete("42").await.unwrap();
    assert_eq!(recorder.requests().len(), 2);
    assert_eq!(recorder.waits()[0], Duration::from_secs(10));
}

#[tokio::test]
async fn a_send_whose_response_does_not_come_is_not_retried() {
    let recorder = Recorder::new().silent_once();
    let error = client(&recorder).merge("1", "2").await.unwrap_err();
    assert_eq!(recorder.requests().len(), 1);
    assert_eq!((error.delivery(), error.stop_reason()), (Delivery::MaybeSent, StopReason::NotIdempotent));
    assert!(matches!(error, Error::Transport(error) if error.kind() == TransportErrorKind::Timeout));
}

#[tokio::test]
async fn an_event_is_the_same_in_each_attempt_and_another_in_each_call() {
    let recorder = Recorder::new().silent_once().responding(500, "");
    let client = client(&recorder);
    client.track("42", "purchase", ()).await.unwrap();
    client.track("42", "purchase", ()).await.unwrap();
    let bodies: Vec<_> = recorder.requests().iter().map(|request| request.body().clone()).collect();
    assert_eq!(bodies.len(), 4);
    assert!(bodies[0].starts_with(br#"{"name":"purchase","type":"event","id":"01HF7YAT00"#), "{bodies:?}");
    assert_eq!([&bodies[1], &bodies[2]], [&bodies[0]; 2]);
    assert_ne!(bodies[3], bodies[0]);
}

#[tokio::test]
async fn a_deadline_holds_for_a_client_and_for_one_call() {
    let recorder = Recorder::new().silent_once().silent_once().silent_once();
    let patient = client(&recorder).with_deadline(Duration::from_secs(8));
    let error = patient.within(Duration::from_secs(2)).delete("42").await.unwrap_err();
    assert_eq!((recorder.requests().len(), error.stop_reason()), (1, StopReason::Deadline));
    assert_eq!(recorder.waits(), [Duration::from_secs(2)]);
    patient.delete("42").await.unwrap_err();
    assert_eq!(recorder.waits().last(), Some(&Duration::from_secs(8)));
}

#[tokio::test]
async fn what_was_not_sent_is_sent_again_even_if_it_must_not_arrive_twice() {
    let recorder = Recorder::new().responding_with(Err(refused())).responding_with(Err(refused()));
    client(&recorder).merge("1", "2").await.unwrap();
    assert_eq!(recorder.requests().len(), 3);
}

/// A recorder on which no timer ever goes off.
#[derive(Debug)]
struct Still(Recorder);

#[async_trait]
impl Transport for Still {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        self.0.send(request).await
    }
    async fn sleep(&self, _duration: Duration) {
        std::future::pending::<()>().await;
    }
    fn now(&self) -> Moment {
        self.0.now()
    }
}

#[tokio::test]
async fn a_call_can_be_dropped_while_its_response_is_awaited() {
    let recorder = Recorder::new().silent_once();
    let client = Client::new(Endpoint::track(Region::Us, "site", "key").unwrap(), Still(recorder.clone()));
    let mut call = Box::pin(client.delete("41"));
    assert!(call.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    assert_eq!(recorder.requests().len(), 1);
    drop(call);
    client.delete("42").await.unwrap();
    let paths: Vec<_> = recorder.requests().iter().map(|request| request.uri().path().to_owned()).collect();
    assert_eq!(paths, ["/api/v1/customers/41", "/api/v1/customers/42"]);
}

#[tokio::test]
async fn every_bad_response_is_the_right_error_with_everything_kept() {
    const HTML: &str = "<html><title>502 Bad Gateway</title></html>";
    for (status, body, expected) in [
        (
            401,
            r#"{"meta":{"error":"Unauthorized request"}}"#,
            "track.delete returned 401 Unauthorized: Unauthorized request; check the Site ID and the API key given \
             to `track`; find both in one row in Customer.io under Account Settings > API Credentials > Track API Keys",
        ),
        (404, "", "track.delete returned 404 Not Found"),
        (500, HTML, "track.delete returned 500 Internal Server Error"),
        (
            429,
            r#"{"errors":[{"detail":"slow down","status":"429"}]}"#,
            "track.delete returned 429 Too Many Requests: slow down",
        ),
    ] {
        let recorder = (0..3).fold(Recorder::new(), |recorder, _| recorder.responding(status, body));
        let error = client(&recorder).delete("42").await.unwrap_err();
        assert_eq!(error.to_string(), expected);
        let api = error.as_api().unwrap();
        assert_eq!((api.status().as_u16(), api.body().as_ref()), (status, body.as_bytes()));
    }
    let recorder = Recorder::new().responding(200, HTML);
    let error = client(&recorder).delete("42").await.unwrap_err();
    assert!(matches!(&error, Error::Decode(error) if error.body() == HTML));
    assert_eq!(error.to_string(), "track.delete returned 200 OK, but the body is neither empty nor a JSON object");
    assert_eq!(recorder.requests().len(), 1);
}

#[test]
fn clients_calls_and_errors_go_to_other_threads() {
    fn goes<T: Send>(_: &T) {}
    fn is_shared<T: Clone + Send + Sync + 'static>(_: &T) {}
    fn stays<T: Send + Sync + 'static>() {}
    let client = client(&Recorder::new());
    let attributes = std::collections::BTreeMap::from([("plan", "pro")]);
    goes(&client.identify("42", &attributes));
    goes(&client.track("42", "purchase", &attributes));
    is_shared(&client);
    stays::<Error>();
}
