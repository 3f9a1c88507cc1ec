//! The documented rates: what is over them, what the response is, and that the SDK's own pace never is.

use customerio_core::{
    App, Client, Endpoint, RetryPolicy, Throttle, Track,
    app::{SendSms, segments::List},
};
use http::Response;
use serde_json::{Value, json};

use super::*;
use crate::{
    Builder, Emulator, Verdict,
    testing::{NOW, call, request},
};

const IDENTIFY: &str = "PUT /api/v1/customers/42";
const SEGMENTS: &str = "GET /v1/segments";

fn builder() -> Builder {
    Emulator::builder().with_clock_at(NOW).with_request_log(20_000, 1 << 30)
}

fn limited() -> Emulator {
    builder().with_rate_limits(true).build()
}

fn send(emulator: &Emulator, line: &str, body: &Value) -> Response<bytes::Bytes> {
    emulator.handle(&request(line, body))
}

/// How many requests of the log got this status.
fn count(emulator: &Emulator, status: u16) -> usize {
    emulator.request_log().iter().filter(|logged| logged.status == status).count()
}

#[test]
fn a_window_has_at_most_its_count_in_any_period() {
    let rate = Rate::at_most(3, Duration::from_secs(1));
    let ms = |ms: u64| ms * 1_000;
    let over = |refuses: bool, times: &[u64]| {
        let mut window = Window::default();
        let waits = times.iter().map(|time| window.count(&rate, ms(*time), refuses));
        waits.map(|wait| wait.map(|wait| wait.as_millis())).collect::<Vec<_>>()
    };
    let none = None;
    assert_eq!(
        over(true, &[0, 0, 0, 0, 500, 899, 900, 900]),
        [none, none, none, Some(1_000), Some(500), Some(101), none, none]
    );
    // What is not refused counts, so that it is not over again and again only because of the first.
    assert_eq!(over(false, &[0, 0, 0, 100, 900, 950, 1_000]), [none, none, none, Some(900), none, none, none]);
    assert_eq!(
        over(false, &[0, 0, 0, 100, 200, 300, 1_050]),
        [none, none, none, Some(900), Some(800), Some(700), none]
    );
    // A clock that is set back begins anew.
    assert_eq!(
        over(true, &[5_000, 5_000, 5_000, 5_000, 0, 0, 0, 0]),
        [none, none, none, Some(1_000), none, none, none, Some(1_000)]
    );
}

#[test]
fn it_remembers_no_more_than_it_needs() {
    let mut window = Window::default();
    for time in 0..100_000 {
        window.count(&limits::INGEST_RATE, time, time % 2 == 0);
    }
    assert_eq!(window.0.len(), 3_000);
    assert!(window.0.capacity() <= 4_096, "{}", window.0.capacity());
}

#[test]
fn each_api_refuses_in_its_own_shape() {
    let ingest = "over the documented rate of 3000 requests in 3 seconds";
    let app = |detail: &str| json!({"errors": [{"status": "429", "detail": detail}]});
    let meta = |error: &str| json!({"meta": {"error": error}});
    let sms = json!({"transactional_message_id": 1, "identifiers": {"id": "42"}, "to": "+15551234567"});
    for (line, body, most, expected, retry_after) in [
        (IDENTIFY, json!({}), 3_000, meta(ingest), None),
        ("POST /v1/identify", json!({"userId": "42"}), 3_000, meta(ingest), None),
        ("POST /v1/send/sms", sms, 3_000, app(ingest), Some("3")),
        (SEGMENTS, Value::Null, 10, app("over the documented rate of 10 requests a second"), Some("1")),
        // The emulator has no Design Studio, and counts what comes all the same.
        (
            "POST /v1/design_studio/emails/1/publish",
            json!({}),
            5,
            app("over the documented rate of 5 requests a second"),
            Some("1"),
        ),
        (
            "GET /v1/messages/1/archived_message",
            Value::Null,
            100,
            app("over the documented rate of 100 requests a day"),
            None,
        ),
    ] {
        let emulator = limited();
        for _ in 0..most {
            assert_ne!(send(&emulator, line, &body).status(), 429, "{line}");
        }
        let response = send(&emulator, line, &body);
        let given: Value = serde_json::from_slice(response.body()).unwrap();
        let after = response.headers().get(header::RETRY_AFTER).map(|after| after.to_str().unwrap());
        assert_eq!((response.status().as_u16(), &given, after), (429, &expected, retry_after), "{line}");
        let logged = emulator.request_log().pop().unwrap();
        assert_eq!((logged.verdict, logged.problems.len()), (Verdict::Refused, 1), "{line}");
        // As soon as the period is over there is room for all of them, by the emulator's clock.
        emulator.advance(if most == 100 { DAY } else { Duration::from_secs(3) });
        assert_ne!(send(&emulator, line, &body).status(), 429, "{line}");
    }
}

