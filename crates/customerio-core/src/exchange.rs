//! One call as a state machine, without I/O.

use std::{
    fmt,
    marker::PhantomData,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode};

use crate::{
    Api, Attempt, CallOptions, Delivery, Endpoint, Error, FromResponse, Moment, Operation, OperationInfo, Prepared,
    Quota, Replay, RetryPolicy, Step, StopReason, TransportError, TransportErrorKind,
    error::SendError,
    key::Key,
    request::Sent,
    retry::{self, Failure, Outcome},
    turn::{LaneId, Turn, Wait},
};

/// How many times the request has been sent before.
const X_RETRY_COUNT: HeaderName = HeaderName::from_static("x-retry-count");

/// One call as a state machine: [`step`](Self::step) returns the next action, and the driver carries it out.
///
/// [`Client`](crate::Client) drives one for you. A driver without async is this loop:
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{
///     CallOptions, Endpoint, Error, Region, bytes::Bytes, http, track::Identify,
///     transport::{Exchange, Moment, Step, TransportError},
/// };
/// # use std::{thread, time::Duration};
/// # fn now() -> Moment { Moment { monotonic: Duration::ZERO, since_epoch: Duration::ZERO, random: 4 } }
/// # let mut statuses = [503, 200].into_iter();
/// # let mut send = |_: http::Request<Bytes>| -> Result<http::Response<Bytes>, TransportError> {
/// #     let mut response = http::Response::new(Bytes::from_static(b"{}"));
/// #     *response.status_mut() = http::StatusCode::from_u16(statuses.next().unwrap()).unwrap();
/// #     Ok(response)
/// # };
///
/// let endpoint = Endpoint::track(Region::Us, "site", "key")?;
/// let identify = Identify::new("42").with_email("person@example.com");
/// let options = CallOptions::default(); // one for all calls: they are paced together
/// let mut exchange = Exchange::new(&endpoint, identify, &options, &now())?;
/// let result = loop {
///     match exchange.step(&now()) {
///         Step::Send(request) => exchange.receive(send(request)),
///         Step::Wait(duration) => thread::sleep(duration),
///         Step::Done(result) => break result,
///     }
/// };
/// assert!(result.is_ok());
/// # Ok::<(), Error>(())
/// ```
pub struct Exchange<T> {
    request: Request<Bytes>,
    /// The parts of the credentials that an error may show.
    key: Option<Key>,
    operation: &'static str,
    route: &'static str,
    replay: Replay,
    quota: Quota,
    response_limit: usize,
    attempt_timeout: Duration,
    retry_policy: RetryPolicy,
    deadline: Duration,
    /// Held from waiting for the turn until the request has ended.
    turn: Turn,
    /// Picks each wait within its bounds.
    random: u128,
    started: Duration,
    attempts: u32,
    /// Whether an earlier attempt may have arrived.
    maybe_sent: bool,
    state: State,
    output: PhantomData<fn() -> T>,
    #[cfg(feature = "metrics")]
    figures: crate::observe::Figures,
    #[cfg(feature = "tracing")]
    spans: crate::observe::Spans,
}

enum State {
    /// The next step sends, if there is time. After a failed attempt it holds the error of that attempt.
    Ready(Option<Error>),
    /// A request is in flight.
    Sent,
    /// The request has ended, and its result is not processed yet.
    Received(Result<Response<Bytes>, TransportError>),
    /// `Done` was returned.
    Ended,
}

impl<T> fmt::Debug for Exchange<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Neither the operation nor the request nor its response: they contain personal data.
        let state = match &self.state {
            State::Ready(_) => "ready",
            State::Sent => "sent",
            State::Received(_) => "received",
            State::Ended => "ended",
        };
        f.debug_struct("Exchange")
            .field("operation", &self.operation)
            .field("attempts", &self.attempts)
            .field("state", &state)
            .finish_non_exhaustive()
    }
}

impl<T: FromResponse> Exchange<T> {
    /// Builds the request of an operation. The deadline runs from `now`. An event without an id or a time gets them
    /// from `now`, so that it can be retried.
    ///
    /// # Errors
    ///
    /// [`Error::Build`] if an argument cannot be sent.
    pub fn new<O: Operation<Output = T>>(
        endpoint: &Endpoint<O::Api>,
        mut operation: O,
        options: &CallOptions,
        now: &Moment,
    ) -> Result<Self, Error> {
        operation.stamp(now);
        Self::of(endpoint, Prepared::new(operation, endpoint.limits())?, options, now)
    }

    /// Builds the request of a [`Prepared`] operation, unchanged. The deadline runs from `now`.
    ///
    /// # Errors
    ///
    /// [`Error::Build`] if it belongs to another API than the endpoint.
    pub fn of<A: Api>(
        endpoint: &Endpoint<A>,
        prepared: Prepared<T>,
        options: &CallOptions,
        now: &Moment,
    ) -> Result<Self, Error> {
        let Prepared { info, replay, attempt_timeout, .. } = prepared;
        let OperationInfo { name, route, quota, response_limit, .. } = *info;
        let request = endpoint.request(prepared)?;
        Ok(Self {
            #[cfg(feature = "metrics")]
            figures: crate::observe::Figures::new(name, route, quota, &request),
            #[cfg(feature = "tracing")]
            spans: crate::observe::Spans::new(name, route),
            turn: Turn::new(options.throttle().turns(), LaneId::of(quota, &request)),
            request,
            key: endpoint.key(),
            operation: name,
            route,
            replay,
            quota,
            response_limit,
            attempt_timeout: options.attempt_timeout(attempt_timeout),
            retry_policy: *options.retry_policy(),
            deadline: options.deadline(),
            random: now.random,
            started: now.monotonic,
            attempts: 0,
            maybe_sent: false,
            state: State::Ready(None),
            output: PhantomData,
        })
    }

