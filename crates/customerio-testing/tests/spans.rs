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
fn a_call_is_a_span_and_each_request_one_in_it() {
    let recorder = Recorder::new()
        .responding(503, "busy")
        .responding_with(Err(TransportError::maybe_sent(TransportErrorKind::Connection)))
        .responding(200, "{}");
    let told = captured(|| block_on(client(recorder).identify("42", json!({"email": "ada@example.com"}))).unwrap());
    let call =
        r#"customerio.call{otel.name="track.identify" otel.kind="internal" customerio.operation="track.identify""#;
    let request = "customerio.request{otel.name=PUT /api/v1/customers/{identifier} otel.kind=\"client\" \
        http.request.method=\"PUT\" url.template=\"/api/v1/customers/{identifier}\" \
        server.address=\"track.customer.io\" server.port=443 http.request.body.size=27";
    let lines = |fields: &str, wait: &str| {
        format!(
            "DEBUG {call}}}:{request}{fields}}}: customerio: received customerio.latency_us=0{wait}\n \
             INFO {call}}}:{request}{fields}}}: customerio: close\n"
        )
    };
    let busy = "http.response.status_code=503 http.response.body.size=4 error.type=\"503\" otel.status_code=\"ERROR\"";
    let lost = "http.request.resend_count=1 error.type=\"connection\" otel.status_code=\"ERROR\"";
    let good = "http.request.resend_count=2 http.response.status_code=200 http.response.body.size=2";
    let expected = [
        lines(&format!(" {busy}"), " customerio.wait_us=0"),
        lines(&format!(" {lost}"), " customerio.wait_us=0"),
        lines(&format!(" {good}"), ""),
        format!(" INFO {call} customerio.attempts=3 customerio.outcome=\"ok\"}}: customerio: close\n"),
    ];
    assert_eq!(told, expected.concat());
}

/// The line of the call's span: how it ended.
fn end(told: &str) -> &str {
    let line = told.lines().last().unwrap();
    &line[line.find("customerio.attempts=").unwrap()..line.find("}: customerio: close").unwrap()]
}

#[test]
fn the_span_shows_how_the_call_ended() {
    let merge = |recorder| captured(|| block_on(client(recorder).merge("1", "2")).unwrap_err());
    let ended = |attempts: u32, outcome: &str, stop_reason: &str, error: &str| {
        format!(
            "customerio.attempts={attempts} customerio.outcome=\"{outcome}\" customerio.stop_reason=\"{stop_reason}\" \
             otel.status_code=\"ERROR\" error.type={error}"
        )
    };
    let lost = TransportError::maybe_sent(TransportErrorKind::Connection);
    let told = merge(Recorder::new().responding_with(Err(lost)));
    assert_eq!(end(&told), ended(1, "maybe_sent", "not_idempotent", r#""connection""#));

    // Ten seconds pass before an attempt is given up.
    let told = merge(Recorder::new().silent_once());
    assert!(
        told.contains(
            r#"error.type="timeout" otel.status_code="ERROR"}: customerio: received customerio.latency_us=10000000"#
        ),
        "{told}"
    );

    let told = merge(Recorder::new().responding(400, "{}"));
    assert_eq!(end(&told), ended(1, "responded", "not_retryable", r#""400""#));

    let refused = || Err(TransportError::not_sent(TransportErrorKind::Connect));
    let recorder = (0..3).fold(Recorder::new(), |recorder, _| recorder.responding_with(refused()));
    assert_eq!(end(&merge(recorder)), ended(3, "not_sent", "attempts", r#""connect""#));

    let rate = Rate::at_most(1, Duration::from_secs(60));
    let client = client(Recorder::new()).with_throttle(Throttle::off().with_rate(Quota::Ingest, rate));
    block_on(client.merge("1", "2")).unwrap();
    let told = captured(|| block_on(client.merge("1", "2")).unwrap_err());
    assert_eq!(end(&told), ended(0, "not_sent", "deadline", r#""throttled""#));
    assert_eq!(told.lines().count(), 1, "there was no request: {told}");
}
