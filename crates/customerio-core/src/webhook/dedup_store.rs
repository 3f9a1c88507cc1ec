//! Stores of the events that were handled.

use std::{error::Error, sync::Arc};

use async_trait::async_trait;

use crate::{MaybeSendSync, Timestamp};

/// Remembers which events were handled, by their `event_id`.
///
/// The service sends an event again if it did not see your response in time, so an event can come twice, even at the
/// same time. Handling it once takes three steps, because an event that is marked as handled before it is can get lost:
///
/// ```
/// # use customerio_core::facade as customerio;
/// use std::sync::Mutex;
/// use customerio::{
///     Timestamp, http::StatusCode, webhook::{Claim, DedupError, DedupStore, Event, InMemoryDedup},
/// };
///
/// /// Handles an event before the response; with a queue, its worker does this.
/// async fn once(
///     memory: &dyn DedupStore,
///     event: &Event,
///     now: Timestamp,
/// ) -> Result<StatusCode, DedupError> {
///     let Some(id) = event.event_id() else { return Ok(handle(event)) };
///     let token = match memory.claim(id, now).await? {
///         Claim::New(token) => token,
///         // That one may fail yet: only a retry can tell.
///         Claim::InProgress => return Ok(StatusCode::SERVICE_UNAVAILABLE),
///         Claim::Done => return Ok(StatusCode::OK),
///     };
///     let status = handle(event);
///     if status.is_success() {
///         memory.done(id, now).await?
///     } else {
///         memory.release(id, token).await?
///     }
///     Ok(status)
/// }
///
/// fn handle(event: &Event) -> StatusCode {
///     if event.metric().is_some() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
/// }
///
/// # tokio::runtime::Builder::new_multi_thread().build().unwrap().block_on(async { tokio::spawn(async {
/// let memory = Mutex::new(InMemoryDedup::new());
/// let event = Event::from_json(br#"{"event_id":"01E4","metric":"sent"}"#)?;
/// assert_eq!(once(&memory, &event, Timestamp::from(1_700_000_000)).await?, 200);
/// assert_eq!(memory.claim("01E4", Timestamp::from(1_700_000_001)).await?, Claim::Done);
/// # Ok::<(), DedupError>(()) }).await }).unwrap().unwrap();
/// ```
///
/// # Your own store
///
/// It has a row for each id: whether it is done, the token of the claim, and when the claim lapses. Keep ids for a
/// week, because the service retries for that long. The token prevents a caller whose claim has lapsed from releasing
/// the claim of another: make it from random bits, such as a UUID. Let the store's own clock decide what has lapsed;
/// `now` is for stores without one.
///
/// | | Redis, for the key of the id | a table `webhooks` with the primary key `id` |
/// | --- | --- | --- |
/// | `claim` | `SET key $token NX EX 600`: `OK` is [`Claim::New`]. Otherwise `GET key`: `done` is [`Claim::Done`] | `INSERT INTO webhooks (id, token, lapses) VALUES ($1, $2, now() + interval '10 minutes') ON CONFLICT (id) DO UPDATE SET token = excluded.token, lapses = excluded.lapses WHERE NOT webhooks.done AND webhooks.lapses < now()`: one row is [`Claim::New`]. Otherwise `SELECT done FROM webhooks WHERE id = $1` |
/// | `done` | `SET key done EX 604800` | `INSERT INTO webhooks (id, done) VALUES ($1, true) ON CONFLICT (id) DO UPDATE SET done = true` |
/// | `release` | `EVAL "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end" 1 key $token` | `DELETE FROM webhooks WHERE id = $1 AND token = $2 AND NOT done` |
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
pub trait DedupStore: MaybeSendSync {
    /// Claims an event for the caller, who must handle it if it is [`Claim::New`], and then call [`done`](Self::done)
    /// or [`release`](Self::release).
    ///
    /// If several callers claim an event at the same time, one gets `New`. A claim lapses after a while, so that an
    /// event whose handler has died can be handled by another.
    ///
    /// # Errors
    ///
    /// Fails if the store cannot be reached. Whether the event is new is then unknown; a 503 makes the service send it
    /// again.
    async fn claim(&self, event_id: &str, now: Timestamp) -> Result<Claim, DedupError>;

    /// Marks the event as handled: it is [`Claim::Done`] from now on, whoever has claimed it.
    ///
    /// # Errors
    ///
    /// Fails if the store cannot be reached. If the event comes again, it is handled again.
    async fn done(&self, event_id: &str, now: Timestamp) -> Result<(), DedupError>;

    /// Releases an event that was not handled: the next claim of it is [`Claim::New`].
    ///
    /// It does nothing if the event is done, or if `token` is not that of the claim: the claim has lapsed, and another
    /// caller has the event.
    ///
    /// # Errors
    ///
    /// Fails if the store cannot be reached. The claim lapses by itself.
    async fn release(&self, event_id: &str, token: ClaimToken) -> Result<(), DedupError>;
}

/// A store that is used from elsewhere too, such as to read its figures.
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
impl<S: DedupStore + ?Sized> DedupStore for Arc<S> {
    async fn claim(&self, event_id: &str, now: Timestamp) -> Result<Claim, DedupError> {
        (**self).claim(event_id, now).await
    }

    async fn done(&self, event_id: &str, now: Timestamp) -> Result<(), DedupError> {
        (**self).done(event_id, now).await
    }

    async fn release(&self, event_id: &str, token: ClaimToken) -> Result<(), DedupError> {
        (**self).release(event_id, token).await
    }
}

/// Why a [`DedupStore`] failed.
pub type DedupError = Box<dyn Error + Send + Sync>;

/// The state of an event in a [`DedupStore`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Claim {
    /// A new event: the caller has claimed it, with this token.
    New(ClaimToken),
    /// Another caller has claimed it, and is not done. If that one can fail for good, respond with 503: the service
    /// then sends the event again, which it does not do after a 2xx.
    InProgress,
    /// Handled.
    Done,
}

/// Identifies a claim of an event: a claim that has lapsed has another token than the next one.
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::webhook::ClaimToken;
///
/// // Of a counter or of the 128 bits of a UUID, and back into what the store takes.
/// assert_eq!(ClaimToken::from(17_u64), ClaimToken::from(17_u128));
/// assert_eq!(u128::from(ClaimToken::from(17_u64)), 17);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClaimToken(u128);

impl From<u64> for ClaimToken {
    fn from(token: u64) -> Self {
        Self(token.into())
    }
}

impl From<u128> for ClaimToken {
    fn from(token: u128) -> Self {
        Self(token)
    }
}

impl From<ClaimToken> for u128 {
    fn from(token: ClaimToken) -> Self {
        token.0
    }
}
