//! Items in, requests out: batches by their exact size.

use std::ops::Range;

use bytes::Bytes;
use http::{Method, Response};

use crate::{
    Batch, BatchAnswer, Body, BuildError, BuildErrorKind, DecodeFailure, Item, Limits, Operation, Path, Replay, batch,
    limits::{self, check_bytes},
    operation::JSON,
    path::route,
};

/// Packs items into batches, in their order, as many to a batch as its limit lets.
///
/// Each item keeps a `tag` of the caller's, such as its line in a file: what became of the item is told with it.
///
/// ```
/// use customerio_core::{Item, Limits, Moment, BatchBuilder, track::v2::person};
/// # use std::time::Duration;
/// # let now = Moment { monotonic: Duration::ZERO, since_epoch: Duration::ZERO, random: 4 };
///
/// let mut packer = BatchBuilder::new();
/// for (line, id) in ["41", "42"].into_iter().enumerate() {
///     let item = Item::new(&person::Identify::new(id), &now, &Limits::default())?;
///     if let Some(_full) = packer.push(item, line).map_err(|refused| refused.error)? {
///         // Send it.
///     }
/// }
/// let last = packer.finish().expect("there were items");
/// assert_eq!(last.tags(), [0, 1]);
/// # Ok::<(), customerio_core::BuildError>(())
/// ```
pub struct BatchBuilder<B, T = ()> {
    limits: Limits,
    unrepeatable: Unrepeatable,
    open: Option<EncodedBatch<B, T>>,
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
/// Bytes from which a body is expected to become as long as its limit.
const LONG: usize = 32 * 1024;

impl<B: Batch, T> BatchBuilder<B, T> {
    /// A packer with the documented limits, [`limits::BATCH_ITEM`] and [`limits::BATCH`], that refuses what cannot be
    /// repeated.
    #[must_use]
    pub fn new() -> Self {
        Self { limits: Limits::default(), unrepeatable: Unrepeatable::Refuse, open: None }
    }

    /// The packer with other limits, such as those of an [`Endpoint`](crate::Endpoint::limits). It looks at that of an
    /// item and that of a batch.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
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
    pub fn push(&mut self, item: Item<B>, tag: T) -> Result<Option<EncodedBatch<B, T>>, Box<Refused<B, T>>> {
        if let Err(error) = self.check(&item) {
            return Err(Box::new(Refused { item, tag, error }));
        }
        let full = match &self.open {
            Some(open) if !open.takes(&item, self.limits.batch) => self.open.take().map(EncodedBatch::closed),
            _ => None,
        };
        let open = self.open.get_or_insert_with(|| {
            let mut open = EncodedBatch::opened(item.shared().into(), item.replay());
            // It will be as long, and has its room before the other gives its own back, which is then there for the next.
            open.reserve(full.as_ref().map_or(0, |full| full.body.len()), self.limits.batch);
            open
        });
        open.append(item.json(), tag, self.limits.batch);
        Ok(full)
    }

    /// The items that are left, as a batch.
    #[must_use]
    pub fn finish(&mut self) -> Option<EncodedBatch<B, T>> {
        self.open.take().map(EncodedBatch::closed)
    }

    fn check(&self, item: &Item<B>) -> Result<(), BuildError> {
        // Alone in a request the item has what it shares with others too.
        check_bytes("the item", item.json().len() + item.shared().len(), self.limits.batch_item)?;
        let alone = whole(OPENING.len() + item.json().len(), item.shared());
        check_bytes("the batch of this item", alone, self.limits.batch)?;
        if self.unrepeatable == Unrepeatable::Refuse && item.replay() == Replay::OnlyIfNotSent {
            let problem = BuildErrorKind::Invalid("it must not arrive twice: give it an id".into());
            return Err(BuildError::new("the item", problem));
        }
        Ok(())
    }
}

impl<B: Batch, T> Default for BatchBuilder<B, T> {
    fn default() -> Self {
        Self::new()
    }
}

/// The length of a body of which `open` bytes are written.
fn whole(open: usize, shared: &[u8]) -> usize {
    open + CLOSING + shared.len()
}

/// A batch: one request, of many items.
///
/// It is an [`Operation`]. Its bytes are the same in each attempt.
pub struct EncodedBatch<B, T = ()> {
    buffer: Vec<u8>,
    body: Bytes,
    shared: Box<[u8]>,
    items: Vec<Range<usize>>,
    tags: Vec<T>,
    replay: Replay,
    batch: std::marker::PhantomData<B>,
}

impl<B: Batch, T> EncodedBatch<B, T> {
    /// A batch without items yet, for those that share this and may arrive as often.
    fn opened(shared: Box<[u8]>, replay: Replay) -> Self {
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
        // Most items share nothing, and `memcmp` of nothing takes long where it reads masked from a dangling pointer.
        let is_alike = item.shared().is_empty() && self.shared.is_empty() || *item.shared() == *self.shared;
        item.replay() == self.replay && is_alike && whole(with_item, &self.shared) <= limit
    }

