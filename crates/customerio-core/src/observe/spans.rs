//! What a call reports to [`tracing`], in the names of OpenTelemetry: a span for the call, and in it one for each request.
//!
//! The names and the values of `http.`, `server.`, `url.` and `error.type` are those of
//! <https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client-span>. What is not of HTTP begins with
//! `customerio.`. No field has a URL, a query, a header or a body: they name people.

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use tracing::{Span, debug, field::Empty, info_span};

use super::{Received, error_type, outcome, port};
use crate::{Error, Moment, Step};

/// The target of the spans and the events, to filter by.
const TARGET: &str = "customerio";

/// The span of a call, and that of the request that is in flight.
#[derive(Debug)]
pub(crate) struct Spans {
    call: Span,
    attempt: Option<Span>,
    route: &'static str,
    sent: Duration,
}

impl Received {
    fn record(self, span: &Span) {
        if let Some(status) = self.status {
            span.record("http.response.status_code", status.as_u16()).record("http.response.body.size", self.bytes);
        }
        if let Some(error_type) = self.error_type() {
            span.record("error.type", &*error_type).record("otel.status_code", "ERROR");
        }
    }
}

impl Spans {
    pub(crate) fn new(operation: &'static str, route: &'static str) -> Self {
        let call = info_span!(
            target: TARGET,
            "customerio.call",
            otel.name = operation,
            otel.kind = "internal",
            customerio.operation = operation,
            customerio.attempts = Empty,
            customerio.outcome = Empty,
            customerio.stop_reason = Empty,
            "error.type" = Empty,
            otel.status_code = Empty,
        );
        Self { call, attempt: None, route, sent: Duration::ZERO }
    }

    /// What happens now belongs to this span: the request that is in flight, or else the call.
    pub(crate) fn span(&self) -> &Span {
        self.attempt.as_ref().unwrap_or(&self.call)
    }

    /// Reports a step: the response that led to it, the request that it sends, or the end of the call.
    pub(crate) fn step<T>(&mut self, step: &Step<T>, attempt: u32, received: Option<Received>, now: &Moment) {
        if let Some(received) = received {
            self.received(step, received, now);
        }
        match step {
            Step::Send(request) => {
                self.sent = now.monotonic;
                self.attempt = Some(self.begin(request, attempt));
            }
            Step::Done(result) => self.done(result.as_ref().err(), attempt),
            Step::Wait(_) => {}
        }
    }

    fn begin(&self, request: &Request<Bytes>, attempt: u32) -> Span {
        let (method, route) = (request.method(), self.route);
        let span = info_span!(
            target: TARGET,
            parent: &self.call,
            "customerio.request",
            otel.name = format_args!("{method} {route}"),
            otel.kind = "client",
            http.request.method = method.as_str(),
            url.template = route,
            server.address = request.uri().host(),
            server.port = port(request.uri()),
            http.request.body.size = request.body().len(),
            http.request.resend_count = Empty,
            http.response.status_code = Empty,
            http.response.body.size = Empty,
            "error.type" = Empty,
            otel.status_code = Empty,
        );
        if attempt > 1 {
            span.record("http.request.resend_count", attempt - 1);
        }
        span
    }

    /// The span of the request ends, and an event in it says what is measured without the subscriber's clock.
    fn received<T>(&mut self, step: &Step<T>, received: Received, now: &Moment) {
        let span = self.attempt.take();
        let span = span.as_ref().unwrap_or(&self.call);
        received.record(span);
        let wait = match step {
            Step::Wait(wait) => Some(microseconds(*wait)),
            _ => None,
        };
        debug!(
            target: TARGET,
            parent: span,
            {
                customerio.latency_us = microseconds(now.monotonic.saturating_sub(self.sent)),
                customerio.wait_us = wait
            },
            "received"
        );
    }

    fn done(&self, error: Option<&Error>, attempts: u32) {
        let outcome = outcome(error.map(Error::delivery));
        self.call.record("customerio.attempts", attempts).record("customerio.outcome", outcome);
        if let Some(error) = error {
            let stopped = error.stop_reason().as_str();
            self.call.record("customerio.stop_reason", stopped).record("otel.status_code", "ERROR");
            self.call.record("error.type", &*error_type(error));
        }
    }
}

fn microseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
