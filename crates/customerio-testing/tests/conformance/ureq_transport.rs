//! A transport over a blocking client, a thread for each request: what one costs that is not ours.

use std::{
    io::{ErrorKind, Read as _},
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use customerio_core::{
    Attempt, Moment, Transport, TransportError, TransportErrorKind, async_trait,
    bytes::Bytes,
    http::{Request, Response},
};
use tokio::sync::oneshot;
use ureq::{Agent, Error};

#[derive(Debug)]
pub(crate) struct UreqTransport {
    agent: Agent,
    started: Instant,
}

impl UreqTransport {
    /// ureq's defaults follow redirects, make errors of statuses, and take a proxy from the environment. Its features
    /// are off, so it decompresses nothing. The headers that it would add are those that core always sets. It repeats
    /// nothing and keeps connections without being told.
    pub(crate) fn new() -> Self {
        let config = Agent::config_builder()
            .max_redirects(0)
            .http_status_as_error(false)
            .proxy(None)
            .timeout_connect(Some(Duration::from_secs(5)));
        Self { agent: config.build().new_agent(), started: Instant::now() }
    }
}

#[async_trait]
impl Transport for UreqTransport {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let agent = self.agent.clone();
        on_a_thread(move || blocking(&agent, request))
            .await
            .unwrap_or_else(|| Err(TransportError::maybe_sent(TransportErrorKind::Connection)))
    }

    async fn sleep(&self, duration: Duration) {
        on_a_thread(move || thread::sleep(duration)).await;
    }

    fn now(&self) -> Moment {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Moment::new(self.started.elapsed(), since_epoch, fastrand::u128(..))
    }
}

/// `None` where it panicked. Where nobody waits any more, the thread goes on to its end.
async fn on_a_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (sender, receiver) = oneshot::channel();
    thread::spawn(move || sender.send(work()));
    receiver.await.ok()
}

fn blocking(agent: &Agent, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
    let limit = Attempt::of(&request).response_limit;
    let (parts, body) = request.into_parts();
    // To a GET or DELETE with a body, and be it one of no bytes, ureq adds a content-length.
    let sent = if body.is_empty() && !parts.headers.contains_key("content-length") {
        agent.run(Request::from_parts(parts, ()))
    } else {
        agent.run(Request::from_parts(parts, &body[..]))
    };
    let (parts, body) = sent.map_err(of_call)?.into_parts();
    let mut bytes = Vec::new();
    // One more than the limit: the reader then knows the end of a body that is just as long.
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    body.into_reader()
        .take(most)
        .read_to_end(&mut bytes)
        .map_err(|error| TransportError::maybe_sent(TransportErrorKind::Connection).with_source(error))?;
    if bytes.len() > limit {
        return Err(TransportError::maybe_sent(TransportErrorKind::ResponseTooLarge));
    }
    Ok(Response::from_parts(parts, bytes.into()))
}

/// Only connecting is refused, looks names up, or has that timeout.
fn of_call(error: Error) -> TransportError {
    let failed = match &error {
        Error::HostNotFound | Error::ConnectionFailed | Error::Timeout(ureq::Timeout::Connect) => {
            TransportError::not_sent(TransportErrorKind::Connect)
        }
        Error::Io(error) if error.kind() == ErrorKind::ConnectionRefused => {
            TransportError::not_sent(TransportErrorKind::Connect)
        }
        _ => TransportError::maybe_sent(TransportErrorKind::Connection),
    };
    failed.with_source(error)
}