    fn append(&mut self, json: &[u8], tag: T, limit: usize) {
        self.reserve(1 + json.len() + CLOSING + self.shared.len(), limit);
        if !self.items.is_empty() {
            self.buffer.push(b',');
        }
        let start = self.buffer.len();
        self.buffer.extend_from_slice(json);
        self.items.push(start..self.buffer.len());
        self.tags.push(tag);
    }

    /// Makes room for so many more bytes of a body that has `limit` at most.
    ///
    /// A body that gets long gets all of its room at once, and no more: the copies of one that doubles, each into memory
    /// that is new, take as long as all the encoding.
    fn reserve(&mut self, bytes: usize, limit: usize) {
        let needed = self.buffer.len() + bytes;
        if needed > self.buffer.capacity() {
            let doubled = needed.max(2 * self.buffer.capacity());
            let room = if doubled > LONG { doubled.max(limits::BATCH) } else { doubled };
            self.buffer.reserve_exact(room.min(limit).max(needed) - self.buffer.len());
        }
    }

    fn closed(mut self) -> Self {
        self.buffer.push(b']');
        self.buffer.extend_from_slice(&self.shared);
        self.buffer.push(b'}');
        // A batch may wait in memory with many others, or for its answer.
        self.body = std::mem::take(&mut self.buffer).into_boxed_slice().into();
        self.items.shrink_to_fit();
        self.tags.shrink_to_fit();
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
        let (half, limit) = (self.items.len() / 2, self.body.len());
        let opened = || Self::opened(self.shared.clone(), self.replay);
        let (mut first, mut second) = (opened(), opened());
        for (index, (tag, json)) in self.into_items().enumerate() {
            if index < half { &mut first } else { &mut second }.append(&json, tag, limit);
        }
        Ok((first.closed(), second.closed()))
    }
}

impl<B: Batch, T> Operation for EncodedBatch<B, T> {
    type Api = B::Api;
    type Output = BatchAnswer;
    const NAME: &'static str = B::NAME;
    const RESPONSE_LIMIT: usize = limits::READ_RESPONSE;

    fn method(&self) -> Method {
        Method::POST
    }
    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        route!(path, B::PATH);
        Ok(())
    }
    fn body(&self, _: &Limits) -> Result<Body, BuildError> {
        Ok(Body::new(JSON, self.body.clone()))
    }
    fn replay(&self) -> Replay {
        self.replay
    }
    fn attempt_timeout(&self) -> std::time::Duration {
        std::time::Duration::from_secs(30)
    }
    fn decode(&self, response: &Response<Bytes>) -> Result<BatchAnswer, DecodeFailure> {
        batch::decode(response, self.items.len())
    }
}

impl<B, T> std::fmt::Debug for BatchBuilder<B, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BatchBuilder")
            .field("limits", &self.limits)
            .field("unrepeatable", &self.unrepeatable)
            .field("open", &self.open)
            .finish()
    }
}

impl<B, T> std::fmt::Debug for Refused<B, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The tag is often the person's id.
        f.debug_struct("Refused").field("item", &self.item).field("error", &self.error).finish_non_exhaustive()
    }
}

