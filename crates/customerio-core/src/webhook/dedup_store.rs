//! Which events were handled already: what a memory of them must be able to do.

use std::{error::Error, sync::Arc};

use async_trait::async_trait;

use crate::{MaybeSendSync, Timestamp};

/// Remembers which events were handled, by their `event_id`.
///
/// The service sends an event again when it did not see your response in time, so an event can come twice, even at the same
/// time. Handling it once takes three steps, because an event that is marked as handled before it is can get lost:
///
/// ```
/// use std::sync::Mutex;
/// use customerio_core::{
///     Timestamp,
///     http::StatusCode,
///     webhook::{Claim, Event, DedupStore, DedupError, InMemoryDedup},
/// };
///
/// /// Handles an event before it is answered; where there is a queue, the worker behind it does this.
/// async fn once(memory: &dyn DedupStore, event: &Event, now: Timestamp) -> Result<StatusCode, DedupError> {
///     let Some(id) = event.event_id() else { return Ok(handle(event)) };
///     let token = match memory.claim(id, now).await? {
///         Claim::New(token) => token,
///         // That one may fail yet: only a retry can tell.
///         Claim::InProgress => return Ok(StatusCode::SERVICE_UNAVAILABLE),
///         Claim::Done => return Ok(StatusCode::OK),
///     };
///     let status = handle(event);
///     if status.is_success() { memory.done(id, now).await? } else { memory.release(id, token).await? }
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
/// # A store of your own
///
/// It holds a row for each id: whether it is done, the token of the claim, and when the claim lapses. Keep ids for a week,
/// because for so long the service retries. The token keeps one whose claim has lapsed from releasing the claim of another:
/// make it of random bits, such as a UUID's. Let the store's own clock say what has lapsed; `now` is for stores that have
/// none.
///
/// | | Redis, for the key of the id | a table `webhooks` with the primary key `id` |
/// | --- | --- | --- |
/// | `claim` | `SET key $token NX EX 600`: `OK` is [`Claim::New`]. Otherwise `GET key`: `done` is [`Claim::Done`] | `INSERT INTO webhooks (id, token, lapses) VALUES ($1, $2, now() + interval '10 minutes') ON CONFLICT (id) DO UPDATE SET token = excluded.token, lapses = excluded.lapses WHERE NOT webhooks.done AND webhooks.lapses < now()`: one row is [`Claim::New`]. Otherwise `SELECT done FROM webhooks WHERE id = $1` |
/// | `done` | `SET key done EX 604800` | `INSERT INTO webhooks (id, done) VALUES ($1, true) ON CONFLICT (id) DO UPDATE SET done = true` |
/// | `release` | `EVAL "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end" 1 key $token` | `DELETE FROM webhooks WHERE id = $1 AND token = $2 AND NOT done` |
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
pub trait DedupStore: MaybeSendSync {
    /// Claims an event for the caller, who is to handle it if it is [`Claim::New`], and then to call
    /// [`done`](Self::done) or [`release`](Self::release).
    ///
    /// Of several callers at the same time one gets `New`. A claim lapses after a while, so that an event whose handler
    /// has died can be handled by another.
    ///
    /// # Errors
    ///
    /// Where the memory cannot be reached. Nothing is known of the event then; a 503 makes the service send it again.
    async fn claim(&self, event_id: &str, now: Timestamp) -> Result<Claim, DedupError>;

    /// The event was handled: it is [`Claim::Done`] from now on, whoever has claimed it.
    ///
    /// # Errors
    ///
    /// Where the memory cannot be reached. If the event comes again, it is handled again.
    async fn done(&self, event_id: &str, now: Timestamp) -> Result<(), DedupError>;

    /// The event was not handled: the next who claims it gets [`Claim::New`].
    ///
    /// It does nothing where the event is done, and where `token` is not that of the claim: it has lapsed, and another has
    /// the event.
    ///
    /// # Errors
    ///
    /// Where the memory cannot be reached. The claim lapses by itself.
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

/// Why a [`DedupStore`] has failed.
pub type DedupError = Box<dyn Error + Send + Sync>;

/// What a [`DedupStore`] knows of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Claim {
    /// Nothing, until now: the caller has it, by this token.
    New(ClaimToken),
    /// Another has it, and has not said how it went. If that one can fail for good, answer 503: the service then sends
    /// the event again, which it does not after a 2xx.
    InProgress,
    /// It was handled.
    Done,
}

/// Which claim of an event it is: a claim that has lapsed has another token than the next one.
///
/// ```
/// use customerio_core::webhook::ClaimToken;
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
