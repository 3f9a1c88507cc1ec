//! What a call counts and measures by [`metrics`]. Every label is one of few: an operation, a route, a status.

use std::{borrow::Cow, sync::Once, time::Duration};

use http::{Method, Request};
use metrics::{Label, Unit, counter, describe_counter, describe_histogram, histogram};

use super::{Received, error_type, outcome, port};
use crate::{Error, Moment, Quota, Step};

/// The name that OpenTelemetry gives to it.
const DURATION: &str = "http.client.request.duration";
const CALLS: &str = "customerio.calls";
const RETRIES: &str = "customerio.retries";
const THROTTLED: &str = "customerio.throttle.wait";

/// What is known of the request that is in flight, and of the wait before it.
#[derive(Debug)]
pub(crate) struct Figures {
    operation: &'static str,
    route: &'static str,
    quota: Quota,
    method: Method,
    host: String,
    port: u16,
    /// The `error.type` of the request before.
    failed: Option<Cow<'static, str>>,
    sent: Duration,
    /// Since when it waits for its turn.
    waits: Option<Duration>,
}

impl Figures {
    pub(crate) fn new<B>(operation: &'static str, route: &'static str, quota: Quota, request: &Request<B>) -> Self {
        static DESCRIBED: Once = Once::new();
        DESCRIBED.call_once(describe);
        Self {
            operation,
            route,
            quota,
            method: request.method().clone(),
            host: request.uri().host().unwrap_or_default().to_owned(),
            port: port(request.uri()),
            failed: None,
            sent: Duration::ZERO,
            waits: None,
        }
    }

    /// Records a step: the response that led to it, the request that it sends, or the end of the call.
    pub(crate) fn step<T>(&mut self, step: &Step<T>, received: Option<Received>, now: &Moment) {
        if let Some(received) = received {
            self.received(received, now);
        }
        match step {
            Step::Send(_) => self.send(now),
            Step::Wait(_) if received.is_none() => drop(self.waits.get_or_insert(now.monotonic)),
            Step::Wait(_) => {}
            Step::Done(result) => self.done(result.as_ref().err(), now),
        }
    }

    fn send(&mut self, now: &Moment) {
        self.sent = now.monotonic;
        self.waited(now);
        if let Some(error_type) = self.failed.take() {
            counter!(RETRIES, "operation" => self.operation, "error.type" => error_type).increment(1);
        }
    }

    fn received(&mut self, received: Received, now: &Moment) {
        self.failed = received.error_type();
        let mut labels = vec![
            Label::new("http.request.method", self.method.as_str().to_owned()),
            Label::from_static_parts("url.template", self.route),
            Label::new("server.address", self.host.clone()),
            Label::new("server.port", self.port.to_string()),
        ];
        if let Some(status) = received.status {
            labels.push(Label::new("http.response.status_code", status.as_u16().to_string()));
        }
        if let Some(error_type) = &self.failed {
            labels.push(Label::new("error.type", error_type.clone()));
        }
        histogram!(DURATION, labels).record(now.monotonic.saturating_sub(self.sent));
    }

    fn waited(&mut self, now: &Moment) {
        if let Some(since) = self.waits.take() {
            histogram!(THROTTLED, "quota" => self.quota.as_str()).record(now.monotonic.saturating_sub(since));
        }
    }

    fn done(&mut self, error: Option<&Error>, now: &Moment) {
        self.waited(now);
        let outcome = outcome(error.map(Error::delivery));
        let mut labels =
            vec![Label::from_static_parts("operation", self.operation), Label::from_static_parts("outcome", outcome)];
        if let Some(error) = error {
            labels.push(Label::new("error.type", error_type(error)));
        }
        counter!(CALLS, labels).increment(1);
    }
}

fn describe() {
    describe_histogram!(DURATION, Unit::Seconds, "Duration of HTTP client requests.");
    describe_counter!(CALLS, Unit::Count, "Calls that have ended, by operation and outcome.");
    describe_counter!(RETRIES, Unit::Count, "Requests that were sent again, by operation and what failed before.");
    describe_histogram!(THROTTLED, Unit::Seconds, "How long calls waited for the rate limit of their quota.");
}
