//! One call as a state machine, without I/O.

use std::{fmt, time::Duration};

use bytes::Bytes;
use http::{Request, Response};

use crate::{
    Attempt, Delivery, Endpoint, Error, Moment, Operation, Policy, StopReason, TransportError, TransportErrorKind,
    endpoint::{build, read},
    error::NoAnswer,
    retry::{self, Failure, Outcome},
};

/// What the driver of an [`Exchange`] has to do next.
pub enum Step<T> {
    /// Send the request, within [`Attempt::timeout`], and [`receive`](Exchange::receive) what came of it.
    Send(Request<Bytes>),
    /// Wait that long.
    Wait(Duration),
    /// Nothing: the call has ended.
    Done(Result<T, Error>),
}

impl<T> fmt::Debug for Step<T> {
    /// Requests and answers hold people's data, and debug output ends up in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Send(request) => {
                let attempt = Attempt::of(request);
                f.debug_tuple("Send").field(&attempt).finish()
            }
            Self::Wait(duration) => f.debug_tuple("Wait").field(duration).finish(),
            Self::Done(result) => f.debug_tuple("Done").field(&result.as_ref().map(|_| ())).finish(),
        }
    }
}

/// One call as a state machine: it says what to do, and the driver does it.
///
/// [`Client`](crate::Client) is such a driver. Another, for a program without async, is this loop:
///
/// ```
/// use customerio_core::{
///     Endpoint, Error, Exchange, Moment, Policy, Region, Step, TransportError, bytes::Bytes, http, track::Identify,
/// };
/// # use std::{thread, time::Duration};
/// # fn now() -> Moment { Moment::new(Duration::ZERO, Duration::ZERO, 4) }
/// # let mut answers = [503, 200].into_iter();
/// # let mut send = |_: http::Request<Bytes>| -> Result<http::Response<Bytes>, TransportError> {
/// #     let mut response = http::Response::new(Bytes::from_static(b"{}"));
/// #     *response.status_mut() = http::StatusCode::from_u16(answers.next().unwrap()).unwrap();
/// #     Ok(response)
/// # };
///
/// let endpoint = Endpoint::track(Region::Us, "site", "key")?;
/// let identify = Identify::new("42").with_email("person@example.com");
/// let mut exchange = Exchange::new(&endpoint, &identify, Policy::default(), &now())?;
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
pub struct Exchange<'a, O: Operation> {
    operation: &'a O,
    request: Request<Bytes>,
    policy: Policy,
    started: Duration,
    attempts: u32,
    /// Whether an earlier attempt may have arrived.
    maybe_sent: bool,
    state: State,
}

enum State {
    /// The next step sends, if there is time. After a failed attempt it holds the error of that.
    Ready(Option<Error>),
    /// A request is out.
    Sent,
    /// What came of it, not yet looked at.
    Received(Result<Response<Bytes>, TransportError>),
    /// `Done` was handed out.
    Ended,
}

impl<O: Operation> fmt::Debug for Exchange<'_, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Neither the operation nor the request nor its answer: they hold people's data.
        let state = match &self.state {
            State::Ready(_) => "ready",
            State::Sent => "sent",
            State::Received(_) => "received",
            State::Ended => "ended",
        };
        f.debug_struct("Exchange")
            .field("operation", &O::NAME)
            .field("policy", &self.policy)
            .field("attempts", &self.attempts)
            .field("state", &state)
            .finish_non_exhaustive()
    }
}

impl<'a, O: Operation> Exchange<'a, O> {
    /// Builds the request. The deadline runs from `now`.
    ///
    /// It sends the operation as it is: where a missing id and time are to be filled in,
    /// [`capture`](Operation::capture) comes first.
    ///
    /// # Errors
    ///
    /// [`Error::Build`] where an argument cannot be sent.
    pub fn new(endpoint: &Endpoint<O::Surface>, operation: &'a O, policy: Policy, now: &Moment) -> Result<Self, Error> {
        let request = build(endpoint, operation)?;
        Ok(Self {
            operation,
            request,
            policy,
            started: now.monotonic(),
            attempts: 0,
            maybe_sent: false,
            state: State::Ready(None),
        })
    }

    /// What to do now.
    ///
    /// # Panics
    ///
    /// After [`Step::Send`] and before [`receive`](Self::receive), and after [`Step::Done`].
    pub fn step(&mut self, now: &Moment) -> Step<O::Output> {
        match std::mem::replace(&mut self.state, State::Ended) {
            State::Ready(last) => self.send(last, now),
            State::Received(result) => self.judge(result, now),
            State::Sent => {
                panic!("Exchange::step needs what came of the request: call receive first")
            }
            State::Ended => panic!("Exchange::step was called after Step::Done"),
        }
    }

