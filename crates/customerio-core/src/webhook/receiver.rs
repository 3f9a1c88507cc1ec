//! Handles a webhook: verifies it, has its event handled once, and says how to respond.

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    pin::pin,
    sync::{Arc, Mutex},
    task::Poll,
    thread,
};

use http::{HeaderMap, StatusCode};

use super::{Claim, DedupError, DedupStore, Event, InMemoryDedup, ReceiveError, Verifier};
use crate::{Timestamp, macros::opaque_debug};

/// Receives webhooks: verifies each, has its event handled once, and returns an outcome with the status to respond
/// with.
///
/// It does not depend on a server: it takes the headers and the body, as any framework has them. For axum there is an
/// extractor in the crate `customerio-axum`.
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Timestamp, http::Request, webhook::{Event, Outcome, Receiver, Verifier}};
///
/// async fn save(event: Event) -> Result<(), &'static str> {
///     if event.metric().is_some() { Ok(()) } else { Err("the database is away") }
/// }
///
/// # tokio::runtime::Builder::new_multi_thread().build().unwrap().block_on(async { tokio::spawn(async {
/// let verifier = Verifier::new("signing-key")?;
/// # let now = || Timestamp::from(1_700_000_005);
/// // The clock is `SystemTime::now`, or your own clock.
/// let receiver = Receiver::new(verifier.clone(), now);
///
/// for (body, expected) in [
///     (r#"{"event_id":"01E4","metric":"sent"}"#, 200),
///     (r#"{"event_id":"01E4","metric":"sent"}"#, 200), // It comes again, and is not handled again.
///     (r#"{"event_id":"01E5"}"#, 503),
/// ] {
///     let request = Request::post("/customerio")
///         .header("x-cio-timestamp", "1700000005")
///         .header("x-cio-signature", verifier.sign(1_700_000_005, body.as_bytes()))
///         .body(body)?;
///     let (parts, body) = request.into_parts();
///     let outcome = receiver.receive(&parts.headers, body.as_bytes(), save).await;
///     if let Outcome::Failed(error) = &outcome {
///         assert_eq!(*error, "the database is away");
///     }
///     assert_eq!(outcome.status(), expected, "{outcome}");
/// }
/// # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(()) }).await }).unwrap().unwrap();
/// ```
///
/// # When the service hangs up
///
/// The service hangs up after 4 seconds. Many servers then drop the work for the request, and the event stays claimed
/// until the claim lapses: until then, retries get a 503. If handling an event can take seconds, call this in its own
/// task (`tokio::spawn`); a retry then finds the event done.
#[derive(Clone)]
pub struct Receiver {
    verifier: Arc<Verifier>,
    store: Arc<dyn DedupStore>,
    clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

opaque_debug!(Receiver);

impl Receiver {
    /// Creates a receiver that remembers handled events in an [`InMemoryDedup`].
    ///
    /// `clock` returns the current time, which is compared with the signed one: `SystemTime::now`, or your own clock.
    #[must_use]
    pub fn new<T: Into<Timestamp>>(verifier: Verifier, clock: impl Fn() -> T + Send + Sync + 'static) -> Self {
        Self {
            verifier: Arc::new(verifier),
            store: Arc::new(Mutex::new(InMemoryDedup::new())),
            clock: Arc::new(move || clock().into()),
        }
    }

    /// Sets the store of handled events: for several processes, to outlive a restart, or to set the limits of an
    /// [`InMemoryDedup`].
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use std::sync::{Arc, Mutex};
    /// use customerio::webhook::{InMemoryDedup, Receiver, Verifier};
    ///
    /// let memory = Arc::new(Mutex::new(InMemoryDedup::new().with_memory(1024 * 1024 * 1024)));
    /// let receiver = Receiver::new(Verifier::new("key")?, || 0).with_store(memory.clone());
    /// assert_eq!(memory.lock().unwrap().forgotten_early(), 0);
    /// # Ok::<(), customerio::BuildError>(())
    /// ```
    #[must_use]
    pub fn with_store(mut self, store: impl DedupStore + 'static) -> Self {
        self.store = Arc::new(store);
        self
    }

    /// Verifies a request, and has its event handled unless it was handled before: [`verify`](Self::verify), and then
    /// [`handle`](Self::handle).
    pub async fn receive<F, R, E>(&self, headers: &HeaderMap, body: &[u8], handler: F) -> Outcome<E>
    where
        F: FnOnce(Event) -> R,
        R: Future<Output = Result<(), E>>,
    {
        match self.verify(headers, body) {
            Ok(event) => self.handle(event, handler).await,
            Err(error) => Outcome::Rejected(error),
        }
    }

