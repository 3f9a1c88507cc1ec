//! Many calls, in batches: the loop that packs, sends, and says of every item what became of it.

use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
    future::{Future, poll_fn},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::StatusCode;
use serde_json::Value;

use crate::{
    Api, Batch, BatchAnswer, BatchBuilder, BatchItem, BuildError, Client, EncodedBatch, Error, Item, Limits, Rejected,
    Rejections, Unrepeatable, error::Bounded,
};

/// How [`Client::send_all`] packs and sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchOptions {
    concurrency: usize,
    unrepeatable: Unrepeatable,
}

impl Default for BatchOptions {
    /// One batch at a time, and nothing that could not be repeated.
    fn default() -> Self {
        Self { concurrency: 1, unrepeatable: Unrepeatable::Refuse }
    }
}

impl BatchOptions {
    /// The most batches that are under way at a time; 0 counts as 1.
    ///
    /// With one, everything arrives in its order. With more, a batch can overtake another: say so only where no call
    /// depends on an earlier one, such as where each is about another person.
    #[must_use]
    pub const fn with_concurrency(mut self, batches: usize) -> Self {
        self.concurrency = batches;
        self
    }

    /// What happens to items that must not arrive twice.
    #[must_use]
    pub const fn with_unrepeatable(mut self, unrepeatable: Unrepeatable) -> Self {
        self.unrepeatable = unrepeatable;
        self
    }
}

/// What [`Client::send_all`] tells while it is under way.
pub enum BatchEvent<T> {
    /// A batch has ended: the counts so far.
    Progress(Summary),
    /// An item did not get to where it should.
    Failed(Failed<T>),
    /// The server spoke of an item that the batch does not have. Which one it meant nobody knows.
    Unknown(Value),
}

/// An item that did not get to where it should, and why.
pub struct Failed<T> {
    /// The tag that it came with.
    pub tag: T,
    /// The item as JSON, if it could be encoded.
    pub json: Option<Bytes>,
    /// Why.
    pub failure: Failure,
}

/// Why an item did not get to where it should.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Failure {
    /// It cannot be sent: nothing was.
    #[error(transparent)]
    Refused(BuildError),
    /// The server rejected it.
    #[error("the server rejected it: {}", Bounded(.0.message.as_deref().or(.0.reason.as_deref()).unwrap_or("it did not say why")))]
    Rejected(Rejected),
    /// Its batch failed as a whole: [`Error::delivery`] says whether it may have arrived all the same.
    #[error("its batch was not delivered: {0}")]
    Undelivered(Arc<Error>),
}

impl<T> fmt::Debug for BatchEvent<T> {
    /// Tags and items name people, and the server may quote them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Progress(summary) => f.debug_tuple("Progress").field(summary).finish(),
            Self::Failed(failed) => f.debug_tuple("Failed").field(failed).finish(),
            Self::Unknown(_) => f.debug_struct("Unknown").finish_non_exhaustive(),
        }
    }
}

impl<T> fmt::Debug for Failed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Failed")
            .field("json_bytes", &self.json.as_ref().map(Bytes::len))
            .field("failure", &self.failure)
            .finish_non_exhaustive()
    }
}

/// How many items ended how.
#[derive(Clone, Debug, Default)]
#[must_use = "items may have been rejected, refused or not delivered"]
#[non_exhaustive]
pub struct Summary {
    /// Accepted by the server.
    pub accepted: u64,
    /// Rejected by the server.
    pub rejected: u64,
    /// Not sent, because they cannot be.
    pub refused: u64,
    /// In batches that failed as a whole.
    pub undelivered: u64,
    /// Errors of the server that name no item.
    pub unknown: u64,
    /// The batches that were sent.
    pub batches: u64,
    /// Why no more items were taken, if so: the credentials are not good, or the route is not there, and no other batch
    /// would fare better.
    pub stopped: Option<Arc<Error>>,
}

impl Summary {
    /// All items that have ended, one way or another.
    #[must_use]
    pub fn ended(&self) -> u64 {
        self.accepted + self.rejected + self.refused + self.undelivered
    }
}

impl<S: Api> Client<S> {
    /// Encodes a call for a batch, within the limits of the [`Endpoint`](crate::Endpoint::with_limits); an event that has
    /// none gets an id, and the time of now.
    ///
    /// # Errors
    ///
    /// Where an argument cannot be sent.
    pub fn item<B: Batch<Api = S>>(&self, operation: &impl BatchItem<Batch = B>) -> Result<Item<B>, BuildError> {
        Item::new(operation, &self.now(), self.limits())
    }

