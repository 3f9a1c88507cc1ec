//! What the checks share: a request as core makes it, and waiting without a runtime.

use std::{
    future::{Future, pending, poll_fn},
    pin::pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Poll, Waker},
    thread,
    time::{Duration, Instant},
};

use bytes::Bytes;
use customerio_core::{Attempt, Transport, TransportError};
use http::{Method, Request, Response};

use super::outcome::Outcome;

/// Far longer than any response on loopback takes.
const PATIENCE: Duration = Duration::from_secs(10);

/// A request with the headers that core sets, so that a transport has no default of its own to add.
pub(super) fn request(method: Method, url: &str, body: impl Into<Bytes>) -> Outcome<Request<Bytes>> {
    let body = body.into();
    let mut request = Request::builder()
        .uri(url)
        .header("accept", "application/json")
        .header("accept-encoding", "identity")
        .header("authorization", "Bearer key")
        .header("user-agent", "conformance/1");
    if !body.is_empty() || method == Method::POST || method == Method::PUT {
        request = request.header("content-type", "application/json").header("content-length", body.len());
    }
    Ok(request.method(method).body(body)?)
}

/// The result of a request. Fails if there is none in time.
pub(super) async fn send(
    transport: &dyn Transport,
    request: Request<Bytes>,
) -> Outcome<Result<Response<Bytes>, TransportError>> {
    in_time(transport.send(request)).await
}

/// The result of `future`. Fails if that takes too long.
pub(super) async fn in_time<F: Future>(future: F) -> Outcome<F::Output> {
    Ok(until(future, after(PATIENCE)).await.ok_or_else(|| format!("it was not done in {PATIENCE:?}"))?)
}

/// The result of a request for the driver of a call, which waits for the attempt's timeout and no longer. `None` if the
/// transport had nothing to say until then.
pub(super) async fn send_in_time(
    transport: &dyn Transport,
    mut request: Request<Bytes>,
    timeout: Duration,
) -> Outcome<Option<Result<Response<Bytes>, TransportError>>> {
    let mut attempt = Attempt::of(&request);
    attempt.timeout = timeout;
    request.extensions_mut().insert(attempt);
    Ok(until(transport.send(request), after(timeout)).await)
}

/// The response to a request. Fails if there is none.
pub(super) async fn response(transport: &dyn Transport, request: Request<Bytes>) -> Outcome<Response<Bytes>> {
    Ok(send(transport, request).await?.map_err(|error| format!("there is no response: {error:?}"))?)
}

/// The response to a GET of the server's `/v1/probe`. Fails if there is none.
pub(super) async fn get(transport: &dyn Transport, url: &str) -> Outcome<Response<Bytes>> {
    response(transport, request(Method::GET, &format!("{url}/v1/probe"), "")?).await
}

/// Waits without the transport's timer.
pub(super) async fn pause(duration: Duration) {
    until(pending::<()>(), after(duration)).await;
}

/// Whether that time has passed from now on.
fn after(duration: Duration) -> impl Fn() -> bool + Send + 'static {
    let started = Instant::now();
    move || started.elapsed() >= duration
}

/// Sends, and drops the future when `stop` says so. Fails if it ended before, or `stop` never says so.
pub(super) async fn abandon(
    transport: &dyn Transport,
    request: Request<Bytes>,
    stop: impl Fn() -> bool + Send + 'static,
) -> Outcome {
    let late = after(PATIENCE);
    let stopped = Arc::new(AtomicBool::new(false));
    let seen = stopped.clone();
    let stop = move || {
        seen.store(stop(), Ordering::SeqCst);
        seen.load(Ordering::SeqCst) || late()
    };
    match until(transport.send(request), stop).await {
        Some(result) => Err(format!("the server says nothing, and send ended with {result:?}").into()),
        None if stopped.load(Ordering::SeqCst) => Ok(()),
        None => Err(format!("the request did not arrive in {PATIENCE:?}").into()),
    }
}

/// What `future` gives, or `None` if `stop` is true first. A thread watches for that, and the future is polled only
/// when it asked for it: one that forgets to wake its task is not helped along.
async fn until<F: Future>(future: F, stop: impl Fn() -> bool + Send + 'static) -> Option<F::Output> {
    let watch = Watch::default();
    let (stopped, over, waker) = (watch.stopped.clone(), watch.over.clone(), watch.waker.clone());
    thread::spawn(move || {
        while !over.load(Ordering::SeqCst) {
            if stop() {
                stopped.store(true, Ordering::SeqCst);
                let waker = waker.lock().unwrap_or_else(PoisonError::into_inner).take();
                waker.into_iter().for_each(Waker::wake);
                return;
            }
            thread::sleep(Duration::from_millis(1));
        }
    });
    let mut future = pin!(future);
    poll_fn(|context| {
        *watch.waker.lock().unwrap_or_else(PoisonError::into_inner) = Some(context.waker().clone());
        match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if watch.stopped.load(Ordering::SeqCst) => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// What [`until`] and its thread share.
#[derive(Default)]
struct Watch {
    stopped: Arc<AtomicBool>,
    over: Arc<AtomicBool>,
    waker: Arc<Mutex<Option<Waker>>>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
    }
}