#[test]
fn a_pipelines_call_that_asks_for_nothing_strict_gets_the_429_too() {
    let emulator = limited();
    let mut lax = request("POST /v1/identify", &json!({"userId": "42"}));
    lax.headers_mut().remove("x-strict-mode");
    for _ in 0..3_000 {
        assert_eq!(emulator.handle(&lax).status(), 200);
    }
    assert_eq!((emulator.handle(&lax).status().as_u16(), emulator.dropped()), (429, 0));
}

/// Whether anything is refused or not, the verdict says that it is over the rate.
#[test]
fn without_limits_a_request_over_the_rate_is_tolerated() {
    let emulator = builder().build();
    let at = |ms: u64| emulator.handle_at(&request(SEGMENTS, &Value::Null), Duration::from_millis(ms)).status();
    for _ in 0..12 {
        assert_eq!(at(1_000), 200);
    }
    let log = emulator.request_log();
    let expected = "over the documented rate of 10 requests a second; the service may refuse it, or drop it";
    for (index, logged) in log.iter().enumerate() {
        let (verdict, why) = if index < 10 { (Verdict::Accepted, None) } else { (Verdict::Tolerated, Some(expected)) };
        assert_eq!((logged.verdict, logged.why()), (verdict, why), "{index}");
    }
    assert_eq!(at(2_000), 200);
    assert_eq!(emulator.request_log().pop().unwrap().verdict, Verdict::Accepted);
    // A clock that stands says nothing of a rate, unless it was asked for.
    let emulator = builder().build();
    for _ in 0..12 {
        assert_eq!(call(&emulator, SEGMENTS, &Value::Null).0, 200);
        assert_eq!(emulator.request_log().pop().unwrap().verdict, Verdict::Accepted);
    }
}

#[test]
fn rates_are_apart_and_what_has_no_credentials_counts_for_none() {
    let emulator = limited();
    let mut stranger = request(SEGMENTS, &Value::Null);
    stranger.headers_mut().insert("authorization", HeaderValue::from_static("Bearer wrong"));
    for _ in 0..20 {
        assert_eq!(emulator.handle(&stranger).status(), 401);
        assert_eq!(call(&emulator, IDENTIFY, &json!({})).0, 200);
    }
    for _ in 0..10 {
        assert_eq!(call(&emulator, SEGMENTS, &Value::Null).0, 200);
    }
    assert_eq!(call(&emulator, SEGMENTS, &Value::Null).0, 429);
    assert_eq!(call(&emulator, IDENTIFY, &json!({})).0, 200);
    // Another workspace has rates of its own, and a test that begins anew does too.
    let others = crate::Workspaces::of(emulator.clone()).with_any_credentials();
    let suite = others.obtain("suite-7").unwrap();
    let mut own = request(SEGMENTS, &Value::Null);
    own.headers_mut().insert("authorization", HeaderValue::from_static("Bearer suite-7"));
    for index in 0..11 {
        assert_eq!(suite.handle(&own).status(), if index < 10 { 200 } else { 429 });
    }
    emulator.reset();
    assert_eq!(call(&emulator, SEGMENTS, &Value::Null).0, 200);
}

