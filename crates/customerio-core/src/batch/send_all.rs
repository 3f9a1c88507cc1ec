//! Everything that an iterator or a stream yields, in batches: a future over an [`Engine`].

use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use super::{Batch, BatchEvent, BatchItem, BatchOptions, IntoItem, Item, Summary, engine::Engine};
use crate::{Api, BuildError, Client};

impl<A: Api> Client<A> {
    /// Encodes an operation for a batch, within the limits of the [`Endpoint`](crate::Endpoint::with_limits). An event
    /// without an id gets one, and the current time.
    ///
    /// # Errors
    ///
    /// Fails if an argument cannot be sent.
    pub fn item<B: Batch<Api = A>>(&self, operation: impl BatchItem<Batch = B>) -> Result<Item<B>, BuildError> {
        Item::new(operation, &self.now(), self.limits())
    }

    /// Sends everything that an iterator yields, in batches, and reports every item that was not accepted.
    ///
    /// Each operation has your own tag, such as its line in a file. An operation that cannot be encoded is
    /// reported like one that was rejected. A batch that cannot be delivered is reported item by item, and the next
    /// ones are still tried.
    ///
    /// A batch that the server rejects as a whole, with 400 or 413, is sent in parts until the items at fault are
    /// found. For one among n that takes about log₂ n requests, and at most two for each item. If 100 items in a row
    /// were rejected and nothing was accepted in between, all are likely to be: the rest of the batch is not sent, and
    /// is reported as [`ItemError::Untried`](crate::ItemError::Untried). After that, each batch is tried as a whole,
    /// and one that is rejected is searched only for its first item at fault, until something is accepted again.
    ///
    /// Only the batches in flight and the one being packed are in memory, of 490 kB each. Dropping the future stops
    /// sending. For operations that come from a database cursor, or from several tasks, see
    /// [`BatchSender`](crate::BatchSender).
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// # use customerio::{Client, Track, batch::{BatchEvent, BatchOptions}, track::v2::person::Identify};
    /// async fn backfill(track: &Client<Track>, ids: &[&str]) -> u64 {
    ///     let people = ids.iter().map(|id| (*id, Identify::new(*id)));
    ///     let summary = track
    ///         .send_all(people, BatchOptions::default(), |event| {
    ///             if let BatchEvent::Failed(failed) = event {
    ///                 eprintln!("{}: {}", failed.tag, failed.error);
    ///             }
    ///         })
    ///         .await;
    ///     summary.accepted
    /// }
    /// # mod canned { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/canned.rs")); }
    /// # let track = canned::track(|_| (200, "{}"));
    /// # let accepted = canned::run(async move { backfill(&track, &["41", "42"]).await });
    /// # assert_eq!(accepted, 2);
    /// ```
    #[doc(alias = "backfill")]
    #[doc(alias = "bulk")]
    pub fn send_all<B, T, O, I, E>(
        &self,
        items: I,
        options: BatchOptions,
        on_event: E,
    ) -> SendAll<Items<I::IntoIter>, B, T, E>
    where
        B: Batch<Api = A>,
        O: IntoItem<B>,
        I: IntoIterator<Item = (T, O)>,
        E: FnMut(BatchEvent<T>),
    {
        SendAll::new(Items(items.into_iter()), Engine::new(self.clone(), options), on_event)
    }

    /// Sends everything that a stream yields, like [`send_all`](Self::send_all). A batch that is not full is sent after
    /// the [linger](BatchOptions::with_linger). It needs the feature `stream`.
    #[cfg(feature = "stream")]
    pub fn send_stream<B, T, O, S, E>(
        &self,
        items: S,
        options: BatchOptions,
        on_event: E,
    ) -> SendAll<Pin<Box<S>>, B, T, E>
    where
        B: Batch<Api = A>,
        O: IntoItem<B>,
        S: futures_core::Stream<Item = (T, O)>,
        E: FnMut(BatchEvent<T>),
    {
        SendAll::new(Box::pin(items), Engine::new(self.clone(), options).lingering(), on_event)
    }
}

/// A source of items.
pub trait Source<B: Batch, T> {
    /// The next item, encoded by `encode`, if there is one now.
    #[doc(hidden)]
    fn poll_next(
        &mut self,
        client: &Client<B::Api>,
        context: &mut Context<'_>,
    ) -> Poll<Option<(T, Result<super::item::Parts, BuildError>)>>;
}

/// The items of an iterator.
#[derive(Debug)]
pub struct Items<I>(I);

impl<B: Batch, T, O: IntoItem<B>, I: Iterator<Item = (T, O)>> Source<B, T> for Items<I> {
    fn poll_next(
        &mut self,
        client: &Client<B::Api>,
        _: &mut Context<'_>,
    ) -> Poll<Option<(T, Result<super::item::Parts, BuildError>)>> {
        Poll::Ready(self.0.next().map(|(tag, item)| (tag, Engine::<B, T>::encode(client, item))))
    }
}

#[cfg(feature = "stream")]
impl<B: Batch, T, O: IntoItem<B>, S: futures_core::Stream<Item = (T, O)>> Source<B, T> for Pin<Box<S>> {
    fn poll_next(
        &mut self,
        client: &Client<B::Api>,
        context: &mut Context<'_>,
    ) -> Poll<Option<(T, Result<super::item::Parts, BuildError>)>> {
        let next = futures_core::Stream::poll_next(self.as_mut(), context);
        next.map(|next| next.map(|(tag, item)| (tag, Engine::<B, T>::encode(client, item))))
    }
}

/// The future of [`Client::send_all`].
///
/// A type of its own, and no `async fn`: the compiler does not see that the future of one that holds a closure which takes
/// a reference is `Send`, and it could not be spawned.
#[must_use = "nothing is sent unless it is awaited"]
pub struct SendAll<S, B: Batch, T, E> {
    source: Option<S>,
    engine: Engine<B, T>,
    on_event: E,
}

impl<S, B: Batch, T, E> SendAll<S, B, T, E> {
    const fn new(source: S, engine: Engine<B, T>, on_event: E) -> Self {
        Self { source: Some(source), engine, on_event }
    }
}

// Nothing in it is pinned in place.
impl<S, B: Batch, T, E> Unpin for SendAll<S, B, T, E> {}

impl<S: Source<B, T>, B: Batch, T, E: FnMut(BatchEvent<T>)> Future for SendAll<S, B, T, E> {
    type Output = Summary;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Summary> {
        let Self { source, engine, on_event } = &mut *self;
        loop {
            engine.poll(context);
            engine.take_events().into_iter().for_each(&mut *on_event);
            if engine.summary().stopped.is_some() {
                *source = None;
            }
            let Some(items) = source else {
                return if engine.is_idle() { Poll::Ready(engine.summary().clone()) } else { Poll::Pending };
            };
            let (mut moved, mut has_ended) = (false, false);
            while engine.has_room() && !has_ended {
                match items.poll_next(engine.client(), context) {
                    Poll::Pending => break,
                    Poll::Ready(Some((tag, item))) => {
                        engine.push(tag, item);
                        // However many in a row cannot be sent, no more than one waits here to be reported.
                        engine.take_events().into_iter().for_each(&mut *on_event);
                    }
                    Poll::Ready(None) => has_ended = true,
                }
                moved = true;
            }
            if has_ended {
                *source = None;
                engine.flush();
            }
            if !moved && !engine.poll_linger(context) {
                return Poll::Pending;
            }
        }
    }
}

impl<S, B: Batch, T, E> fmt::Debug for SendAll<S, B, T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendAll").field("engine", &self.engine).finish_non_exhaustive()
    }
}
