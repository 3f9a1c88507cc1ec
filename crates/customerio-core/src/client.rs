//! A client: an endpoint, a transport and a policy, and the loop that drives an [`Exchange`].

use std::{fmt, future::poll_fn, pin::Pin, sync::Arc, task::Poll, time::Duration};

use bytes::Bytes;
use http::{Request, Response};

use crate::{
    Api, Attempt, Endpoint, Error, Exchange, Limits, Moment, Operation, RetryPolicy, Step, Throttle, Transport,
    TransportError, TransportErrorKind,
};

/// Calls one of the APIs.
///
/// A clone is cheap and shares everything. Several clients can share a transport, and with it a connection pool: hand
/// each of them a clone of it.
///
/// Dropping the future of a call cancels it. A request that is out then may or may not arrive; nothing is repeated.
///
/// See the crate's start page for a first program.
pub struct Client<S: Api> {
    endpoint: Arc<Endpoint<S>>,
    transport: Arc<dyn Transport>,
    policy: RetryPolicy,
    throttle: Throttle,
}

impl<S: Api> Client<S> {
    /// A client of `endpoint` over `transport`, with the default [`RetryPolicy`] and a [`Throttle`] of its own.
    #[must_use]
    pub fn new(endpoint: Endpoint<S>, transport: impl Transport + 'static) -> Self {
        Self {
            endpoint: Arc::new(endpoint),
            transport: Arc::new(transport),
            policy: RetryPolicy::default(),
            throttle: Throttle::default(),
        }
    }

    /// The client with another policy.
    #[must_use]
    pub fn with_retry_policy(mut self, policy: RetryPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// The client with other rates and another reserve of repeats. Its clones share them from here on; other clients
    /// that were given a clone of `throttle` do too.
    #[must_use]
    pub fn with_throttle(mut self, throttle: Throttle) -> Self {
        self.throttle = throttle;
        self
    }

    /// The client with another deadline for each call, waits included. The default is 30 seconds.
    #[must_use]
    pub fn with_deadline(self, deadline: Duration) -> Self {
        let policy = self.policy.with_deadline(deadline);
        self.with_retry_policy(policy)
    }

    /// The same client with another deadline, for one call: `client.within(Duration::from_secs(2)).delete("42")`.
    #[must_use]
    pub fn within(&self, deadline: Duration) -> Self {
        self.clone().with_deadline(deadline)
    }

    pub(crate) fn limits(&self) -> &Limits {
        self.endpoint.limits()
    }

    pub(crate) fn now(&self) -> Moment {
        self.transport.now()
    }

    /// The policy of its calls.
    #[must_use]
    pub fn policy(&self) -> RetryPolicy {
        self.policy
    }

    /// Does one call, repeating it where that is safe.
    ///
    /// An event without an id gets one, and the time of this call, so that it can be repeated.
    ///
    /// # Errors
    ///
    /// See [`Error`]: each variant says what is known about the request having arrived.
    pub async fn call<O: Operation<Api = S>>(&self, operation: &O) -> Result<O::Output, Error> {
        match operation.capture(&self.transport.now()) {
            Some(captured) => self.drive(&captured).await,
            None => self.drive(operation).await,
        }
    }

    async fn drive<O: Operation<Api = S>>(&self, operation: &O) -> Result<O::Output, Error> {
        let exchange = Exchange::new(&self.endpoint, operation, self.policy, &self.transport.now())?;
        let mut exchange = exchange.with_throttle(&self.throttle);
        loop {
            match exchange.step(&self.transport.now()) {
                Step::Send(request) => {
                    let attempt = self.attempt(request);
                    #[cfg(feature = "tracing")]
                    let attempt = tracing::Instrument::instrument(attempt, exchange.span().clone());
                    exchange.receive(attempt.await);
                }
                Step::Wait(duration) => self.transport.sleep(duration).await,
                Step::Done(result) => return result,
            }
        }
    }

    /// One attempt, given up when its time has passed: what is known then is nothing.
    async fn attempt(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let timeout = Attempt::of(&request).timeout;
        let mut answer = self.transport.send(request);
        let mut timer = self.transport.sleep(timeout);
        poll_fn(|context| {
            if let Poll::Ready(result) = Pin::as_mut(&mut answer).poll(context) {
                return Poll::Ready(result);
            }
            let timeout = |()| Err(TransportError::maybe_sent(TransportErrorKind::Timeout));
            Pin::as_mut(&mut timer).poll(context).map(timeout)
        })
        .await
    }
}

impl<S: Api> Clone for Client<S> {
    fn clone(&self) -> Self {
        Self {
            endpoint: self.endpoint.clone(),
            transport: self.transport.clone(),
            policy: self.policy,
            throttle: self.throttle.clone(),
        }
    }
}

impl<S: Api> fmt::Debug for Client<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("endpoint", &self.endpoint)
            .field("transport", &self.transport)
            .field("policy", &self.policy)
            .field("throttle", &self.throttle)
            .finish()
    }
}
