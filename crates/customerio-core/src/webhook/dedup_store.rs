//! Which events were handled already: what a memory of them must be able to do.

use std::error::Error;

use async_trait::async_trait;

use crate::{MaybeSendSync, Timestamp};

/// Remembers which events were handled, by their `event_id`.
///
/// The service sends an event again when it did not see your answer in time, so an event can come twice, even at the same
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
///     match memory.claim(id, now).await? {
///         Claim::New => {}
///         // That one may fail yet: only a repeat can tell.
///         Claim::InProgress => return Ok(StatusCode::SERVICE_UNAVAILABLE),
///         Claim::Done => return Ok(StatusCode::OK),
///     }
///     let status = handle(event);
///     if status.is_success() { memory.done(id, now).await? } else { memory.release(id).await? }
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
/// A memory of yours holds a row for each id: the state and a time. In Redis `claim` is `SET id claimed NX EX 600`, `done`
/// is `SET id done EX 604800` and `release` is `DEL id`; in a database `claim` is an `INSERT … ON CONFLICT` that takes the
/// row over if its claim has lapsed. Keep ids for a week, because for so long the service repeats a call.
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

    /// The event was handled: it is [`Claim::Done`] from now on.
    ///
    /// # Errors
    ///
    /// Where the memory cannot be reached. A repeat will be handled again.
    async fn done(&self, event_id: &str, now: Timestamp) -> Result<(), DedupError>;

    /// The event was not handled: the next who claims it gets [`Claim::New`]. An event that is done stays so.
    ///
    /// # Errors
    ///
    /// Where the memory cannot be reached. The claim lapses by itself.
    async fn release(&self, event_id: &str) -> Result<(), DedupError>;
}

/// Why a [`DedupStore`] has failed.
pub type DedupError = Box<dyn Error + Send + Sync>;

/// What a [`DedupStore`] knows of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Claim {
    /// Nothing, until now: the caller has it.
    New,
    /// Another has it, and has not said how it went. If that one can fail for good, answer 503: the service then sends
    /// the event again, which it does not after a 2xx.
    InProgress,
    /// It was handled.
    Done,
}