    /// Takes what came of the request of the last [`Step::Send`].
    ///
    /// # Panics
    ///
    /// Where no request is out.
    pub fn receive(&mut self, result: Result<Response<Bytes>, TransportError>) {
        assert!(matches!(self.state, State::Sent), "Exchange::receive was called without a request being out");
        self.state = State::Received(result);
    }

    fn left(&self, now: &Moment) -> Duration {
        self.policy.deadline().saturating_sub(now.monotonic().saturating_sub(self.started))
    }

    fn send(&mut self, last: Option<Error>, now: &Moment) -> Step<O::Output> {
        let left = self.left(now);
        if left.is_zero() {
            let error = last.unwrap_or_else(|| self.no_answer(TransportError::not_sent(TransportErrorKind::Timeout)));
            return Step::Done(Err(self.stopped(error, StopReason::Deadline)));
        }
        self.attempts += 1;
        let timeout = self.policy.attempt_timeout(self.operation.attempt_timeout()).min(left);
        let mut request = self.request.clone();
        request.extensions_mut().insert(Attempt::new(O::NAME, self.attempts, timeout, O::RESPONSE_LIMIT));
        self.state = State::Sent;
        Step::Send(request)
    }

    fn judge(&mut self, result: Result<Response<Bytes>, TransportError>, now: &Moment) -> Step<O::Output> {
        let (outcome, error) = match result {
            Ok(response) => {
                let status = response.status();
                match read(self.operation, response, Some(now.unix_seconds()), self.attempts) {
                    Ok(output) => return Step::Done(Ok(output)),
                    Err(error @ Error::Api(_)) => (Outcome::of_status(status), error),
                    Err(error) => (Outcome::Final, error),
                }
            }
            Err(error) => (Outcome::of_delivery(error.delivery()), self.no_answer(error)),
        };
        let failure = Failure {
            outcome,
            replay: self.operation.replay(),
            quota: O::QUOTA,
            attempts: self.attempts,
            left: self.left(now),
            retry_after: error.retry_after(),
            random: now.random(),
        };
        self.maybe_sent |= outcome == Outcome::Ambiguous;
        match retry::next(&self.policy, &failure) {
            Ok(wait) => {
                self.state = State::Ready(Some(error));
                Step::Wait(wait)
            }
            Err(reason) => Step::Done(Err(self.stopped(error, reason))),
        }
    }

    fn no_answer(&self, error: TransportError) -> Error {
        let (operation, attempts, stop_reason) = (O::NAME, self.attempts, StopReason::Final);
        Error::Transport(Box::new(NoAnswer { operation, error, attempts, stop_reason }))
    }