    /// Returns what to do next.
    ///
    /// # Panics
    ///
    /// If it is called after [`Step::Send`] and before [`receive`](Self::receive), or after [`Step::Done`].
    pub fn step(&mut self, now: &Moment) -> Step<T> {
        let state = std::mem::replace(&mut self.state, State::Ended);
        #[cfg(any(feature = "metrics", feature = "tracing"))]
        let received = match &state {
            State::Received(result) => Some(crate::observe::Received::of(result)),
            _ => None,
        };
        let step = match state {
            State::Ready(last) => self.send(last, now),
            State::Received(result) => self.judge(result, now),
            State::Sent => {
                panic!("Exchange::step needs what came of the request: call receive first")
            }
            State::Ended => panic!("Exchange::step was called after Step::Done"),
        };
        #[cfg(feature = "metrics")]
        self.figures.step(&step, received, now);
        #[cfg(feature = "tracing")]
        self.spans.step(&step, self.attempts, received, now);
        step
    }

    /// Polls for a reason to take the next [`step`](Self::step) before the wait of the last [`Step::Wait`] is over.
    ///
    /// It is ready when another call has ended or was dropped, and this one may go. Otherwise it wakes the task when
    /// that happens.
    ///
    /// A driver need not call it: the waits are short enough without it. A driver that can be woken waits for both,
    /// which starts requests sooner and polls less often:
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// # use std::{future::{Future, poll_fn}, pin::pin, task::Poll, time::Duration};
    /// # use customerio::{operation::FromResponse, transport::Exchange};
    /// async fn wait<T: FromResponse>(exchange: &Exchange<T>, timer: impl Future<Output = ()>) {
    ///     let mut timer = pin!(timer);
    ///     poll_fn(|context| match exchange.poll_turn(context) {
    ///         Poll::Ready(()) => Poll::Ready(()),
    ///         Poll::Pending => timer.as_mut().poll(context),
    ///     })
    ///     .await;
    /// }
    /// # use customerio::{CallOptions, Endpoint, Region, track::Delete, transport::Moment};
    /// # let now = Moment { monotonic: Duration::ZERO, since_epoch: Duration::ZERO, random: 4 };
    /// # let endpoint = Endpoint::track(Region::Us, "site", "key")?;
    /// # let exchange = Exchange::new(&endpoint, Delete::new("42"), &CallOptions::default(), &now)?;
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// #     let waits = tokio::spawn(async move { wait(&exchange, std::future::ready(())).await });
    /// #     assert!(waits.await.is_ok());
    /// # });
    /// # Ok::<(), customerio::Error>(())
    /// ```
    pub fn poll_turn(&self, context: &mut Context<'_>) -> Poll<()> {
        self.turn.poll(context)
    }

    /// The span of the request in flight, or of the call when there is none. Send the request inside it, so that the
    /// spans of the HTTP stack become its children.
    #[cfg(feature = "tracing")]
    #[must_use]
    pub fn span(&self) -> &tracing::Span {
        self.spans.span()
    }

    /// Passes in the result of the request of the last [`Step::Send`].
    ///
    /// # Panics
    ///
    /// If no request is in flight.
    pub fn receive(&mut self, result: Result<Response<Bytes>, TransportError>) {
        assert!(matches!(self.state, State::Sent), "Exchange::receive was called without a request being out");
        self.turn.end();
        self.state = State::Received(result);
    }

    fn left(&self, now: &Moment) -> Duration {
        self.deadline.saturating_sub(now.monotonic.saturating_sub(self.started))
    }

    fn send(&mut self, last: Option<Error>, now: &Moment) -> Step<T> {
        let left = self.left(now);
        if left.is_zero() {
            let kind = self.turn.waits_for().unwrap_or(TransportErrorKind::Timeout);
            return self.too_late(last, kind, None);
        }
        match self.turn.take(now) {
            Ok(()) => {}
            Err(Wait { at_least, kind: TransportErrorKind::Throttled, .. }) if at_least >= left => {
                return self.too_late(last, TransportErrorKind::Throttled, Some(at_least));
            }
            Err(Wait { duration, .. }) => {
                self.state = State::Ready(last);
                return Step::Wait(duration.min(left));
            }
        }
        let timeout = self.attempt_timeout.min(left);
        let mut request = self.request.clone();
        if self.attempts > 0 {
            request.headers_mut().insert(X_RETRY_COUNT, HeaderValue::from(self.attempts));
        }
        self.attempts += 1;
        request.extensions_mut().insert(Attempt {
            operation: self.operation,
            route: self.route,
            number: self.attempts,
            timeout,
            response_limit: self.response_limit,
        });
        self.state = State::Sent;
        Step::Send(request)
    }