#[test]
fn a_seed_says_whether_there_are_limits() {
    let seed = crate::Seed::from_json(r#"{"workspace": {"rate_limits": true, "contract": "strict"}}"#).unwrap();
    let emulator = builder().with_seed(seed.clone()).build();
    for index in 0..11 {
        assert_eq!(call(&emulator, SEGMENTS, &Value::Null).0, if index < 10 { 200 } else { 429 });
    }
    assert_eq!(emulator.config.contract, crate::Contract::Strict);
    assert_eq!(emulator.to_seed().unwrap(), seed);
    let error = builder().build().seed(&seed).unwrap_err();
    assert!(error.to_string().contains("contract cannot change"), "{error}");
}

#[test]
fn every_operation_counts_against_its_quota() {
    for operation in customerio_core::operations().filter(|operation| operation.route != "/{path}") {
        let path: Vec<_> =
            operation.route.split('/').map(|part| if part.starts_with('{') { "1" } else { part }).collect();
        let request = http::Request::builder().method(operation.method.clone()).uri(path.join("/")).body(()).unwrap();
        let head = crate::route::Head::of(&request);
        let config = crate::config::Config { app_api_key: "key".into(), ..Default::default() };
        let authorized = http::Request::builder()
            .method(operation.method.clone())
            .uri(path.join("/"))
            .header("authorization", "Bearer key")
            .body(())
            .unwrap();
        let quota = match crate::routes::find_for(crate::route::Head::of(&authorized), &config) {
            Ok(route) => route.quota(),
            Err(refusal) => crate::routes::quota_of_missing(head, &refusal),
        };
        assert_eq!(quota, Some(operation.quota), "{}", operation.name);
    }
}

fn endpoint<A: customerio_core::Api>(emulator: &Emulator, endpoint: Endpoint<A>, throttle: Throttle) -> Client<A> {
    let client = Client::new(endpoint, emulator.clone()).with_throttle(throttle);
    client.with_retry_policy(RetryPolicy::default().with_attempts(1))
}

fn track(emulator: &Emulator, throttle: Throttle) -> Client<Track> {
    endpoint(emulator, emulator.track_endpoint().unwrap(), throttle)
}

fn app(emulator: &Emulator, throttle: Throttle) -> Client<App> {
    endpoint(emulator, emulator.app_endpoint().unwrap(), throttle)
}

/// Makes calls as fast as the client's throttle lets them out.
async fn make_calls(emulator: &Emulator, throttle: &Throttle, [ingest, sends, reads]: [usize; 3]) {
    let (track, app) = (track(emulator, throttle.clone()), app(emulator, throttle.clone()));
    for number in 0..ingest {
        let _ = track.identify(number.to_string().as_str(), ()).await;
    }
    for number in 0..sends {
        let _ = app.send_sms(SendSms::new(1, number.to_string().as_str(), "+15551234567")).await;
    }
    for _ in 0..reads {
        let _ = app.call(List::new()).await;
    }
}

/// The SDK is never limited, as fast as it goes; one that is a little faster is, and so is one without a throttle.
#[tokio::test]
async fn the_throttle_of_the_sdk_is_never_limited() {
    const SOME: [usize; 3] = [3_500, 0, 30];
    let limit = |quota, rate: Rate, more: u32| (quota, Rate::at_most(rate.count() + more, rate.period()));
    let faster = [
        limit(Quota::Ingest, limits::INGEST_RATE, 300),
        limit(Quota::Send, limits::SEND_RATE, 300),
        limit(Quota::App, limits::APP_RATE, 3),
    ];
    let faster = faster.into_iter().fold(Throttle::off(), |throttle, (quota, rate)| throttle.with_rate(quota, rate));
    let evenly = [Quota::Ingest, Quota::Send, Quota::App].into_iter().fold(Throttle::off(), |throttle, quota| {
        let (_, rate, _) = shared(quota).unwrap();
        throttle.with_rate(quota, Rate::at_most(rate.count(), rate.period()))
    });
    for (throttle, calls, is_limited) in [
        (Throttle::default(), [3_500, 3_500, 30], false),
        (evenly, SOME, false),
        (faster, SOME, true),
        (Throttle::off(), SOME, true),
    ] {
        let emulator = limited();
        let started = emulator.now();
        make_calls(&emulator, &throttle, calls).await;
        let (refused, done) = (count(&emulator, 429), count(&emulator, 200));
        assert_eq!(refused + done, calls.iter().sum::<usize>(), "{throttle:?}");
        assert_eq!(refused > 0, is_limited, "{refused} were refused: {throttle:?}");
        let seconds = emulator.now().unix_seconds() - started.unix_seconds();
        assert!(seconds < 60, "at full speed, and not slower: {seconds} s");
    }
}