    /// Sends everything that an iterator gives, in batches, and tells of every item that did not arrive.
    ///
    /// Each item comes with a tag of yours, such as its line in a file, and as it comes from [`item`](Self::item): one
    /// that could not be encoded is told of like one that was rejected. A batch that the server refuses as a whole is
    /// halved until the culprits are found. A batch that cannot be delivered is told of, item by item, and the next ones
    /// are tried.
    ///
    /// No more is in memory than the batches under way and the one that is being packed: of 490 kB each. Dropping the
    /// future ends it.
    ///
    /// ```
    /// # use customerio_core::{BatchEvent, Client, BatchOptions, Track, track::v2::person::Identify};
    /// async fn backfill(track: &Client<Track>, ids: &[&str]) {
    ///     let items = ids.iter().map(|id| (*id, track.item(&Identify::new(*id))));
    ///     let summary = track
    ///         .send_all(items, BatchOptions::default(), |event| {
    ///             if let BatchEvent::Failed(failed) = event {
    ///                 eprintln!("{}: {}", failed.tag, failed.failure);
    ///             }
    ///         })
    ///         .await;
    ///     println!("{} of {}", summary.accepted, ids.len());
    /// }
    /// ```
    pub async fn send_all<B: Batch<Api = S>, T>(
        &self,
        items: impl IntoIterator<Item = (T, Result<Item<B>, BuildError>)>,
        options: BatchOptions,
        events: impl FnMut(BatchEvent<T>),
    ) -> Summary {
        let mut items = items.into_iter();
        self.send_from(move |_| Poll::Ready(items.next()), options, events).await
    }

    /// [`send_all`](Self::send_all) of what a stream gives. With the feature `stream`.
    #[cfg(feature = "stream")]
    pub async fn send_stream<B: Batch<Api = S>, T>(
        &self,
        items: impl futures_core::Stream<Item = (T, Result<Item<B>, BuildError>)>,
        options: BatchOptions,
        events: impl FnMut(BatchEvent<T>),
    ) -> Summary {
        let mut items = std::pin::pin!(items);
        self.send_from(|context| items.as_mut().poll_next(context), options, events).await
    }

    async fn send_from<B: Batch<Api = S>, T>(
        &self,
        mut source: impl FnMut(&mut Context<'_>) -> Poll<Option<(T, Result<Item<B>, BuildError>)>>,
        options: BatchOptions,
        events: impl FnMut(BatchEvent<T>),
    ) -> Summary {
        let mut run = Run::new(*self.limits(), options, events);
        let send = |batch: EncodedBatch<B, T>| {
            let client = self.clone();
            async move {
                let result = client.call(&batch).await;
                (batch, result)
            }
        };
        let mut under_way = none_of(&send);
        poll_fn(|context| {
            loop {
                let mut moved = false;
                let mut index = 0;
                while let Some(call) = under_way.get_mut(index) {
                    if let Poll::Ready((batch, result)) = call.as_mut().poll(context) {
                        drop(under_way.swap_remove(index));
                        run.ended(batch, result);
                        moved = true;
                    } else {
                        index += 1;
                    }
                }
                while under_way.len() < options.concurrency.max(1) {
                    let Poll::Ready(Some(batch)) = run.next(&mut source, context) else { break };
                    under_way.push(Box::pin(send(batch)));
                    moved = true;
                }
                if under_way.is_empty() && run.is_done() {
                    return Poll::Ready(());
                }
                if !moved {
                    return Poll::Pending;
                }
            }
        })
        .await;
        run.summary
    }
}

/// No futures yet, of the type that `make` makes: it has no name, and boxes of `dyn Future` would have to say whether it
/// is `Send`, which depends on the platform.
fn none_of<A, F: Future>(_make: &impl Fn(A) -> F) -> Vec<Pin<Box<F>>> {
    Vec::new()
}

/// The state of one `send_all`, without the calls that are under way.
struct Run<B, T, E> {
    packer: BatchBuilder<B, T>,
    /// Batches that are ready: halves of one that was refused.
    ready: VecDeque<EncodedBatch<B, T>>,
    source_ended: bool,
    summary: Summary,
    events: E,
}

impl<B: Batch, T, E: FnMut(BatchEvent<T>)> Run<B, T, E> {
    fn new(limits: Limits, options: BatchOptions, events: E) -> Self {
        let packer = BatchBuilder::new().with_limits(limits).with_unrepeatable(options.unrepeatable);
        Self { packer, ready: VecDeque::new(), source_ended: false, summary: Summary::default(), events }
    }

    fn is_done(&self) -> bool {
        self.source_ended && self.ready.is_empty()
    }