    /// Ends a call that has no time left for another attempt, with the error of its last attempt if there was one.
    fn too_late(&mut self, last: Option<Error>, kind: TransportErrorKind, retry_after: Option<Duration>) -> Step<T> {
        self.turn.end();
        let error = last.unwrap_or_else(|| self.send_error(TransportError::not_sent(kind), retry_after));
        Step::Done(Err(self.stopped(error, StopReason::Deadline)))
    }

    fn judge(&mut self, result: Result<Response<Bytes>, TransportError>, now: &Moment) -> Step<T> {
        let error = match self.read(result, now) {
            Ok(output) => {
                self.tell_throttle(Outcome::Final, now);
                return Step::Done(Ok(output));
            }
            Err(error) => match self.deleted(&error) {
                Some(output) => {
                    self.tell_throttle(Outcome::Final, now);
                    return Step::Done(Ok(output));
                }
                None => error,
            },
        };
        let outcome = Outcome::of(&error);
        self.maybe_sent |= outcome == Outcome::Ambiguous;
        self.tell_throttle(outcome, now);
        let failure = Failure {
            outcome,
            replay: self.replay,
            quota: self.quota,
            attempts: self.attempts,
            left: self.left(now),
            retry_after: error.retry_after(),
            random: self.random,
        };
        match retry::next(&self.retry_policy, &failure).and_then(|wait| self.take_repeat(outcome).map(|()| wait)) {
            Ok(wait) => {
                self.state = State::Ready(Some(error));
                Step::Wait(wait)
            }
            Err(reason) => Step::Done(Err(self.stopped(error, reason))),
        }
    }

    fn read(&self, result: Result<Response<Bytes>, TransportError>, now: &Moment) -> Result<T, Error> {
        let sent = Sent {
            operation: self.operation,
            attempts: self.attempts,
            wall: Some(now.timestamp()),
            authority: self.request.uri().authority(),
            headers: self.request.headers(),
            key: self.key,
        };
        match result {
            Ok(response) => sent.read(response),
            Err(mut error) => match error.take_response() {
                Some(response) => sent.read_broken(response, error),
                None => Err(self.send_error(error, None)),
            },
        }
    }

    /// The output of a DELETE that finds nothing to delete after an earlier attempt may have arrived: the resource is
    /// gone, as intended. Only for an operation without output: there is no response to read one from.
    fn deleted(&self, error: &Error) -> Option<T> {
        let is_gone = T::IS_EMPTY
            && self.maybe_sent
            && self.request.method() == Method::DELETE
            && matches!(error, Error::Api(error) if error.status() == StatusCode::NOT_FOUND);
        let no_content = || T::from_response(&Response::new(Bytes::new())).ok();
        if is_gone { no_content() } else { None }
    }

    fn tell_throttle(&self, outcome: Outcome, now: &Moment) {
        match outcome {
            Outcome::Final => self.turn.turns().responded(),
            Outcome::Limited => self.turn.slow_down(now),
            Outcome::NotSent | Outcome::Ambiguous | Outcome::Hopeless => {}
        }
    }

    /// A retry after a 429 does not use up the retry budget: the service is reachable, and the rate has been lowered.
    fn take_repeat(&self, outcome: Outcome) -> Result<(), StopReason> {
        let free = outcome == Outcome::Limited || self.turn.turns().take_retry();
        if free { Ok(()) } else { Err(StopReason::Budget) }
    }

    fn send_error(&self, error: TransportError, retry_after: Option<Duration>) -> Error {
        let (operation, attempts, stop_reason) = (self.operation, self.attempts, StopReason::NotRetryable);
        Error::Transport(Box::new(SendError { operation, error, attempts, stop_reason, retry_after }))
    }

    /// Turns the error of the last attempt into the error of the call.
    fn stopped(&self, mut error: Error, reason: StopReason) -> Error {
        match &mut error {
            Error::Build(_) => {}
            Error::Transport(error) => {
                error.stop_reason = reason;
                if self.maybe_sent {
                    error.error.set_delivery(Delivery::MaybeSent);
                }
            }
            Error::Api(api) => (api.call.stop_reason, api.call.maybe_sent) = (reason, self.maybe_sent),
            Error::Decode(decode) => decode.call.stop_reason = reason,
        }
        error
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Region, Throttle, Track, track};

    /// Options of a call that nothing paces.
    fn options() -> CallOptions {
        CallOptions::default().with_throttle(Throttle::off())
    }

    fn at(seconds: u64) -> Moment {
        Moment {
            monotonic: Duration::from_secs(seconds),
            since_epoch: Duration::from_secs(1_700_000_000 + seconds),
            random: 0,
        }
    }

    fn endpoint() -> Endpoint<Track> {
        Endpoint::track(Region::Us, "site", "key").unwrap()
    }

    #[expect(clippy::unnecessary_wraps, reason = "it stands beside the outcomes that are errors")]
    fn response(status: u16, retry_after: Option<&str>) -> Result<Response<Bytes>, TransportError> {
        let mut response = Response::new(Bytes::from_static(b"{}"));
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        if let Some(value) = retry_after {
            response.headers_mut().insert("retry-after", value.parse().unwrap());
        }
        Ok(response)
    }

    fn lost() -> Result<Response<Bytes>, TransportError> {
        Err(TransportError::maybe_sent(TransportErrorKind::Connection))
    }

    fn refused() -> Result<Response<Bytes>, TransportError> {
        Err(TransportError::not_sent(TransportErrorKind::Connect))
    }

