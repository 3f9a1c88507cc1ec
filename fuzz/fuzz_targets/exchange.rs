//! Any outcomes at any times under any policy: the state machine keeps its promises.

#![no_main]

use std::time::Duration;

use customerio_core::{
    App, Attempt, CallOptions, Delivery, Endpoint, Error, Exchange, Moment, Operation, Rate, Region, Replay,
    RetryPolicy, Step, StopReason, Throttle, Track, TransportError, TransportErrorKind,
    app::{DefaultAudience, SendEmail, TriggerBroadcast},
    bytes::Bytes,
    http::{HeaderValue, Response, StatusCode},
    track::{Event, GetRegion, Identify},
};
use libfuzzer_sys::{arbitrary, fuzz_target};

#[derive(arbitrary::Arbitrary, Debug)]
struct Input<'a> {
    operation: Which,
    attempts: u8,
    backoff: Option<(Millis, Millis)>,
    attempt_timeout: Option<Millis>,
    deadline: Option<Millis>,
    replay: Option<bool>,
    pace: Option<Pace>,
    reserve: Option<u8>,
    start: Time,
    turns: Vec<(Time, Outcome<'a>, Time)>,
}

#[derive(arbitrary::Arbitrary, Debug)]
enum Which {
    Identify,
    GetRegion,
    EventWithoutId,
    Send,
    Broadcast,
}

#[derive(arbitrary::Arbitrary, Clone, Copy, Debug)]
struct Pace {
    count: u8,
    period: Millis,
    burst: u8,
}

/// A duration: mostly of a sensible length, sometimes of any.
#[derive(arbitrary::Arbitrary, Clone, Copy, Debug)]
enum Millis {
    Few(u16),
    Any(u64),
    Most,
}

impl Millis {
    fn get(self) -> Duration {
        match self {
            Self::Few(millis) => Duration::from_millis(millis.into()),
            Self::Any(millis) => Duration::from_millis(millis),
            Self::Most => Duration::MAX,
        }
    }
}

/// When something is done: on time, so much later, or at any time at all, the past included.
#[derive(arbitrary::Arbitrary, Clone, Copy, Debug)]
enum Time {
    Prompt,
    Later(u16),
    At(Millis, Millis, u128),
}

#[derive(arbitrary::Arbitrary, Clone, Copy, Debug)]
enum Outcome<'a> {
    Response {
        status: u16,
        retry_after: Option<&'a [u8]>,
        body: &'a [u8],
    },
    /// As much of a response as came.
    Broken {
        status: u16,
        body: &'a [u8],
    },
    NotSent,
    MaybeSent,
}

impl Outcome<'_> {
    fn status(self) -> Option<StatusCode> {
        match self {
            Self::Response { status, .. } | Self::Broken { status, .. } => {
                Some(StatusCode::from_u16(100 + status % 900).expect("three digits"))
            }
            Self::NotSent | Self::MaybeSent => None,
        }
    }

    /// Whether nobody knows if it was done, or what was said of it.
    fn is_ambiguous(self) -> bool {
        let status = self.status();
        match self {
            Self::NotSent => false,
            Self::MaybeSent => true,
            _ if status.is_some_and(|status| status.is_server_error()) => true,
            Self::Response { .. } => false,
            Self::Broken { .. } => {
                status.is_some_and(|status| status.is_success() && status != StatusCode::MULTI_STATUS)
            }
        }
    }

    fn result(self) -> Result<Response<Bytes>, TransportError> {
        let response = |body| {
            let mut response = Response::new(Bytes::copy_from_slice(body));
            *response.status_mut() = self.status().expect("it is a response");
            response
        };
        match self {
            Self::Response { retry_after, body, .. } => {
                let mut response = response(body);
                if let Some(Ok(value)) = retry_after.map(HeaderValue::from_bytes) {
                    response.headers_mut().insert("retry-after", value);
                }
                Ok(response)
            }
            Self::Broken { body, .. } => {
                Err(TransportError::maybe_sent(TransportErrorKind::Connection).with_response(response(body)))
            }
            Self::NotSent => Err(TransportError::not_sent(TransportErrorKind::Connect)),
            Self::MaybeSent => Err(TransportError::maybe_sent(TransportErrorKind::Timeout)),
        }
    }
}

struct Clock {
    monotonic: Duration,
    wall: Duration,
    random: u128,
}

impl Clock {
    fn now(&mut self, time: Time) -> Moment {
        match time {
            Time::Prompt => {}
            Time::Later(millis) => self.monotonic = self.monotonic.saturating_add(Duration::from_millis(millis.into())),
            Time::At(monotonic, wall, random) => {
                (self.monotonic, self.wall, self.random) = (monotonic.get(), wall.get(), random);
            }
        }
        Moment { monotonic: self.monotonic, since_epoch: self.wall, random: self.random }
    }
}

