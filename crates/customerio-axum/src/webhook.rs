//! The extractor.

use std::{error::Error, future, panic::resume_unwind};

use axum_core::{
    body::Body,
    extract::{FromRef, FromRequest, Request},
};
use customerio_core::{
    bytes::Bytes,
    webhook::{Event, Outcome, Receiver},
};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

use crate::WebhookRejection;

/// Most bytes of a body. An event can have the whole message in it.
const MOST_BODY: usize = 16 * 1024 * 1024;

/// A request that is verified to be a webhook of Customer.io: an extractor, where a [`Receiver`] is part of the state.
///
/// ```
/// # mod customerio { pub use customerio_core::facade::*; pub use customerio_axum as axum; }
/// use axum::{
///     Router,
///     extract::{FromRef, State},
///     http::StatusCode,
///     routing::post,
/// };
/// use customerio::{axum::Webhook, webhook::{Event, Receiver}};
/// use tokio::sync::mpsc::{self, error::TrySendError};
///
/// #[derive(Clone)]
/// struct App {
///     webhooks: Receiver,
///     queue: mpsc::Sender<Event>,
/// }
///
/// impl FromRef<App> for Receiver {
///     fn from_ref(app: &App) -> Self {
///         app.webhooks.clone()
///     }
/// }
///
/// impl App {
///     async fn accept(self, event: Event) -> Result<(), TrySendError<Event>> {
///         self.queue.try_send(event)
///     }
/// }
///
/// async fn receive(State(app): State<App>, webhook: Webhook) -> StatusCode {
///     let outcome = webhook.handle(|event| app.accept(event)).await;
///     println!("{outcome}");
///     outcome.status()
/// }
///
/// # tokio::runtime::Builder::new_multi_thread().build().unwrap().block_on(async { tokio::spawn(async {
/// # use axum::{body::Body, http::Request};
/// # use customerio::webhook::Verifier;
/// # use tower::ServiceExt as _;
/// # let (verifier, now) = (Verifier::new("key").unwrap(), || 0);
/// # let body = r#"{"event_id":"01E4"}"#;
/// # let request = Request::post("/customerio")
/// #     .header("x-cio-timestamp", 0)
/// #     .header("x-cio-signature", verifier.sign(0, body.as_bytes()))
/// #     .body(Body::from(body))
/// #     .unwrap();
/// let (queue, mut events) = mpsc::channel(1_000);
/// // The clock is `customerio::now`.
/// let app = App { webhooks: Receiver::new(verifier, now), queue };
/// let router = Router::new().route("/customerio", post(receive)).with_state(app);
/// # assert_eq!(router.oneshot(request).await.unwrap().status(), 200);
/// assert_eq!(events.recv().await.unwrap().event_id(), Some("01E4"));
/// # }).await }).unwrap();
/// ```
///
/// The body may have up to 16 MiB, because an event can have the whole message in it; axum's own limit of 2 MB does not
/// count here. A request that is not correctly signed never reaches the handler: take a `Result<Webhook,
/// WebhookRejection>` to see why.
#[derive(Debug)]
#[must_use = "an event that is not handled is lost, because the service gets its 2xx"]
pub struct Webhook {
    receiver: Receiver,
    event: Event,
}

impl Webhook {
    /// The event, which may have been handled before.
    #[must_use]
    pub fn event(&self) -> &Event {
        &self.event
    }

    /// Returns only the event, for a program that itself makes sure that each is handled once.
    #[must_use]
    pub fn into_event(self) -> Event {
        self.event
    }