    /// What was sent, how long it took, and how it ended.
    type Played<T> = (Vec<Request<Bytes>>, Duration, Result<T, Error>);

    /// Plays `outcomes` one after the other, a second each, waits taken as long as asked; gives the requests and the end.
    #[expect(clippy::needless_pass_by_value, reason = "the callers make the options where they call it")]
    fn play<O: Operation<Api = Track>>(
        operation: &O,
        options: CallOptions,
        outcomes: Vec<Result<Response<Bytes>, TransportError>>,
    ) -> Played<O::Output> {
        let prepared = Prepared::new(operation.clone(), &crate::Limits::default()).unwrap();
        play_prepared(prepared, &options, outcomes)
    }

    fn play_prepared<T: FromResponse>(
        prepared: Prepared<T>,
        options: &CallOptions,
        outcomes: Vec<Result<Response<Bytes>, TransportError>>,
    ) -> Played<T> {
        let (mut requests, mut clock, mut outcomes) = (Vec::new(), Duration::ZERO, outcomes.into_iter());
        let now = |clock| Moment { monotonic: clock, since_epoch: clock, random: 0 };
        let mut exchange = Exchange::of(&endpoint(), prepared, options, &now(clock)).unwrap();
        loop {
            match exchange.step(&now(clock)) {
                Step::Send(request) => {
                    requests.push(request);
                    clock += Duration::from_secs(1);
                    exchange.receive(outcomes.next().expect("an outcome for each attempt"));
                }
                Step::Wait(duration) => clock += duration,
                Step::Done(result) => return (requests, clock, result),
            }
        }
    }

    #[test]
    fn each_attempt_is_the_same_request_but_for_its_count() {
        let identify = track::Identify::new("1").with_email("a@example.com");
        let (requests, _, result) = play(&identify, options(), vec![response(503, None), lost(), response(200, None)]);
        assert!(result.is_ok());
        assert_eq!(requests.len(), 3);
        for (number, request) in (1..).zip(&requests) {
            let repeats = request.headers().get("x-retry-count").map(|count| count.to_str().unwrap());
            assert_eq!(repeats, [None, Some("1"), Some("2")][number as usize - 1]);
            let mut bare = request.clone();
            bare.headers_mut().remove("x-retry-count");
            assert_eq!(crate::testing::wire(&bare), crate::testing::wire(&requests[0]));
            // A repeat is a reference count, not a copy.
            assert_eq!(request.body().as_ptr(), requests[0].body().as_ptr());
            let attempt = Attempt::of(request);
            assert_eq!((attempt.operation, attempt.number), ("track.identify", number));
            assert_eq!(attempt.timeout, Duration::from_secs(10));
        }
    }

    #[test]
    fn what_must_not_be_done_twice_is_not() {
        let merge = track::Merge::new("1", "2");
        for outcomes in [vec![lost()], vec![response(500, None)]] {
            let (requests, _, result) = play(&merge, options(), outcomes);
            assert_eq!(requests.len(), 1);
            assert_eq!(result.unwrap_err().stop_reason(), StopReason::NotIdempotent);
        }
        let (requests, _, result) = play(&merge, options(), vec![refused(), response(429, None), response(200, None)]);
        assert!(result.is_ok());
        assert_eq!(requests.len(), 3);
    }

    #[test]
    fn an_attempt_that_may_have_arrived_is_not_forgotten() {
        let identify = track::Identify::new("1");
        let (_, _, result) = play(&identify, options(), vec![lost(), refused(), refused()]);
        let error = result.unwrap_err();
        assert_eq!((error.delivery(), error.attempts()), (Delivery::MaybeSent, 3));
        assert_eq!(
            error.to_string(),
            "track.identify may have been sent: the connection could not be established (attempts: 3; retries exhausted)"
        );
        let (_, _, result) = play(&identify, options(), vec![refused(), refused(), refused()]);
        assert_eq!(result.unwrap_err().delivery(), Delivery::NotSent);
        // Nor where the response to a later one says that this did nothing.
        for (first, is_unknown) in [(lost(), true), (response(503, None), true), (refused(), false)] {
            let (_, _, result) = play(&identify, options(), vec![first, response(400, None)]);
            let error = result.unwrap_err();
            assert_eq!((error.delivery(), error.has_unknown_outcome()), (Delivery::Responded, is_unknown));
        }
    }

    #[test]
    fn a_wait_longer_than_the_deadline_is_not_begun() {
        let identify = track::Identify::new("1");
        let limited = options().with_deadline(Duration::from_secs(10));
        let (requests, clock, result) = play(&identify, limited.clone(), vec![response(429, Some("9"))]);
        let error = result.unwrap_err();
        assert_eq!((requests.len(), clock), (1, Duration::from_secs(1)));
        assert_eq!(error.stop_reason(), StopReason::Deadline);
        assert_eq!(error.retry_after(), Some(Duration::from_secs(9)));
        assert_eq!(error.status(), Some(StatusCode::TOO_MANY_REQUESTS));

        let (requests, clock, result) =
            play(&identify, limited.clone(), vec![response(429, Some("8")), response(200, None)]);
        assert!(result.is_ok());
        assert_eq!(clock, Duration::from_secs(10));
        assert_eq!(Attempt::of(&requests[1]).timeout, Duration::from_secs(1));
    }