    /// The error of the last attempt, as the error of the call.
    fn stopped(&self, mut error: Error, reason: StopReason) -> Error {
        match &mut error {
            Error::Build(_) => {}
            Error::Transport(no_answer) => {
                no_answer.stop_reason = reason;
                if self.maybe_sent {
                    no_answer.error.set_delivery(Delivery::MaybeSent);
                }
            }
            Error::Api(api) => api.answer.stop_reason = reason,
            Error::Decode(decode) => decode.answer.stop_reason = reason,
        }
        error
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;
    use crate::{Region, Track, track};

    fn at(seconds: u64) -> Moment {
        Moment::new(Duration::from_secs(seconds), Duration::from_secs(1_700_000_000 + seconds), 0)
    }

    fn endpoint() -> Endpoint<Track> {
        Endpoint::track(Region::Us, "site", "key").unwrap()
    }

    #[expect(clippy::unnecessary_wraps, reason = "it stands beside the outcomes that are errors")]
    fn answer(status: u16, retry_after: Option<&str>) -> Result<Response<Bytes>, TransportError> {
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

    /// Plays `outcomes` one after the other, a second each, waits taken as long as asked; gives the requests and the end.
    fn play<O: Operation<Surface = Track>>(
        operation: &O,
        policy: Policy,
        outcomes: Vec<Result<Response<Bytes>, TransportError>>,
    ) -> (Vec<Request<Bytes>>, Duration, Result<O::Output, Error>) {
        let (mut requests, mut clock, mut outcomes) = (Vec::new(), Duration::ZERO, outcomes.into_iter());
        let now = |clock| Moment::new(clock, clock, 0);
        let endpoint = endpoint();
        let mut exchange = Exchange::new(&endpoint, operation, policy, &now(clock)).unwrap();
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
    fn each_attempt_is_the_same_request() {
        let identify = track::Identify::new("1").with_email("a@example.com");
        let (requests, _, result) =
            play(&identify, Policy::default(), vec![answer(503, None), lost(), answer(200, None)]);
        assert!(result.is_ok());
        assert_eq!(requests.len(), 3);
        for (number, request) in (1..).zip(&requests) {
            assert_eq!(crate::testing::wire(request), crate::testing::wire(&requests[0]));
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
        for outcomes in [vec![lost()], vec![answer(500, None)]] {
            let (requests, _, result) = play(&merge, Policy::default(), outcomes);
            assert_eq!(requests.len(), 1);
            assert_eq!(result.unwrap_err().stop_reason(), StopReason::NotRepeatable);
        }
        let (requests, _, result) =
            play(&merge, Policy::default(), vec![refused(), answer(429, None), answer(200, None)]);
        assert!(result.is_ok());
        assert_eq!(requests.len(), 3);
    }

    #[test]
    fn an_attempt_that_may_have_arrived_is_not_forgotten() {
        let identify = track::Identify::new("1");
        let (_, _, result) = play(&identify, Policy::default(), vec![lost(), refused(), refused()]);
        let error = result.unwrap_err();
        assert_eq!((error.delivery(), error.attempts()), (Delivery::MaybeSent, 3));
        assert_eq!(
            error.to_string(),
            "track.identify may have been sent: no connection could be made (attempt 3; no attempts were left)"
        );
        let (_, _, result) = play(&identify, Policy::default(), vec![refused(), refused(), refused()]);
        assert_eq!(result.unwrap_err().delivery(), Delivery::NotSent);
    }

    #[test]
    fn a_wait_longer_than_the_deadline_is_not_begun() {
        let identify = track::Identify::new("1");
        let policy = Policy::default().with_deadline(Duration::from_secs(10));
        let (requests, clock, result) = play(&identify, policy, vec![answer(429, Some("9"))]);
        let error = result.unwrap_err();
        assert_eq!((requests.len(), clock), (1, Duration::from_secs(1)));
        assert_eq!(error.stop_reason(), StopReason::Deadline);
        assert_eq!(error.retry_after(), Some(Duration::from_secs(9)));
        assert_eq!(error.status(), Some(StatusCode::TOO_MANY_REQUESTS));

        let (requests, clock, result) = play(&identify, policy, vec![answer(429, Some("8")), answer(200, None)]);
        assert!(result.is_ok());
        assert_eq!(clock, Duration::from_secs(10));
        assert_eq!(Attempt::of(&requests[1]).timeout, Duration::from_secs(1));
    }

    #[test]
    fn nothing_is_sent_past_the_deadline() {
        let (endpoint, identify) = (endpoint(), track::Identify::new("1"));
        let policy = Policy::default().with_deadline(Duration::from_secs(5));
        let mut exchange = Exchange::new(&endpoint, &identify, policy, &at(0)).unwrap();
        let Step::Done(Err(error)) = exchange.step(&at(5)) else { panic!("it must end") };
        assert_eq!((error.delivery(), error.attempts()), (Delivery::NotSent, 0));

        // A driver that overslept: the error is what the attempt got, not the oversleeping.
        let mut exchange = Exchange::new(&endpoint, &identify, policy, &at(0)).unwrap();
        assert!(matches!(exchange.step(&at(0)), Step::Send(_)));
        exchange.receive(answer(503, None));
        assert!(matches!(exchange.step(&at(1)), Step::Wait(_)));
        let Step::Done(Err(error)) = exchange.step(&at(9)) else { panic!("it must end") };
        assert_eq!(error.status(), Some(StatusCode::SERVICE_UNAVAILABLE));
        assert_eq!(error.stop_reason(), StopReason::Deadline);
    }

    #[test]
    fn answers_that_are_final_are_not_repeated() {
        for status in [301, 400, 401, 404, 413] {
            let (requests, _, result) = play(&track::Delete::new("1"), Policy::default(), vec![answer(status, None)]);
            let error = result.unwrap_err();
            assert_eq!((requests.len(), error.stop_reason()), (1, StopReason::Final), "{status}");
            assert_eq!(error.delivery(), Delivery::Answered);
        }
        let junk = Ok(Response::new(Bytes::from_static(b"<html>")));
        let (requests, _, result) = play(&track::Delete::new("1"), Policy::default(), vec![junk]);
        assert!(matches!(result.unwrap_err(), Error::Decode(error) if error.body() == "<html>"));
        assert_eq!(requests.len(), 1);
    }

    #[test]
    #[should_panic(expected = "call receive first")]
    fn stepping_with_a_request_out_is_a_bug_that_shows() {
        let (endpoint, delete) = (endpoint(), track::Delete::new("1"));
        let mut exchange = Exchange::new(&endpoint, &delete, Policy::default(), &at(0)).unwrap();
        let _ = exchange.step(&at(0));
        let _ = exchange.step(&at(0));
    }
}