    /// The next batch to send; `None` where there is no other.
    fn next(
        &mut self,
        source: &mut impl FnMut(&mut Context<'_>) -> Poll<Option<(T, Result<Item<B>, BuildError>)>>,
        context: &mut Context<'_>,
    ) -> Poll<Option<EncodedBatch<B, T>>> {
        if let Some(batch) = self.ready.pop_front() {
            return Poll::Ready(Some(batch));
        }
        while !self.source_ended {
            let Poll::Ready(next) = source(context) else { return Poll::Pending };
            let Some((tag, item)) = next else {
                self.source_ended = true;
                return Poll::Ready(self.packer.finish());
            };
            let item = match item {
                Ok(item) => item,
                Err(error) => {
                    self.failed(tag, None, Failure::Refused(error));
                    continue;
                }
            };
            match self.packer.push(item, tag) {
                Ok(None) => {}
                Ok(Some(full)) => return Poll::Ready(Some(full)),
                Err(refused) => {
                    let json = Bytes::copy_from_slice(refused.item.json());
                    self.failed(refused.tag, Some(json), Failure::Refused(refused.error));
                }
            }
        }
        Poll::Ready(None)
    }

    fn ended(&mut self, batch: EncodedBatch<B, T>, result: Result<BatchAnswer, Error>) {
        self.summary.batches += 1;
        match result.map(BatchAnswer::into_result) {
            Ok(Ok(accepted)) => self.summary.accepted += accepted as u64,
            Ok(Err(rejections)) => self.rejected(batch, rejections),
            Err(error) if refuses_the_body(&error) => match batch.split() {
                Ok((first, second)) => {
                    self.ready.push_front(second);
                    self.ready.push_front(first);
                }
                Err(culprit) => self.refused_by_server(*culprit, &error),
            },
            Err(error) => self.undelivered(batch, error),
        }
        (self.events)(BatchEvent::Progress(self.summary.clone()));
    }

    fn rejected(&mut self, batch: EncodedBatch<B, T>, rejections: Rejections) {
        self.summary.accepted += rejections.accepted as u64;
        let mut rejected: BTreeMap<_, _> = rejections.rejected.into_iter().map(|one| (one.index, one)).collect();
        for (index, (tag, json)) in batch.into_items().enumerate() {
            if let Some(rejected) = rejected.remove(&index) {
                // A copy, because a part of the batch would keep the whole of it in memory.
                self.failed(tag, Some(Bytes::copy_from_slice(&json)), Failure::Rejected(rejected));
            }
        }
        for unknown in rejections.unknown {
            self.summary.unknown += 1;
            (self.events)(BatchEvent::Unknown(unknown));
        }
    }

    /// A batch of one item that was refused as a whole: the item was.
    fn refused_by_server(&mut self, culprit: EncodedBatch<B, T>, error: &Error) {
        let message = error.as_api().and_then(|api| api.message()).map(str::to_owned);
        for (tag, json) in culprit.into_items() {
            let rejected = Rejected { index: 0, reason: None, field: None, message: message.clone() };
            self.failed(tag, Some(json), Failure::Rejected(rejected));
        }
    }

    fn undelivered(&mut self, batch: EncodedBatch<B, T>, error: Error) {
        let error = Arc::new(error);
        self.give_up(batch, &error);
        if is_hopeless(&error) {
            self.source_ended = true;
            let waiting: Vec<_> = self.ready.drain(..).chain(self.packer.finish()).collect();
            for batch in waiting {
                self.give_up(batch, &error);
            }
            self.summary.stopped = Some(error);
        }
    }

    fn give_up(&mut self, batch: EncodedBatch<B, T>, error: &Arc<Error>) {
        for (tag, json) in batch.into_items() {
            self.failed(tag, Some(json), Failure::Undelivered(error.clone()));
        }
    }

    fn failed(&mut self, tag: T, json: Option<Bytes>, failure: Failure) {
        match &failure {
            Failure::Refused(_) => self.summary.refused += 1,
            Failure::Rejected(_) => self.summary.rejected += 1,
            Failure::Undelivered(_) => self.summary.undelivered += 1,
        }
        (self.events)(BatchEvent::Failed(Failed { tag, json, failure }));
    }
}

/// Nothing of such a batch was accepted, so its halves can be sent.
fn refuses_the_body(error: &Error) -> bool {
    matches!(error.status(), Some(StatusCode::BAD_REQUEST | StatusCode::PAYLOAD_TOO_LARGE))
}

/// No other batch would fare better.
fn is_hopeless(error: &Error) -> bool {
    let status = error.status();
    matches!(status, Some(StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND))
        || status.is_some_and(|status| status.is_redirection())
}