    #[test]
    fn nothing_is_sent_past_the_deadline() {
        let (endpoint, identify) = (endpoint(), track::Identify::new("1"));
        let limited = options().with_deadline(Duration::from_secs(5));
        let mut exchange = Exchange::new(&endpoint, identify.clone(), &limited, &at(0)).unwrap();
        let Step::Done(Err(error)) = exchange.step(&at(5)) else { panic!("it must end") };
        assert_eq!((error.delivery(), error.attempts()), (Delivery::NotSent, 0));

        // A driver that overslept: the error is what the attempt got, not the oversleeping.
        let mut exchange = Exchange::new(&endpoint, identify.clone(), &limited, &at(0)).unwrap();
        assert!(matches!(exchange.step(&at(0)), Step::Send(_)));
        exchange.receive(response(503, None));
        assert!(matches!(exchange.step(&at(1)), Step::Wait(_)));
        let Step::Done(Err(error)) = exchange.step(&at(9)) else { panic!("it must end") };
        assert_eq!(error.status(), Some(StatusCode::SERVICE_UNAVAILABLE));
        assert_eq!(error.stop_reason(), StopReason::Deadline);
    }

    #[test]
    fn final_responses_are_not_retried() {
        for status in [301, 400, 401, 404, 413] {
            let (requests, _, result) = play(&track::Delete::new("1"), options(), vec![response(status, None)]);
            let error = result.unwrap_err();
            assert_eq!((requests.len(), error.stop_reason()), (1, StopReason::NotRetryable), "{status}");
            assert_eq!(error.delivery(), Delivery::Responded);
        }
        let junk = Ok(Response::new(Bytes::from_static(b"<html>")));
        let (requests, _, result) = play(&track::Delete::new("1"), options(), vec![junk]);
        assert!(matches!(result.unwrap_err(), Error::Decode(error) if error.body() == "<html>"));
        assert_eq!(requests.len(), 1);
    }

    #[test]
    fn no_error_shows_the_credentials_that_the_server_quotes() {
        // The header, its base64, the pair, each half; as they are, in JSON and in a URL.
        let body = concat!(
            r#"{"meta":{"error":"bad: Basic c2l0ZS0xMjM0OmtleS81Njc4, c2l0ZS0xMjM0OmtleS81Njc4, site-1234:key/5678, "#,
            r#"key/5678 {\"key\":\"key\\/5678\"} ?key=key%2f5678"}}"#
        );
        let endpoint = Endpoint::track(Region::Us, "site-1234", "key/5678").unwrap();
        for (status, attempts) in [(200, 1), (400, 1), (401, 1), (429, 3), (503, 3)] {
            let mut exchange = Exchange::new(&endpoint, track::Identify::new("1"), &options(), &at(0)).unwrap();
            let error = loop {
                match exchange.step(&at(0)) {
                    Step::Send(_) => {
                        exchange.receive(Ok(Response::builder().status(status).body(body.into()).unwrap()));
                    }
                    Step::Wait(_) => assert!(!format!("{exchange:?}").contains("5678"), "{exchange:?}"),
                    Step::Done(result) => break result.unwrap_err(),
                }
            };
            let shown = error.to_string();
            assert_eq!((error.attempts(), shown.matches("[credential]").count()), (attempts, 6), "{shown}");
            for text in [shown, format!("{error:?} {error:#?}"), error.as_api().unwrap().message().unwrap().to_owned()]
            {
                assert!(!text.contains("1234") && !text.contains("5678") && !text.contains("c2l0"), "{text}");
            }
            assert!(error.as_api().unwrap().body() == body, "byte for byte");
        }
    }

    fn broken(status: u16, body: &'static str) -> Result<Response<Bytes>, TransportError> {
        let response = Response::builder().status(status).body(Bytes::from_static(body.as_bytes())).unwrap();
        Err(TransportError::maybe_sent(TransportErrorKind::Connection).with_response(response))
    }

    #[test]
    fn a_response_that_breaks_off_is_judged_by_its_status() {
        let (identify, merge) = (track::Identify::new("1"), track::Merge::new("1", "2"));
        for body in ["", "{}", " {\"meta\":{}}"] {
            let (requests, _, result) = play(&merge, options(), vec![broken(200, body)]);
            assert!(result.is_ok(), "a call that returns nothing is delivered: {body:?}");
            assert_eq!(requests.len(), 1);
        }
        let (_, _, result) = play(&merge, options(), vec![broken(200, "{\"me")]);
        let error = result.unwrap_err();
        assert_eq!((error.delivery(), error.stop_reason()), (Delivery::Responded, StopReason::NotIdempotent));
        assert_eq!(error.to_string(), "track.merge returned 200 OK, but the body did not arrive whole");
        assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "the connection broke");