impl<B, T> std::fmt::Debug for EncodedBatch<B, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EncodedBatch")
            .field("items", &self.items.len())
            .field("bytes", &self.body.len().max(self.buffer.len()))
            .field("replay", &self.replay)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, time::Duration};

    use proptest::prelude::*;
    use serde::{Serialize, Serializer};
    use serde_json::{Value, json};

    use super::*;
    use crate::{BatchItem, Encoded, Moment, PipelinesBatch, Track, TrackBatch, testing::wire_track};

    /// A call of so many bytes, that counts how often it is encoded.
    struct Call {
        text: String,
        shared: &'static str,
        replay: Replay,
        encoded: Cell<u32>,
    }

    impl Call {
        fn new(text: impl Into<String>) -> Self {
            Self { text: text.into(), shared: "", replay: Replay::Safe, encoded: Cell::new(0) }
        }
    }

    impl Serialize for Call {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            self.encoded.set(self.encoded.get() + 1);
            json!({ "a": self.text }).serialize(serializer)
        }
    }

    impl Operation for Call {
        type Api = Track;
        type Output = ();
        const NAME: &'static str = "track.call";

        fn method(&self) -> Method {
            Method::POST
        }
        fn path(&self, path: &mut Path) -> Result<(), BuildError> {
            path.literal("/call");
            Ok(())
        }
        fn replay(&self) -> Replay {
            self.replay
        }
        fn decode(&self, _: &Response<Bytes>) -> Result<(), DecodeFailure> {
            Ok(())
        }
    }

    impl BatchItem for Call {
        type Batch = TrackBatch;

        fn encode(&self, _: &Limits) -> Result<Encoded, BuildError> {
            Ok(Encoded { shared: self.shared.into(), ..Encoded::of(self)? })
        }
    }

    fn now() -> Moment {
        Moment { monotonic: Duration::ZERO, since_epoch: Duration::ZERO, random: 1 }
    }

    fn item(call: &Call) -> Item<TrackBatch> {
        Item::new(call, &now(), &Limits::default()).unwrap()
    }

    fn limits(item: usize, batch: usize) -> Limits {
        Limits::default().with_batch_item(item).with_batch(batch)
    }

    fn body<T>(batch: &EncodedBatch<TrackBatch, T>) -> Bytes {
        batch.body(&Limits::none()).unwrap().bytes().clone()
    }

    #[test]
    fn the_whole_request() {
        let mut packer = BatchBuilder::new();
        for text in ["x", "y"] {
            assert!(packer.push(item(&Call::new(text)), ()).unwrap().is_none());
        }
        assert_eq!(
            wire_track(&packer.finish().unwrap()),
            "POST https://track.customer.io/api/v2/batch\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             content-type: application/json\n\
             user-agent: customerio-rust/0.1.0\n\
             content-length: 31\n\
             \n\
             {\"batch\":[{\"a\":\"x\"},{\"a\":\"y\"}]}"
        );
        assert!(packer.finish().is_none());
        assert_eq!(<EncodedBatch<PipelinesBatch> as Operation>::NAME, "pipelines.batch");
    }

    #[test]
    fn a_body_is_as_long_as_its_limit_and_no_longer() {
        // `{"batch":[` and `]}` are 12 bytes, an item of one character is 9, and a comma is 1.
        for (limit, expected) in [(21, vec![1, 1, 1]), (30, vec![1, 1, 1]), (31, vec![2, 1]), (41, vec![3])] {
            let mut packer = BatchBuilder::new().with_limits(limits(9, limit));
            let mut batches = Vec::new();
            for text in ["x", "y", "z"] {
                batches.extend(packer.push(item(&Call::new(text)), ()).unwrap());
            }
            batches.extend(packer.finish());
            assert_eq!(batches.iter().map(EncodedBatch::len).collect::<Vec<_>>(), expected, "{limit}");
            assert!(batches.iter().all(|batch| body(batch).len() <= limit));
        }
    }

    #[test]
    fn a_body_that_gets_long_has_room_up_to_its_limit_and_no_more() {
        for (limit, room) in [(40_000, 40_000), (limits::BATCH, limits::BATCH), (usize::MAX, limits::BATCH)] {
            let mut packer = BatchBuilder::new().with_limits(limits(1_000, limit));
            let mut rooms = Vec::new();
            // Of 100 bytes each, with the comma.
            for _ in 0..limit.min(limits::BATCH) / 100 - 1 {
                assert!(packer.push(item(&Call::new("x".repeat(91))), ()).unwrap().is_none());
                rooms.push(packer.open.as_ref().unwrap().buffer.capacity());
            }
            rooms.dedup();
            let (short, long): (Vec<usize>, Vec<usize>) = rooms.into_iter().partition(|&room| room <= LONG);
            assert!(short.len() < 12, "{short:?}");
            assert_eq!(long, [room]);
        }
    }

    #[test]
    fn behind_a_long_batch_the_next_has_its_room_from_the_start() {
        let mut packer = BatchBuilder::new().with_limits(limits(1_000, 40_000));
        let mut room_behind = |text: &str| loop {
            if packer.push(item(&Call::new(text)), ()).unwrap().is_some() {
                return packer.open.as_ref().unwrap().buffer.capacity();
            }
        };
        assert_eq!(room_behind(&"x".repeat(91)), 40_000);
    }

    #[test]
    fn an_item_over_a_limit_comes_back_and_the_others_stay() {
        let mut packer = BatchBuilder::new().with_limits(limits(9, 100));
        packer.push(item(&Call::new("x")), 0).unwrap();
        let refused = packer.push(item(&Call::new("xx")), 1).unwrap_err();
        assert_eq!((refused.tag, refused.item.json()), (1, br#"{"a":"xx"}"#.as_slice()));
        assert_eq!(refused.error.to_string(), "the item has 10 bytes, and the limit is 9");
        let mut narrow = BatchBuilder::new().with_limits(limits(100, 21));
        let refused = narrow.push(item(&Call::new("xx")), 1).unwrap_err();
        assert_eq!(refused.error.to_string(), "the batch of this item has 22 bytes, and the limit is 21");
        assert_eq!(packer.finish().unwrap().tags(), [0]);
    }

    #[test]
    fn what_must_not_arrive_twice_is_refused_or_packed_apart_in_its_order() {
        let calls = [Replay::Safe, Replay::OnlyIfNotSent, Replay::OnlyIfNotSent, Replay::Safe].map(|replay| {
            let call = Call { replay, ..Call::new("x") };
            item(&call)
        });
        let mut packer = BatchBuilder::new().with_unrepeatable(Unrepeatable::Apart);
        let mut batches = Vec::new();
        for (index, call) in calls.into_iter().enumerate() {
            batches.extend(packer.push(call, index).unwrap());
        }
        batches.extend(packer.finish());
        let apart: Vec<_> = batches.iter().map(|batch| (batch.tags(), batch.replay())).collect();
        let (safe, once) = (Replay::Safe, Replay::OnlyIfNotSent);
        assert_eq!(apart, [([0].as_slice(), safe), (&[1, 2], once), (&[3], safe)]);

        let call = Call { replay: Replay::OnlyIfNotSent, ..Call::new("x") };
        let refused = BatchBuilder::new().push(item(&call), ()).unwrap_err();
        assert_eq!(refused.error.to_string(), "the item is not valid: it must not arrive twice: give it an id");
    }

    #[test]
    fn what_items_share_stands_once_and_parts_those_that_do_not() {
        let mut packer = BatchBuilder::new();
        let mut batches = Vec::new();
        for (tag, shared) in [r#","context":{"ip":"1"}"#, r#","context":{"ip":"1"}"#, ""].into_iter().enumerate() {
            batches.extend(packer.push(item(&Call { shared, ..Call::new("x") }), tag).unwrap());
        }
        batches.extend(packer.finish());
        assert_eq!(body(&batches[0]), r#"{"batch":[{"a":"x"},{"a":"x"}],"context":{"ip":"1"}}"#);
        assert_eq!((batches.len(), batches[1].tags()), (2, [2].as_slice()));
        let (first, second) = batches.remove(0).split().unwrap();
        assert_eq!(body(&first), r#"{"batch":[{"a":"x"}],"context":{"ip":"1"}}"#);
        assert_eq!((first.tags(), second.tags()), ([0].as_slice(), [1].as_slice()));
        assert_eq!(second.split().unwrap_err().tags(), [1]);
    }

    proptest! {
        /// Whatever goes in comes out: in its order, each once, encoded once, in bodies that are JSON within the limit.
        #[test]
        fn nothing_is_lost_or_encoded_twice(
            texts in prop::collection::vec("\\PC{0,40}", 0..60),
            item_limit in 8_usize..120,
            body_limit in 20_usize..400,
        ) {
            let calls: Vec<_> = texts.iter().map(Call::new).collect();
            let mut packer = BatchBuilder::new().with_limits(limits(item_limit, body_limit));
            let (mut batches, mut refused) = (Vec::new(), Vec::new());
            for (tag, call) in calls.iter().enumerate() {
                match packer.push(item(call), tag) {
                    Ok(full) => batches.extend(full),
                    Err(back) => refused.push(back.tag),
                }
            }
            batches.extend(packer.finish());
            prop_assert!(packer.finish().is_none());

            let mut out = Vec::new();
            for batch in batches {
                let bytes = body(&batch);
                prop_assert!(bytes.len() <= body_limit);
                let value: Value = serde_json::from_slice(&bytes).unwrap();
                let entries = value["batch"].as_array().unwrap();
                prop_assert_eq!(entries.len(), batch.len());
                for (index, entry) in entries.iter().enumerate() {
                    let json: Value = serde_json::from_slice(batch.json(index).unwrap()).unwrap();
                    prop_assert_eq!(entry, &json);
                    out.push((batch.tags()[index], entry["a"].as_str().unwrap().to_owned()));
                }
                prop_assert!(batch.json(batch.len()).is_none());
            }
            let expected: Vec<_> = texts.iter().cloned().enumerate().filter(|(tag, _)| !refused.contains(tag)).collect();
            prop_assert_eq!(out, expected);
            for (tag, call) in calls.iter().enumerate() {
                prop_assert_eq!(call.encoded.get(), 1);
                let bytes = json!({ "a": call.text }).to_string().len();
                prop_assert_eq!(refused.contains(&tag), bytes > item_limit || bytes + 12 > body_limit);
            }
        }
    }
}
