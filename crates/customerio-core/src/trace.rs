//! What a call tells [`tracing`]: a span for the call, and an event for each attempt.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use tracing::{
    Span, debug,
    field::{self, Empty},
    info_span,
};

use crate::{Delivery, Error, Moment, Step, TransportError, TransportErrorKind};

/// The target of the span and the events, to filter by.
const TARGET: &str = "customerio";

/// The span of a call, and what is known of the attempt that is under way.
#[derive(Debug)]
pub(crate) struct Trace {
    span: Span,
    operation: &'static str,
    request_bytes: usize,
    sent: Duration,
}

/// What of an answer is told.
#[derive(Clone, Copy)]
pub(crate) struct Answer {
    status: Option<StatusCode>,
    bytes: usize,
    error: Option<TransportErrorKind>,
}

impl Answer {
    pub(crate) fn of(result: &Result<Response<Bytes>, TransportError>) -> Self {
        let response = result.as_ref().map_or_else(TransportError::response, Some);
        Self {
            status: response.map(Response::status),
            bytes: response.map_or(0, |response| response.body().len()),
            error: result.as_ref().err().map(TransportError::kind),
        }
    }
}

impl Trace {
    pub(crate) fn new(operation: &'static str, route: &'static str, request: &Request<Bytes>) -> Self {
        let span = info_span!(
            target: TARGET,
            "customerio.call",
            otel.kind = "client",
            operation,
            http.request.method = request.method().as_str(),
            url.template = route,
            attempts = Empty,
            outcome = Empty,
            stop_reason = Empty,
        );
        Self { span, operation, request_bytes: request.body().len(), sent: Duration::ZERO }
    }

    pub(crate) fn span(&self) -> &Span {
        &self.span
    }

    /// Tells of a step: of the attempt whose answer led to it, and of the call where it ends.
    pub(crate) fn step<T>(&mut self, step: &Step<T>, attempt: u32, answer: Option<Answer>, now: &Moment) {
        if matches!(step, Step::Send(_)) {
            self.sent = now.monotonic;
        }
        let failed = match step {
            Step::Done(Err(error)) => Some(error),
            _ => None,
        };
        if let Some(Answer { status, bytes, error }) = answer {
            let microseconds = |duration: Duration| u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
            let wait = match step {
                Step::Wait(wait) => Some(*wait),
                _ => None,
            };
            debug!(
                target: TARGET,
                parent: &self.span,
                operation = self.operation,
                attempt,
                status = status.map(|status| status.as_u16()),
                error = error.map(field::debug),
                latency_us = microseconds(now.monotonic.saturating_sub(self.sent)),
                request_bytes = self.request_bytes,
                response_bytes = bytes,
                wait_us = wait.map(microseconds),
                stop_reason = failed.map(|error| error.stop_reason().as_str()),
                "attempt"
            );
        }
        if let Step::Done(result) = step {
            let outcome = match result.as_ref().map_err(Error::delivery) {
                Ok(_) => "ok",
                Err(Delivery::NotSent) => "not_sent",
                Err(Delivery::MaybeSent) => "maybe_sent",
                Err(Delivery::Answered) => "answered",
            };
            self.span.record("attempts", attempt).record("outcome", outcome);
            if let Some(error) = failed {
                self.span.record("stop_reason", error.stop_reason().as_str());
            }
        }
    }
}