        // What is only read is read again; a status other than 2xx says all by itself.
        let (requests, _, result) = play(&track::GetRegion, options(), (0..3).map(|_| broken(200, "")).collect());
        assert!(matches!(result.unwrap_err(), Error::Decode(_)));
        assert_eq!(requests.len(), 3);
        for (status, attempts) in [(301, 1), (404, 1), (503, 3)] {
            let outcomes = (0..attempts).map(|_| broken(status, "{\"meta\"")).collect();
            let (requests, _, result) = play(&identify, options(), outcomes);
            assert_eq!((requests.len(), result.unwrap_err().status().unwrap().as_u16()), (attempts, status));
        }
        // A batch of which some was refused is not sent again to learn which.
        let mut builder = crate::BatchBuilder::<crate::TrackBatch>::new();
        let identify = track::v2::person::Identify::new("1");
        builder.push((), crate::Item::new(identify, &at(0), &crate::Limits::default()).unwrap()).unwrap();
        let batch = builder.finish().unwrap().prepare();
        let (requests, _, result) = play_prepared(batch.clone(), &options(), vec![broken(207, "{\"errors\":[")]);
        assert_eq!((requests.len(), result.unwrap_err().stop_reason()), (1, StopReason::NotRetryable));
        let (requests, _, _) = play_prepared(batch, &options(), (0..3).map(|_| broken(200, "{")).collect());
        assert_eq!(requests.len(), 3);
    }

    /// Plays each call at once against outcomes that are always the same, and tells how often it was tried and why no
    /// more.
    fn play_throttled(throttle: &Throttle, now: &Moment, outcome: u16) -> (u32, Option<StopReason>) {
        let (endpoint, identify) = (endpoint(), track::Identify::new("1"));
        let mut exchange =
            Exchange::new(&endpoint, identify.clone(), &CallOptions::default().with_throttle(throttle.clone()), now)
                .unwrap();
        let mut attempts = 0;
        loop {
            match exchange.step(now) {
                Step::Send(_) => {
                    attempts += 1;
                    exchange.receive(response(outcome, None));
                }
                Step::Wait(_) => {}
                Step::Done(result) => return (attempts, result.err().map(|error| error.stop_reason())),
            }
        }
    }

    #[test]
    fn a_wait_follows_the_random_bits_that_the_call_began_with() {
        let endpoint = crate::Endpoint::track(Region::Us, "site", "key").unwrap();
        // A part of 50 milliseconds, both ends included.
        for (random, nanoseconds) in [(0, 0), (7, 7), (50_000_000, 50_000_000), (50_000_008, 7)] {
            let began = Moment { random, ..at(0) };
            let mut exchange = Exchange::new(&endpoint, track::Identify::new("1"), &options(), &began).unwrap();
            assert!(matches!(exchange.step(&at(0)), Step::Send(_)));
            exchange.receive(Ok(Response::builder().status(503).body(Bytes::new()).unwrap()));
            let Step::Wait(wait) = exchange.step(&at(0)) else { panic!("it is retried") };
            assert_eq!(wait, Duration::from_nanos(nanoseconds));
        }
    }

    #[test]
    fn an_outage_is_not_multiplied() {
        let throttle = Throttle::off().with_retry_budget(3);
        let calls: Vec<_> = (0..4).map(|_| play_throttled(&throttle, &at(0), 503)).collect();
        let (attempts, budget) = (Some(StopReason::Attempts), Some(StopReason::Budget));
        assert_eq!(calls, [(3, attempts), (2, budget), (1, budget), (1, budget)]);
        // A 429 costs nothing of it, and a final response earns some.
        assert_eq!(play_throttled(&throttle, &at(0), 429), (3, attempts));
        for _ in 0..10 {
            assert_eq!(play_throttled(&throttle, &at(0), 200), (1, None));
        }
        assert_eq!(play_throttled(&throttle, &at(0), 503), (2, budget));
        for _ in 0..10 {
            assert_eq!(play_throttled(&throttle, &at(0), 404), (1, Some(StopReason::NotRetryable)));
        }
        assert_eq!(play_throttled(&throttle, &at(0), 503), (2, budget));
    }

    #[test]
    fn what_can_never_be_sent_is_tried_once_and_leaves_the_reserve_as_it_is() {
        for kind in [TransportErrorKind::InvalidCertificate, TransportErrorKind::InvalidUrl] {
            let throttle = Throttle::off().with_retry_budget(1);
            let play_hopeless = || {
                let options = CallOptions::default().with_throttle(throttle.clone());
                let outcome = Err(TransportError::not_sent(kind));
                let (requests, _, result) = play(&track::Identify::new("1"), options, vec![outcome]);
                let error = result.unwrap_err();
                assert_eq!((requests.len(), error.delivery()), (1, Delivery::NotSent), "{kind:?}");
                assert_eq!(error.stop_reason(), StopReason::NotRetryable, "{kind:?}");
            };
            play_hopeless();
            assert!(throttle.turns().take_retry(), "{kind:?} takes nothing");
            (0..10).for_each(|_| play_hopeless());
            assert!(!throttle.turns().take_retry(), "{kind:?} gives nothing");
        }
    }

    #[test]
    fn a_call_waits_for_its_turn_within_its_deadline() {
        let rate = crate::Rate::at_most(1, Duration::from_secs(20));
        let throttle = Throttle::off().with_rate(crate::Quota::Ingest, rate);
        let (endpoint, identify) = (endpoint(), track::Identify::new("1"));
        let start = |now| {
            Exchange::new(&endpoint, identify.clone(), &CallOptions::default().with_throttle(throttle.clone()), &now)
                .unwrap()
        };
        let mut first = start(at(0));
        assert!(matches!(first.step(&at(0)), Step::Send(_)));

        let mut second = start(at(1));
        let Step::Wait(wait) = second.step(&at(1)) else { panic!("it must wait") };
        assert_eq!(wait, Duration::from_secs(19));
        // The third would have its turn at 40 seconds, past its deadline: it fails now, and not then.
        let mut third = start(at(2));
        let Step::Done(Err(error)) = third.step(&at(2)) else { panic!("it must end") };
        assert_eq!((error.delivery(), error.attempts()), (Delivery::NotSent, 0));
        assert_eq!(
            error.to_string(),
            "track.identify was not sent: the client's own rate limit did not admit it in time (attempts: 0; the \
             deadline left no time for another attempt)"
        );
        assert_eq!(error.retry_after(), Some(Duration::from_secs(38)));
        // When the second is given up, its turn is free.
        drop(second);
        let mut fourth = start(at(3));
        assert!(matches!(fourth.step(&at(3)), Step::Wait(wait) if wait == Duration::from_secs(17)));
        assert!(matches!(fourth.step(&at(20)), Step::Send(_)));
        // A repeat needs a turn as well; that it has none in time leaves the error as it was.
        fourth.receive(response(503, None));
        assert!(matches!(fourth.step(&at(20)), Step::Wait(_)));
        let Step::Done(Err(error)) = fourth.step(&at(20)) else { panic!("it must end") };
        assert_eq!(error.status(), Some(StatusCode::SERVICE_UNAVAILABLE));
        assert_eq!(error.stop_reason(), StopReason::Deadline);
    }

    #[test]
    fn a_turn_that_never_comes_is_not_waited_for() {
        let throttle = Throttle::off().with_rate(crate::Quota::Ingest, crate::Rate::at_most(1, Duration::MAX));
        let options = CallOptions::default().with_throttle(throttle);
        let (endpoint, now) = (endpoint(), at(0));
        let step = || Exchange::new(&endpoint, track::Identify::new("1"), &options, &now).unwrap().step(&now);
        assert!(matches!(step(), Step::Send(_)));
        let Step::Done(Err(error)) = step() else { panic!("it must end") };
        assert_eq!((error.delivery(), error.stop_reason()), (Delivery::NotSent, StopReason::Deadline));
    }

    #[test]
    fn a_turn_that_comes_at_the_deadline_is_too_late() {
        let throttle =
            Throttle::off().with_rate(crate::Quota::Ingest, crate::Rate::at_most(1, Duration::from_secs(20)));
        let (endpoint, identify) = (endpoint(), track::Identify::new("1"));
        let step = |seconds| {
            let options = CallOptions::default().with_throttle(throttle.clone());
            let options = options.with_deadline(Duration::from_secs(seconds));
            Exchange::new(&endpoint, identify.clone(), &options, &at(0)).unwrap().step(&at(0))
        };
        assert!(matches!(step(20), Step::Send(_)));
        assert!(matches!(step(20), Step::Done(Err(error)) if error.stop_reason() == StopReason::Deadline));
        assert!(matches!(step(21), Step::Wait(wait) if wait == Duration::from_secs(20)));
    }

    #[test]
    fn a_call_that_finds_too_many_in_flight_waits_until_its_deadline() {
        let options = CallOptions::default().with_throttle(Throttle::off().with_concurrency(1));
        let endpoint = endpoint();
        let start = || Exchange::new(&endpoint, track::Identify::new("1"), &options, &at(0)).unwrap();
        let (mut first, mut second, mut third) = (start(), start(), start());
        assert!(matches!(first.step(&at(0)), Step::Send(_)));
        assert!(matches!(second.step(&at(0)), Step::Wait(_)));
        assert!(matches!(third.step(&at(0)), Step::Wait(_)));
        let Step::Wait(wait) = second.step(&at(29)) else { panic!("it must wait") };
        assert!(wait <= Duration::from_secs(1), "{wait:?}");
        let Step::Done(Err(error)) = second.step(&at(30)) else { panic!("it must end") };
        assert_eq!((error.delivery(), error.attempts(), error.retry_after()), (Delivery::NotSent, 0, None));
        assert_eq!(
            error.to_string(),
            "track.identify was not sent: too many requests of the client were in flight: give it a longer deadline, or \
             allow more with `Throttle::with_concurrency` (attempts: 0; the deadline left no time for another attempt)"
        );
        // The one that failed has made way, though it is still there. The first makes way as soon as it has its response,
        // and waits like any other before it retries: that it waits in vain leaves its error as it was.
        first.receive(response(503, None));
        assert!(matches!(third.step(&at(20)), Step::Send(_)));
        assert!(matches!(first.step(&at(20)), Step::Wait(_)));
        assert!(matches!(first.step(&at(21)), Step::Wait(_)));
        let Step::Done(Err(error)) = first.step(&at(30)) else { panic!("it must end") };
        assert_eq!((error.status(), error.attempts()), (Some(StatusCode::SERVICE_UNAVAILABLE), 1));
        assert_eq!(error.stop_reason(), StopReason::Deadline);
        drop(third);
        assert!(matches!(start().step(&at(0)), Step::Send(_)));
    }

    #[test]
    fn a_429_slows_the_others_down() {
        let throttle = Throttle::off().with_rate(crate::Quota::Ingest, crate::limits::INGEST_RATE);
        let (endpoint, options) = (endpoint(), CallOptions::default().with_throttle(throttle));
        let start = || Exchange::new(&endpoint, track::Identify::new("1"), &options, &at(10)).unwrap();
        let goes = || matches!(start().step(&at(10)), Step::Send(_));
        assert!((0..3).all(|_| goes()), "the burst is there");
        let mut limited = start();
        assert!(matches!(limited.step(&at(10)), Step::Send(_)));
        limited.receive(response(429, None));
        assert!(matches!(limited.step(&at(10)), Step::Wait(_)));
        assert!(goes());
        assert!(!goes(), "the burst is gone");
    }

    #[test]
    fn debug_shows_how_far_a_call_is_and_nothing_of_its_data() {
        let (endpoint, identify) = (endpoint(), track::Identify::new("1"));
        let mut exchange = Exchange::new(&endpoint, identify.clone(), &options(), &at(0)).unwrap();
        let shown = |exchange: &Exchange<_>, attempts: u32, state: &str| {
            assert_eq!(
                format!("{exchange:?}"),
                format!(
                    "Exchange {{ operation: \"track.identify\", attempts: {attempts}, state: {state:?}, \
                     .. }}"
                )
            );
        };
        shown(&exchange, 0, "ready");
        assert_eq!(
            format!("{:?}", exchange.step(&at(0))),
            "Send(Attempt { operation: \"track.identify\", route: \"/api/v1/customers/{identifier}\", number: 1, timeout: 10s, \
             response_limit: 1048576 })"
        );
        shown(&exchange, 1, "sent");
        exchange.receive(response(503, None));
        shown(&exchange, 1, "received");
        assert_eq!(format!("{:?}", exchange.step(&at(0))), "Wait(0ns)");
        shown(&exchange, 1, "ready");
        let _ = exchange.step(&at(0));
        exchange.receive(response(200, None));
        assert_eq!(format!("{:?}", exchange.step(&at(0))), "Done(Ok(()))");
        shown(&exchange, 2, "ended");
    }

    #[test]
    #[should_panic(expected = "call receive first")]
    fn stepping_with_a_request_out_is_a_bug_that_shows() {
        let (endpoint, delete) = (endpoint(), track::Delete::new("1"));
        let mut exchange = Exchange::new(&endpoint, delete.clone(), &options(), &at(0)).unwrap();
        let _ = exchange.step(&at(0));
        let _ = exchange.step(&at(0));
    }

    #[test]
    fn a_delete_that_finds_nothing_after_an_attempt_that_may_have_arrived_is_done() {
        let delete = |first: Result<Response<Bytes>, TransportError>| {
            let endpoint = Endpoint::app(Region::Us, "key").unwrap();
            let operation = crate::app::segments::Delete::new(7);
            let mut exchange = Exchange::new(&endpoint, operation, &options(), &at(0)).unwrap();
            assert!(matches!(exchange.step(&at(0)), Step::Send(_)));
            exchange.receive(first);
            loop {
                match exchange.step(&at(1)) {
                    Step::Send(_) => exchange.receive(response(404, None)),
                    Step::Wait(_) => {}
                    Step::Done(result) => return result,
                }
            }
        };
        let lost = || TransportError::maybe_sent(TransportErrorKind::Timeout);
        assert!(delete(response(503, None)).is_ok(), "it may have arrived");
        assert!(delete(Err(lost())).is_ok(), "it may have arrived");
        for first in
            [response(404, None), response(429, None), Err(TransportError::not_sent(TransportErrorKind::Connect))]
        {
            assert_eq!(delete(first).unwrap_err().status(), Some(StatusCode::NOT_FOUND), "it did not arrive before");
        }
        // A response that is handed over as it came is not made up.
        let endpoint = Endpoint::app(Region::Us, "key").unwrap();
        let delete = Prepared::new(crate::app::segments::Delete::new(7), endpoint.limits()).unwrap();
        let delete = delete.returning::<Response<Bytes>>();
        let mut exchange = Exchange::of(&endpoint, delete, &options(), &at(0)).unwrap();
        assert!(matches!(exchange.step(&at(0)), Step::Send(_)));
        exchange.receive(response(503, None));
        let result = loop {
            match exchange.step(&at(1)) {
                Step::Send(_) => exchange.receive(response(404, None)),
                Step::Wait(_) => {}
                Step::Done(result) => break result,
            }
        };
        assert_eq!(result.unwrap_err().status(), Some(StatusCode::NOT_FOUND));
    }

    #[test]
    fn a_day_of_archived_messages_that_is_used_up_slows_nothing_else() {
        /// How many calls go out at once after one that was turned away.
        fn go_out<O: Operation<Api = crate::App>>(limited: O) -> usize {
            let endpoint = Endpoint::app(Region::Us, "key").unwrap();
            let options = CallOptions::default();
            let mut exchange = Exchange::new(&endpoint, limited, &options, &at(0)).unwrap();
            assert!(matches!(exchange.step(&at(0)), Step::Send(_)));
            exchange.receive(response(429, None));
            let _ = exchange.step(&at(0));
            let calls = std::iter::repeat_with(|| {
                let mut exchange =
                    Exchange::new(&endpoint, crate::app::segments::Get::new(7), &options, &at(0)).unwrap();
                let goes = matches!(exchange.step(&at(0)), Step::Send(_));
                std::mem::forget(exchange);
                goes
            });
            calls.take_while(|goes| *goes).count()
        }
        let undisturbed = go_out(crate::app::messages::Archived::new("d"));
        assert_eq!(undisturbed, 3);
        assert!(go_out(crate::app::segments::List::new()) < undisturbed, "one of its own does slow them");
    }
}
