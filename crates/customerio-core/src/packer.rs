//! Items in, requests out: batches by their exact size.

use std::ops::Range;

use bytes::Bytes;
use http::{HeaderValue, Method, Response};

use crate::{Batch, BatchAnswer, Body, BuildError, Item, Operation, Path, Problem, Replay, Unreadable, batch, limits};

/// Packs items into batches, in their order, as many to a batch as its limit lets.
///
/// Each item keeps a `tag` of the caller's, such as its line in a file: what became of the item is told with it.
///
/// ```
/// use customerio_core::{Item, Moment, Packer, track::v2::person};
/// # use std::time::Duration;
/// # let now = Moment::new(Duration::ZERO, Duration::ZERO, 4);
///
/// let mut packer = Packer::new();
/// for (line, id) in ["41", "42"].into_iter().enumerate() {
///     let item = Item::new(&person::Identify::new(id), &now)?;
///     if let Some(_full) = packer.push(item, line).map_err(|refused| refused.error)? {
///         // Send it.
///     }
/// }
/// let last = packer.finish().expect("there were items");
/// assert_eq!(last.tags(), [0, 1]);
/// # Ok::<(), customerio_core::BuildError>(())
/// ```
#[derive(Debug)]
pub struct Packer<B, T = ()> {
    item_limit: usize,
    body_limit: usize,
    unrepeatable: Unrepeatable,
    open: Option<Packed<B, T>>,
}

/// What a packer does with an item that must not arrive twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unrepeatable {
    /// Refuses it: give it an id.
    Refuse,
    /// Packs it with its like alone, so that the items beside it can still be repeated. Such a batch is not repeated when
    /// an answer is lost.
    Apart,
}

/// An item that a packer did not take.
#[derive(Debug)]
pub struct Refused<B, T> {
    /// The item.
    pub item: Item<B>,
    /// Its tag.
    pub tag: T,
    /// Why it was not taken.
    pub error: BuildError,
}

const OPENING: &[u8] = br#"{"batch":["#;
/// Of the list and of the object.
const CLOSING: usize = 2;

impl<B: Batch, T> Packer<B, T> {
    /// A packer with the documented limits, [`limits::BATCH_ITEM`] and [`limits::BATCH`], that refuses what cannot be
    /// repeated.
    #[must_use]
    pub fn new() -> Self {
        Self {
            item_limit: limits::BATCH_ITEM,
            body_limit: limits::BATCH,
            unrepeatable: Unrepeatable::Refuse,
            open: None,
        }
    }

    /// The packer with other limits, in bytes: the vendor raises some on request.
    #[must_use]
    pub fn with_limits(mut self, item: usize, body: usize) -> Self {
        self.item_limit = item;
        self.body_limit = body;
        self
    }

    /// The packer with another way to treat items that must not arrive twice.
    #[must_use]
    pub fn with_unrepeatable(mut self, unrepeatable: Unrepeatable) -> Self {
        self.unrepeatable = unrepeatable;
        self
    }

    /// Takes an item. Where it does not go with those before it, they come back as a batch that is ready.
    ///
    /// # Errors
    ///
    /// Where the item is over a limit, or must not arrive twice and the packer refuses such items. It comes back; the
    /// items before it stay.
    #[expect(
        clippy::type_complexity,
        reason = "a batch that is ready or an item that comes back: neither needs a name"
    )]
    pub fn push(&mut self, item: Item<B>, tag: T) -> Result<Option<Packed<B, T>>, Box<Refused<B, T>>> {
        if let Err(error) = self.check(&item) {
            return Err(Box::new(Refused { item, tag, error }));
        }
        let full = match &self.open {
            Some(open) if !open.takes(&item, self.body_limit) => self.open.take(),
            _ => None,
        };
        self.open.get_or_insert_with(|| Packed::opened(&item)).append(&item, tag);
        Ok(full.map(Packed::closed))
    }

    /// The items that are left, as a batch.
    #[must_use]
    pub fn finish(&mut self) -> Option<Packed<B, T>> {
        self.open.take().map(Packed::closed)
    }

    fn check(&self, item: &Item<B>) -> Result<(), BuildError> {
        let check = |what: &'static str, bytes: usize, limit: usize| {
            if bytes > limit { Err(BuildError::new(what, Problem::TooLong { bytes, limit })) } else { Ok(()) }
        };
        // Alone in a request the item has what it shares with others too.
        check("the item", item.json().len() + item.shared().len(), self.item_limit)?;
        check("the batch of this item", whole(OPENING.len() + item.json().len(), item.shared()), self.body_limit)?;
        if self.unrepeatable == Unrepeatable::Refuse && item.replay() == Replay::OnlyIfNotSent {
            let problem = Problem::Invalid("it must not arrive twice: give it an id".into());
            return Err(BuildError::new("the item", problem));
        }
        Ok(())
    }
}