    /// Verifies a request, and reads its event: [`Verifier::receive`] at the current time.
    ///
    /// # Errors
    ///
    /// See [`Verifier::receive`].
    pub fn verify(&self, headers: &HeaderMap, body: &[u8]) -> Result<Event, ReceiveError> {
        self.verifier.receive(headers, body, (self.clock)())
    }

    /// Has an event handled unless it was handled before: claims it, calls `handler`, and marks the event as done. If
    /// the handler fails or panics, it releases the event; a panic is then resumed.
    ///
    /// An event without an id cannot be recognised: it is handled each time it comes.
    pub async fn handle<F, R, E>(&self, event: Event, handler: F) -> Outcome<E>
    where
        F: FnOnce(Event) -> R,
        R: Future<Output = Result<(), E>>,
    {
        let Some(id) = event.event_id().map(str::to_owned) else {
            return handler(event).await.map_or_else(Outcome::Failed, |()| Outcome::Handled);
        };
        let token = match self.store.claim(&id, (self.clock)()).await {
            Ok(Claim::New(token)) => token,
            Ok(Claim::InProgress) => return Outcome::InProgress,
            Ok(Claim::Done) => return Outcome::HandledBefore,
            Err(error) => return Outcome::NoClaim(error),
        };
        let result = caught(async { handler(event).await }).await;
        if let Ok(Ok(())) = result {
            return self.store.done(&id, (self.clock)()).await.map_or_else(Outcome::NotMarked, |()| Outcome::Handled);
        }
        // If that fails, the claim lapses by itself.
        let _ = self.store.release(&id, token).await;
        match result {
            Ok(Ok(())) => Outcome::Handled,
            Ok(Err(error)) => Outcome::Failed(error),
            Err(panic) => resume_unwind(panic),
        }
    }
}

/// What a future returns, or what it panics with.
async fn caught<F: Future>(future: F) -> thread::Result<F::Output> {
    let mut future = pin!(future);
    std::future::poll_fn(|context| {
        // After a panic it is not used again.
        match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
            Ok(poll) => poll.map(Ok),
            Err(panic) => Poll::Ready(Err(panic)),
        }
    })
    .await
}

/// The outcome of a webhook request: respond with its [`status`](Self::status), and log its `Display`.
#[derive(Debug)]
#[must_use = "the service waits for a response with its `status`"]
#[non_exhaustive]
pub enum Outcome<E> {
    /// The event was handled: 200.
    Handled,
    /// The event was handled before, and is not handled again: 200.
    HandledBefore,
    /// The event was handled, but the store could not be updated: 200, so it is unlikely to come again. If it does, it
    /// is handled again.
    NotMarked(DedupError),
    /// The event is being handled by another request: 503, because that may still fail.
    InProgress,
    /// The handler failed, and the service should send the event again: 503.
    Failed(E),
    /// The store could not say whether the event is new, and it was not handled: 503.
    NoClaim(DedupError),
    /// The request gave no event: [`ReceiveError::status`], which is 401 or 200.
    Rejected(ReceiveError),
}

impl<E> Outcome<E> {
    /// The status to respond with. After a 503 the service retries, without the hour's pause of most other errors.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Handled | Self::HandledBefore | Self::NotMarked(_) => StatusCode::OK,
            Self::InProgress | Self::Failed(_) | Self::NoClaim(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Rejected(error) => error.status(),
        }
    }
}