    /// Has the event handled unless it was handled before, as [`Receiver::handle`] does: respond with the
    /// [`status`](Outcome::status) of the outcome.
    ///
    /// The handler runs to its end in its own task: after 4 seconds the service hangs up, and axum drops the work for
    /// the request. When the event then comes again, it is done or still being handled. A panic of the handler is
    /// resumed here.
    ///
    /// # Panics
    ///
    /// Panics if there is no runtime of tokio.
    pub async fn handle<F, R, E>(self, handler: F) -> Outcome<E>
    where
        F: FnOnce(Event) -> R + Send + 'static,
        R: Future<Output = Result<(), E>> + Send + 'static,
        E: Send + 'static,
    {
        let Self { receiver, event } = self;
        let task = tokio::spawn(async move { receiver.handle(event, handler).await });
        match task.await {
            Ok(outcome) => outcome,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => resume_unwind(panic),
                // The runtime is shutting down, and this with it.
                Err(_) => future::pending().await,
            },
        }
    }
}

impl<S> FromRequest<S> for Webhook
where
    Receiver: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = WebhookRejection;

    async fn from_request(request: Request, state: &S) -> Result<Self, WebhookRejection> {
        let receiver = Receiver::from_ref(state);
        let (parts, body) = request.into_parts();
        let body = read(body).await?;
        let event = receiver.verify(&parts.headers, &body)?;
        Ok(Self { receiver, event })
    }
}

async fn read(body: Body) -> Result<Bytes, WebhookRejection> {
    match Limited::new(body, MOST_BODY).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if is_too_large(&*error) => Err(WebhookRejection::TooLarge),
        Err(error) => Err(WebhookRejection::Body(error)),
    }
}

