//! A batch that is ready to be sent.

use std::{fmt, marker::PhantomData, ops::Range};

use bytes::Bytes;

use crate::{Batch, BatchResponse, Body, Prepared, Replay, body::JSON, limits};

pub(super) const OPENING: &[u8] = br#"{"batch":["#;
/// Of the list and of the object.
const CLOSING: usize = 2;
/// Bytes from which a body is expected to become as long as its limit.
const LONG: usize = 32 * 1024;

/// The length of a body of which `open` bytes are written.
pub(super) fn whole(open: usize, shared: &[u8]) -> usize {
    open + CLOSING + shared.len()
}

/// A batch: one request, of many items.
///
/// [`prepare`](Self::prepare) makes the request, whose bytes are the same in each attempt.
pub struct EncodedBatch<B, T = ()> {
    buffer: Vec<u8>,
    body: Bytes,
    shared: Box<[u8]>,
    items: Vec<Range<usize>>,
    tags: Vec<T>,
    replay: Replay,
    batch: PhantomData<B>,
}

impl<B: Batch, T> EncodedBatch<B, T> {
    /// A batch without items yet, for those that have this in common and the same replay.
    pub(super) fn opened(shared: Box<[u8]>, replay: Replay) -> Self {
        Self {
            buffer: OPENING.to_vec(),
            body: Bytes::new(),
            shared,
            items: Vec::new(),
            tags: Vec::new(),
            replay,
            batch: PhantomData,
        }
    }

    /// A part of a batch of this many `bytes`: these items, at least one.
    pub(super) fn part(
        items: impl Iterator<Item = (T, impl AsRef<[u8]>)>,
        shared: &[u8],
        replay: Replay,
        bytes: usize,
    ) -> Self {
        let mut part = Self::opened(shared.into(), replay);
        for (tag, json) in items {
            part.append(json.as_ref(), tag, bytes);
        }
        part.closed()
    }

    pub(super) fn takes(&self, json: &[u8], shared: &[u8], replay: Replay, limit: usize) -> bool {
        let with_item = self.buffer.len() + usize::from(!self.items.is_empty()) + json.len();
        // Most items share nothing, and `memcmp` of nothing takes long where it reads masked from a dangling pointer.
        let is_alike = shared.is_empty() && self.shared.is_empty() || *shared == *self.shared;
        replay == self.replay && is_alike && whole(with_item, &self.shared) <= limit
    }

    pub(super) fn append(&mut self, json: &[u8], tag: T, limit: usize) {
        self.reserve(1 + json.len() + CLOSING + self.shared.len(), limit);
        if !self.items.is_empty() {
            self.buffer.push(b',');
        }
        let start = self.buffer.len();
        self.buffer.extend_from_slice(json);
        self.items.push(start..self.buffer.len());
        self.tags.push(tag);
    }

    /// Reserves room for `bytes` more of a body of at most `limit`.
    ///
    /// A body that gets long gets all of its room at once, and no more: the copies of one that doubles, each into memory
    /// that is new, take as long as all the encoding.
    pub(super) fn reserve(&mut self, bytes: usize, limit: usize) {
        let needed = self.buffer.len() + bytes;
        if needed > self.buffer.capacity() {
            let doubled = needed.max(2 * self.buffer.capacity());
            let room = if doubled > LONG { doubled.max(limits::BATCH) } else { doubled };
            self.buffer.reserve_exact(room.min(limit).max(needed) - self.buffer.len());
        }
    }

    #[cfg(test)]
    pub(super) fn room(&self) -> usize {
        self.buffer.capacity()
    }

    pub(super) fn closed(mut self) -> Self {
        self.buffer.push(b']');
        self.buffer.extend_from_slice(&self.shared);
        self.buffer.push(b'}');
        // A batch may wait in memory with many others, or for its response. One that is full is left as it is: an
        // allocator that gets it back a little smaller than the next one has new memory for that one, and each page of
        // it is a fault.
        if self.buffer.capacity() - self.buffer.len() > self.buffer.len() / 32 {
            self.buffer.shrink_to_fit();
        }
        self.body = std::mem::take(&mut self.buffer).into();
        self.items.shrink_to_fit();
        self.tags.shrink_to_fit();
        self
    }

    /// The request, without the tags.
    #[must_use]
    pub fn prepare(&self) -> Prepared<BatchResponse> {
        Prepared::of(B::INFO, Body::new(JSON, self.body.clone()), self.replay)
    }

    /// What all of its items share.
    pub(super) const fn shared(&self) -> &[u8] {
        &self.shared
    }

    /// The encoded body.
    #[must_use]
    pub const fn body(&self) -> &Bytes {
        &self.body
    }

    /// Whether it may arrive twice.
    #[must_use]
    pub const fn replay(&self) -> Replay {
        self.replay
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

    /// The items, each with its tag, in their order.
    pub fn into_items(self) -> impl DoubleEndedIterator<Item = (T, Bytes)> {
        let Self { body, items, tags, .. } = self;
        tags.into_iter().zip(items.into_iter().map(move |range| body.slice(range)))
    }

    /// Two batches of half the items each, to find the item at fault where a batch was refused as a whole.
    ///
    /// # Errors
    ///
    /// Returns the batch itself if it has only one item.
    pub fn split(self) -> Result<(Self, Self), Box<Self>> {
        if self.items.len() < 2 {
            return Err(Box::new(self));
        }
        let (half, bytes, shared, replay) = (self.items.len() / 2, self.body.len(), self.shared.clone(), self.replay);
        let mut items = self.into_items();
        let first = Self::part(items.by_ref().take(half), &shared, replay, bytes);
        Ok((first, Self::part(items, &shared, replay, bytes)))
    }
}

impl<B, T> fmt::Debug for EncodedBatch<B, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EncodedBatch")
            .field("items", &self.items.len())
            .field("bytes", &self.body.len().max(self.buffer.len()))
            .field("replay", &self.replay)
            .finish_non_exhaustive()
    }
}