impl<E: fmt::Display> fmt::Display for Outcome<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Handled => f.write_str("the event was handled"),
            Self::HandledBefore => f.write_str("the event was handled before"),
            Self::NotMarked(error) => {
                write!(
                    f,
                    "the event was handled, and is handled again if it comes again, because the store failed: {error}"
                )
            }
            Self::InProgress => f.write_str("the event is being handled: the service should retry"),
            Self::Failed(error) => write!(f, "the handler failed, and the service should retry: {error}"),
            Self::NoClaim(error) => {
                write!(f, "the event was not handled, and the service should retry, because the store failed: {error}")
            }
            Self::Rejected(error) => error.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;

    use super::*;
    use crate::webhook::ClaimToken;

    const NOW: i64 = 1_700_000_000;

    /// A store of which one step fails, over one in memory.
    #[derive(Default)]
    struct Fails {
        step: &'static str,
        memory: Mutex<InMemoryDedup>,
    }

    impl Fails {
        fn at(&self, step: &str) -> Result<(), DedupError> {
            if self.step == step { Err("the store is away".into()) } else { Ok(()) }
        }
    }

    #[async_trait]
    impl DedupStore for Fails {
        async fn claim(&self, event_id: &str, now: Timestamp) -> Result<Claim, DedupError> {
            self.at("claim")?;
            DedupStore::claim(&self.memory, event_id, now).await
        }

        async fn done(&self, event_id: &str, now: Timestamp) -> Result<(), DedupError> {
            self.at("done")?;
            DedupStore::done(&self.memory, event_id, now).await
        }

        async fn release(&self, event_id: &str, token: ClaimToken) -> Result<(), DedupError> {
            self.at("release")?;
            DedupStore::release(&self.memory, event_id, token).await
        }
    }

    fn receiver(failing_step: &'static str) -> Receiver {
        let store = Fails { step: failing_step, ..Fails::default() };
        Receiver::new(Verifier::new("key").unwrap(), || NOW).with_store(store)
    }

    /// Receives a signed body several times, with a handler that returns these, and returns the outcome of each.
    async fn outcomes(
        receiver: &Receiver,
        body: &'static str,
        results: impl IntoIterator<Item = Result<(), &'static str>>,
    ) -> Vec<(u16, String)> {
        let mut headers = HeaderMap::new();
        headers.insert("x-cio-timestamp", NOW.into());
        let signature = Verifier::new("key").unwrap().sign(NOW, body.as_bytes());
        headers.insert("x-cio-signature", signature.parse().unwrap());
        let mut outcomes = Vec::new();
        for result in results {
            let outcome = receiver.receive(&headers, body.as_bytes(), |event| async move {
                assert_eq!(event.json(), body);
                result
            });
            let outcome = outcome.await;
            outcomes.push((outcome.status().as_u16(), format!("{outcome:?}")));
        }
        outcomes
    }

    #[tokio::test]
    async fn each_event_is_handled_once_and_the_status_says_whether_it_comes_again() {
        let (id, anonymous) = (r#"{"event_id":"1"}"#, "{}");
        let (handled, before) = ((200, "Handled".to_owned()), (200, "HandledBefore".to_owned()));
        let failed = (503, r#"Failed("busy")"#.to_owned());
        let not_marked = (200, r#"NotMarked("the store is away")"#.to_owned());
        let no_claim = (503, r#"NoClaim("the store is away")"#.to_owned());
        let no_event = (200, "Rejected(NotAnEvent(NotAnEvent))".to_owned());
        let in_progress = (503, "InProgress".to_owned());
        for (failing_step, body, results, expected) in [
            ("", id, [Ok(()), Err("busy")], [&handled, &before]),
            ("", id, [Err("busy"), Ok(())], [&failed, &handled]),
            ("", anonymous, [Ok(()), Err("busy")], [&handled, &failed]),
            ("", "[]", [Ok(()), Ok(())], [&no_event, &no_event]),
            ("claim", id, [Ok(()), Ok(())], [&no_claim, &no_claim]),
            ("done", id, [Ok(()), Ok(())], [&not_marked, &in_progress]),
            ("release", id, [Err("busy"), Ok(())], [&failed, &in_progress]),
        ] {
            let outcomes = outcomes(&receiver(failing_step), body, results).await;
            assert!(outcomes.iter().eq(expected), "{failing_step} {body}: {outcomes:?}");
        }
        let (receiver, headers) = (receiver(""), HeaderMap::new());
        let outcome = receiver.receive(&headers, b"{}", async |_| Err::<(), _>("it must not be handled"));
        assert_eq!(outcome.await.status(), 401);
    }

    #[tokio::test]
    async fn an_event_that_comes_while_it_is_handled_waits_for_how_that_ends() {
        let receiver = receiver("");
        let event = || Event::from_json(br#"{"event_id":"1"}"#).unwrap();
        let (first, second) = (receiver.clone(), receiver.clone());
        let outcome = first.handle(event(), |event| async move {
            let outcome = second.handle(event, async |_| Err("it must not be handled twice")).await;
            assert_eq!((outcome.status().as_u16(), format!("{outcome:?}")), (503, "InProgress".to_owned()));
            Ok::<_, &str>(())
        });
        assert!(matches!(outcome.await, Outcome::Handled));
    }

    #[tokio::test]
    async fn a_handler_that_panics_leaves_no_claim_behind() {
        let receiver = receiver("");
        let event = || Event::from_json(br#"{"event_id":"1"}"#).unwrap();
        for at_once in [true, false] {
            let receiver = receiver.clone();
            let task = tokio::spawn(async move {
                let handler = |_| {
                    assert!(!at_once, "at once");
                    async {
                        tokio::task::yield_now().await;
                        if at_once { Ok::<_, &str>(()) } else { panic!("later") }
                    }
                };
                receiver.handle(event(), handler).await.status()
            });
            let panic = task.await.unwrap_err().into_panic();
            let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
            let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap();
            assert_eq!(text, if at_once { "at once" } else { "later" });
        }
        assert!(matches!(receiver.handle(event(), async |_| Ok::<_, &str>(())).await, Outcome::Handled));
    }
}