/// The limit is ours, or that of a layer inside of the body.
fn is_too_large(error: &(dyn Error + 'static)) -> bool {
    error.is::<LengthLimitError>() || error.source().is_some_and(is_too_large)
}

#[cfg(test)]
mod tests {
    use std::{
        fmt, io,
        pin::Pin,
        sync::{Arc, Mutex},
        task::{Context, Poll},
    };

    use axum::{Router, extract::State, http::StatusCode, routing::post};
    use customerio_core::webhook::Verifier;
    use tokio::sync::{
        mpsc::{self, error::TrySendError},
        oneshot,
    };
    use tower::ServiceExt as _;

    use super::*;

    const NOW: i64 = 1_700_000_000;

    /// An application with an error of its own.
    #[derive(Clone)]
    struct App {
        webhooks: Receiver,
        queue: mpsc::Sender<Event>,
        log: Arc<Mutex<Vec<String>>>,
    }

    impl FromRef<App> for Receiver {
        fn from_ref(app: &App) -> Self {
            app.webhooks.clone()
        }
    }

    #[derive(Debug)]
    struct AppError(&'static str);

    impl From<TrySendError<Event>> for AppError {
        fn from(_: TrySendError<Event>) -> Self {
            Self("the queue is full")
        }
    }

    impl fmt::Display for AppError {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    async fn receive(State(app): State<App>, webhook: Webhook) -> StatusCode {
        let log = app.log.clone();
        let outcome = webhook
            .handle(|event| async move {
                assert_ne!(event.metric(), Some("panic"), "as it was told to");
                app.queue.try_send(event)?;
                Ok::<_, AppError>(())
            })
            .await;
        log.lock().unwrap().push(outcome.to_string());
        outcome.status()
    }

    fn app(room: usize) -> (App, mpsc::Receiver<Event>) {
        let (queue, events) = mpsc::channel(room);
        let webhooks = Receiver::new(Verifier::new("key").unwrap(), || NOW);
        (App { webhooks, queue, log: Arc::default() }, events)
    }

    fn request(body: impl AsRef<[u8]> + Into<Body>, key: &str) -> Request {
        let signature = Verifier::new(key).unwrap().sign(NOW, body.as_ref());
        let request = Request::post("/customerio").header("x-cio-timestamp", NOW).header("x-cio-signature", signature);
        request.body(body.into()).unwrap()
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_handler_of_an_application_gets_each_event_once() {
        let (app, mut events) = app(2);
        let log = app.log.clone();
        let router = Router::new().route("/customerio", post(receive)).with_state(app);
        let large = |bytes: usize| {
            let text = "a".repeat(bytes);
            format!(r#"{{"event_id":"large","data":{{"content":"{text}"}}}}"#)
        };
        let broken = Body::new(Broken);
        for (what, request, expected) in [
            ("new", request(r#"{"event_id":"1"}"#, "key"), 200),
            ("again", request(r#"{"event_id":"1"}"#, "key"), 200),
            ("3 MB", request(large(3_000_000), "key"), 200),
            ("no room", request(r#"{"event_id":"2"}"#, "key"), 503),
            ("no event", request("<html>", "key"), 200),
            ("of another key", request(r#"{"event_id":"3"}"#, "other"), 401),
            ("17 MB", request(large(17_000_000), "key"), 413),
            ("an end too early", Request::post("/customerio").body(broken).unwrap(), 503),
        ] {
            // As a server runs it.
            let router = router.clone();
            let response = tokio::spawn(router.oneshot(request)).await.unwrap().unwrap();
            assert_eq!(response.status(), expected, "{what}");
        }
        assert_eq!(events.recv().await.unwrap().json(), r#"{"event_id":"1"}"#);
        assert_eq!(events.recv().await.unwrap().event_id(), Some("large"));
        // There is room again, and the event that found none was released.
        let response = router.clone().oneshot(request(r#"{"event_id":"2"}"#, "key")).await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(events.recv().await.unwrap().event_id(), Some("2"));
        let log = log.lock().unwrap().join("\n");
        assert!(log.contains("the service should retry: the queue is full"), "{log}");
        assert_eq!(log.lines().count(), 5, "{log}");
    }

    /// A body that breaks off.
    struct Broken;

    impl http_body::Body for Broken {
        type Data = Bytes;
        type Error = io::Error;

        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<http_body::Frame<Bytes>, io::Error>>> {
            Poll::Ready(Some(Err(io::ErrorKind::UnexpectedEof.into())))
        }
    }

    #[tokio::test]
    async fn what_began_goes_on_when_the_service_hangs_up() {
        let receiver = Receiver::new(Verifier::new("key").unwrap(), || NOW);
        let webhook = || {
            let event = Event::from_json(br#"{"event_id":"1"}"#).unwrap();
            Webhook { receiver: receiver.clone(), event }
        };
        let ((began, has_begun), (go_on, may_go_on)) = (oneshot::channel(), oneshot::channel::<()>());
        let (ended, has_ended) = oneshot::channel();
        let request = tokio::spawn(webhook().handle(|_| async move {
            began.send(()).unwrap();
            may_go_on.await.unwrap();
            ended.send(()).unwrap();
            Ok::<_, AppError>(())
        }));
        has_begun.await.unwrap();
        // What axum does when the connection is closed.
        request.abort();
        assert!(request.await.unwrap_err().is_cancelled());
        let again = webhook().handle(async |_| Err(AppError("it must not be handled twice"))).await;
        assert_eq!(again.status(), 503, "{again}");
        go_on.send(()).unwrap();
        has_ended.await.unwrap();
        let again = webhook().handle(async |_| Err(AppError("it must not be handled twice"))).await;
        assert_eq!(again.status(), 200, "{again}");
    }

    #[tokio::test]
    async fn a_panic_leaves_no_claim_behind() {
        let (app, mut events) = app(1);
        let receiver = app.webhooks.clone();
        let router = Router::new().route("/customerio", post(receive)).with_state(app);
        let panics = request(r#"{"event_id":"1","metric":"panic"}"#, "key");
        assert!(tokio::spawn(router.oneshot(panics)).await.unwrap_err().is_panic());
        let event = Event::from_json(br#"{"event_id":"1"}"#).unwrap();
        assert_eq!(receiver.handle(event, async |_| Ok::<_, AppError>(())).await.status(), 200);
        assert!(events.recv().await.is_none(), "it was not handled");
    }
}