impl<B: Batch, T> Default for Packer<B, T> {
    fn default() -> Self {
        Self::new()
    }
}

/// The length of a body of which `open` bytes are written.
fn whole(open: usize, shared: &Bytes) -> usize {
    open + CLOSING + shared.len()
}

/// A batch: one request, of many items.
///
/// It is an [`Operation`]. Its bytes are the same in each attempt.
pub struct Packed<B, T = ()> {
    buffer: Vec<u8>,
    body: Bytes,
    shared: Bytes,
    items: Vec<Range<usize>>,
    tags: Vec<T>,
    replay: Replay,
    batch: std::marker::PhantomData<B>,
}

impl<B: Batch, T> Packed<B, T> {
    fn opened(item: &Item<B>) -> Self {
        let (shared, replay) = (item.shared().clone(), item.replay());
        Self {
            buffer: OPENING.to_vec(),
            body: Bytes::new(),
            shared,
            items: Vec::new(),
            tags: Vec::new(),
            replay,
            batch: std::marker::PhantomData,
        }
    }

    fn takes(&self, item: &Item<B>, limit: usize) -> bool {
        let with_item = self.buffer.len() + usize::from(!self.items.is_empty()) + item.json().len();
        item.replay() == self.replay && item.shared() == &self.shared && whole(with_item, &self.shared) <= limit
    }

    fn append(&mut self, item: &Item<B>, tag: T) {
        self.append_json(item.json(), tag);
    }

    fn append_json(&mut self, json: &[u8], tag: T) {
        if !self.items.is_empty() {
            self.buffer.push(b',');
        }
        let start = self.buffer.len();
        self.buffer.extend_from_slice(json);
        self.items.push(start..self.buffer.len());
        self.tags.push(tag);
    }

    fn closed(mut self) -> Self {
        self.buffer.push(b']');
        self.buffer.extend_from_slice(&self.shared);
        self.buffer.push(b'}');
        self.body = std::mem::take(&mut self.buffer).into();
        self
    }

    /// The number of its items; at least 1.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "there is no empty batch")]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// The tags of its items, in their order.
    #[must_use]
    pub fn tags(&self) -> &[T] {
        &self.tags
    }

    /// An item as JSON, by its position.
    #[must_use]
    pub fn json(&self, index: usize) -> Option<&[u8]> {
        self.items.get(index).map(|range| &self.body[range.clone()])
    }

    /// Its items, each with its tag, in their order.
    pub fn into_items(self) -> impl Iterator<Item = (T, Bytes)> {
        let Self { body, items, tags, .. } = self;
        tags.into_iter().zip(items.into_iter().map(move |range| body.slice(range)))
    }

    /// Two batches of half the items each, to find the culprit where a batch was refused as a whole.
    ///
    /// # Errors
    ///
    /// The batch itself, where it has but one item.
    pub fn split(self) -> Result<(Self, Self), Box<Self>> {
        if self.items.len() < 2 {
            return Err(Box::new(self));
        }
        let (shared, replay) = (self.shared.clone(), self.replay);
        let half = self.items.len() / 2;
        let empty = || Self {
            buffer: OPENING.to_vec(),
            body: Bytes::new(),
            shared: shared.clone(),
            items: Vec::new(),
            tags: Vec::new(),
            replay,
            batch: std::marker::PhantomData,
        };
        let (mut first, mut second) = (empty(), empty());
        for (index, (tag, json)) in self.into_items().enumerate() {
            if index < half { &mut first } else { &mut second }.append_json(&json, tag);
        }
        Ok((first.closed(), second.closed()))
    }
}

impl<B: Batch, T> Operation for Packed<B, T> {
    type Surface = B::Surface;
    type Output = BatchAnswer;
    const NAME: &'static str = B::NAME;
    const RESPONSE_LIMIT: usize = limits::READ_RESPONSE;

    fn method(&self) -> Method {
        Method::POST
    }
    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        path.literal(B::PATH);
        Ok(())
    }
    fn body(&self) -> Result<Body, BuildError> {
        Ok(Body::new(HeaderValue::from_static("application/json"), self.body.clone()))
    }
    fn replay(&self) -> Replay {
        self.replay
    }
    fn attempt_timeout(&self) -> std::time::Duration {
        std::time::Duration::from_secs(30)
    }
    fn decode(&self, response: &Response<Bytes>) -> Result<BatchAnswer, Unreadable> {
        batch::decode(response, self.items.len())
    }
}

impl<B, T> std::fmt::Debug for Packed<B, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Packed")
            .field("items", &self.items.len())
            .field("bytes", &self.body.len().max(self.buffer.len()))
            .field("replay", &self.replay)
            .finish_non_exhaustive()
    }
}
