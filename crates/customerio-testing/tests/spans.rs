//! What a call tells `tracing`: literally.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod captured;

use std::time::Duration;

use captured::captured;
use customerio_core::{
    Client, Endpoint, Quota, Rate, Region, RetryPolicy, Throttle, Track, TransportError, TransportErrorKind,
};
use customerio_testing::Recorder;
use serde_json::json;

fn client(recorder: Recorder) -> Client<Track> {
    Client::new(Endpoint::track(Region::Us, "site", "key").unwrap(), recorder)
        .with_retry_policy(RetryPolicy::default().with_backoff(Duration::ZERO, Duration::ZERO))
}

fn block_on<T>(call: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(call)
}

#[test]
fn a_call_is_a_span_and_each_attempt_an_event() {
    let recorder = Recorder::new()
        .answering(503, "busy")
        .answering_with(Err(TransportError::maybe_sent(TransportErrorKind::Connection)))
        .answering(200, "{}");
    let told = captured(|| block_on(client(recorder).identify("42", json!({"email": "ada@example.com"}))).unwrap());
    let fields = r#"otel.kind="client" operation="track.identify" http.request.method="PUT" url.template="/api/v1/customers/{identifier}""#;
    let span = format!(r#"DEBUG customerio.call{{{fields}}}: customerio: attempt operation="track.identify""#);
    assert_eq!(
        told,
        format!(
            "{span} attempt=1 status=503 latency_us=0 request_bytes=27 response_bytes=4 wait_us=0\n\
             {span} attempt=2 error=Connection latency_us=0 request_bytes=27 response_bytes=0 wait_us=0\n\
             {span} attempt=3 status=200 latency_us=0 request_bytes=27 response_bytes=2\n \
             INFO customerio.call{{{fields} attempts=3 outcome=\"ok\"}}: \
             customerio: close\n"
        )
    );
}

/// The line of the span: how the call ended.
fn end(told: &str) -> &str {
    let line = told.lines().last().unwrap();
    &line[line.find("attempts=").unwrap()..line.find("}: customerio: close").unwrap()]
}

#[test]
fn the_span_tells_how_the_call_ended() {
    let merge = |recorder| captured(|| block_on(client(recorder).merge("1", "2")).unwrap_err());
    let lost = TransportError::maybe_sent(TransportErrorKind::Connection);
    let told = merge(Recorder::new().answering_with(Err(lost)));
    assert_eq!(end(&told), r#"attempts=1 outcome="maybe_sent" stop_reason="not_repeatable""#);
    assert!(told.contains(r#"error=Connection latency_us=0 request_bytes=45 response_bytes=0 stop_reason="not_rep"#));

    // Ten seconds pass before an attempt is given up.
    let told = merge(Recorder::new().silent_once());
    assert!(told.contains("attempt=1 error=Timeout latency_us=10000000 "), "{told}");

    let told = merge(Recorder::new().answering(400, "{}"));
    assert_eq!(end(&told), r#"attempts=1 outcome="answered" stop_reason="final""#);

    let refused = || Err(TransportError::not_sent(TransportErrorKind::Connect));
    let recorder = (0..3).fold(Recorder::new(), |recorder, _| recorder.answering_with(refused()));
    assert_eq!(end(&merge(recorder)), r#"attempts=3 outcome="not_sent" stop_reason="attempts""#);

    let rate = Rate::at_most(1, Duration::from_secs(60));
    let client = client(Recorder::new()).with_throttle(Throttle::off().with_rate(Quota::Ingest, rate));
    block_on(client.merge("1", "2")).unwrap();
    let told = captured(|| block_on(client.merge("1", "2")).unwrap_err());
    assert_eq!(end(&told), r#"attempts=0 outcome="not_sent" stop_reason="deadline""#);
    assert_eq!(told.lines().count(), 1, "there was no attempt: {told}");
}