fn run<O: Operation>(endpoint: &Endpoint<O::Api>, operation: O, input: &Input<'_>) {
    let mut policy = RetryPolicy::default().with_attempts(input.attempts.into());
    if let Some((base, cap)) = input.backoff {
        policy = policy.with_backoff(base.get(), cap.get());
    }
    let mut clock = Clock { monotonic: Duration::ZERO, wall: Duration::from_secs(1_700_000_000), random: 4 };
    let start = clock.now(input.start);
    let mut replay = {
        // An event gets its id from the exchange.
        let mut stamped = operation.clone();
        stamped.stamp(&start);
        stamped.replay()
    };
    if let Some(safe) = input.replay {
        replay = if safe { Replay::Safe } else { Replay::OnlyIfNotSent };
        policy = policy.with_replay(replay);
    }

    let rate = input.pace.map(|pace| Rate::at_most(pace.count.into(), pace.period.get()).with_burst(pace.burst.into()));
    let throttle = Throttle::off().with_rate(O::QUOTA, rate).with_retry_budget(input.reserve.map(u32::from));
    let mut options = CallOptions::default().with_retry_policy(policy).with_throttle(throttle);
    if let Some(timeout) = input.attempt_timeout {
        options = options.with_attempt_timeout(timeout.get());
    }
    if let Some(deadline) = input.deadline {
        options = options.with_deadline(deadline.get());
    }

    let mut exchange = match Exchange::new(endpoint, operation, &options, &start) {
        Ok(exchange) => exchange,
        // An event whose time would be taken for milliseconds: the clock says that it is the year 5138 or later.
        Err(error) => return assert!(start.since_epoch.as_secs() >= 100_000_000_000, "{error}"),
    };
    let left = |now: &Moment| options.deadline().saturating_sub(now.monotonic.saturating_sub(start.monotonic));
    let (mut sent, mut first_body, mut may_send, mut maybe_sent) = (0, None, true, false);

    for &(before, outcome, after) in &input.turns {
        let now = clock.now(before);
        match exchange.step(&now) {
            Step::Send(request) => {
                assert!(may_send, "{} was sent again", O::NAME);
                let repeat = request.headers().get("x-retry-count").map(HeaderValue::as_bytes);
                assert_eq!(repeat, (sent > 0).then(|| sent.to_string()).as_ref().map(String::as_bytes));
                sent += 1;
                assert!(sent <= policy.attempts() && !left(&now).is_zero());
                let attempt = Attempt::of(&request);
                assert_eq!((attempt.number, attempt.operation), (sent, O::NAME));
                assert!(attempt.timeout <= left(&now));
                assert!(input.attempt_timeout.is_none_or(|timeout| attempt.timeout <= timeout.get()));
                let body = first_body.get_or_insert_with(|| request.body().clone());
                assert_eq!(body.as_ptr(), request.body().as_ptr(), "an attempt is the same bytes");
            }
            Step::Wait(wait) => {
                assert!(rate.is_some() && wait < left(&now) && !wait.is_zero(), "a wait for a turn");
                clock.monotonic = clock.monotonic.saturating_add(wait);
                continue;
            }
            Step::Done(Ok(_)) => panic!("without a response there is no success"),
            Step::Done(Err(error)) => {
                assert!(left(&now).is_zero() || rate.is_some(), "{error}");
                return end(&error, StopReason::Deadline, sent, maybe_sent);
            }
        }

        exchange.receive(outcome.result());
        let (status, ambiguous) = (outcome.status(), outcome.is_ambiguous());
        let limited = status == Some(StatusCode::TOO_MANY_REQUESTS);
        let responded = status.is_some() && !ambiguous && !limited;
        maybe_sent |= ambiguous;
        may_send = !responded && (!ambiguous || replay == Replay::Safe);

        let now = clock.now(after);
        match exchange.step(&now) {
            Step::Wait(wait) => {
                assert!(may_send && sent < policy.attempts());
                assert!(wait < left(&now), "a wait past the deadline");
                clock.monotonic = clock.monotonic.saturating_add(wait);
            }
            Step::Done(Ok(_)) => return assert!(status.is_some_and(|status| status.is_success())),
            Step::Done(Err(error)) => {
                let reason = error.stop_reason();
                match reason {
                    StopReason::NotRetryable => assert!(responded),
                    StopReason::NotIdempotent => assert!(ambiguous && replay == Replay::OnlyIfNotSent),
                    StopReason::Attempts => assert!(may_send && sent == policy.attempts()),
                    StopReason::Deadline => assert!(may_send && sent < policy.attempts()),
                    StopReason::Budget => assert!(may_send && !limited && input.reserve.is_some()),
                    other => panic!("{other}"),
                }
                assert_eq!(error.status(), status);
                return end(&error, reason, sent, maybe_sent);
            }
            Step::Send(_) => panic!("a request without a step of its own"),
        }
    }
}

fn end(error: &Error, reason: StopReason, sent: u32, maybe_sent: bool) {
    assert_eq!((error.attempts(), error.stop_reason()), (sent, reason));
    let delivery = match error.status() {
        Some(_) => Delivery::Responded,
        None if maybe_sent => Delivery::MaybeSent,
        None => Delivery::NotSent,
    };
    assert_eq!(error.delivery(), delivery);
    assert!(!format!("{error} {error:?}").contains(char::is_control));
}

fuzz_target!(|input: Input<'_>| {
    let track: Endpoint<Track> = Endpoint::track(Region::Us, "site", "key").expect("a key");
    let app: Endpoint<App> = Endpoint::app(Region::Us, "key").expect("a key");
    match input.operation {
        Which::Identify => run(&track, Identify::new("42"), &input),
        Which::GetRegion => run(&track, GetRegion, &input),
        Which::EventWithoutId => run(&track, Event::new("42", "signed_up"), &input),
        Which::Send => {
            run(&app, SendEmail::from_template("order", "ada@example.com").with_identifiers("42"), &input);
        }
        Which::Broadcast => run(&app, TriggerBroadcast::new(12, DefaultAudience::new()), &input),
    }
});
