//! Items in, requests out: batches by their exact size.

use std::{fmt, time::Duration};

use super::{
    EncodedItem, FailedItem, Item, ItemError,
    encoded::{OPENING, whole},
    item::Parts,
};
use crate::{
    Batch, BuildError, BuildErrorKind, EncodedBatch, IntoItem as _, Limits, Moment, Replay, limits::check_bytes,
};

/// Packs items into batches, in their order, as many to a batch as its limit allows.
///
/// Each item has your own `tag`, such as its line in a file, by which its outcome is reported.
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{
///     batch::{BatchBuilder, Item}, limits::Limits, track::v2::person, transport::Moment,
/// };
/// # use std::time::Duration;
/// # let now = Moment { monotonic: Duration::ZERO, since_epoch: Duration::ZERO, random: 4 };
///
/// let mut batches = BatchBuilder::new();
/// for (line, id) in ["41", "42"].into_iter().enumerate() {
///     let item = Item::new(person::Identify::new(id), &now, &Limits::default())?;
///     if let Some(_full) = batches.push(line, item)? {
///         // Send it.
///     }
/// }
/// let last = batches.finish().expect("there were items");
/// assert_eq!(last.tags(), [0, 1]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct BatchBuilder<B, T = ()> {
    limits: Limits,
    non_idempotent: NonIdempotent,
    open: Option<EncodedBatch<B, T>>,
}

/// How batches treat items that are not idempotent, such as an event without an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NonIdempotent {
    /// Refuses the item, which is the default. Give it an id instead.
    Refuse,
    /// Puts the item into a batch that has only such items. That batch is not retried after a lost response, and all
    /// others still are.
    SeparateBatch,
}

impl<B: Batch, T> BatchBuilder<B, T> {
    /// Creates a builder with the documented limits, [`BATCH_ITEM`](crate::limits::BATCH_ITEM) and
    /// [`BATCH`](crate::limits::BATCH), that refuses items that cannot be retried.
    #[must_use]
    pub fn new() -> Self {
        Self { limits: Limits::default(), non_idempotent: NonIdempotent::Refuse, open: None }
    }

    /// Sets the limits, such as those of an [`Endpoint`](crate::Endpoint::limits). Only those of an item and of a batch
    /// are checked.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets how items that are not idempotent are treated.
    #[must_use]
    pub fn with_non_idempotent(mut self, non_idempotent: NonIdempotent) -> Self {
        self.non_idempotent = non_idempotent;
        self
    }

    /// Adds an item and its tag. If it does not fit beside the items before it, those are returned as a batch.
    ///
    /// # Errors
    ///
    /// Fails if the item is over a limit, or must not arrive twice and the builder refuses such items. The error
    /// returns the item; the items before it stay.
    pub fn push(&mut self, tag: T, item: Item<B>) -> Result<Option<EncodedBatch<B, T>>, Box<FailedItem<T>>> {
        let moment = Moment { monotonic: Duration::ZERO, since_epoch: Duration::ZERO, random: 0 };
        match item.into_parts(&moment, &self.limits) {
            Ok(parts) => self.push_parts(tag, parts),
            Err(error) => Err(Box::new(FailedItem { tag, json: None, error: error.into() })),
        }
    }

    /// [`push`](Self::push) of an item that was just encoded.
    pub(super) fn push_parts(
        &mut self,
        tag: T,
        parts: Parts,
    ) -> Result<Option<EncodedBatch<B, T>>, Box<FailedItem<T>>> {
        let Parts { encoded: EncodedItem { json, shared }, replay } = parts;
        if let Err(error) = self.check(&json, &shared, replay) {
            return Err(Box::new(FailedItem { tag, json: Some(json.into()), error: ItemError::Invalid(error) }));
        }
        let full = match &self.open {
            Some(open) if !open.takes(&json, &shared, replay, self.limits.batch) => {
                self.open.take().map(EncodedBatch::closed)
            }
            _ => None,
        };
        let open = self.open.get_or_insert_with(|| {
            let mut open = EncodedBatch::opened(shared.into(), replay);
            // The next batch will be as long. It reserves its room before the full one shrinks, so that the freed
            // memory is there for the one after.
            open.reserve(full.as_ref().map_or(0, |full| full.body().len()), self.limits.batch);
            open
        });
        open.append(&json, tag, self.limits.batch);
        Ok(full)
    }

    /// Whether it holds no items.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.open.is_none()
    }

    /// Returns the remaining items as a batch.
    #[must_use]
    pub fn finish(&mut self) -> Option<EncodedBatch<B, T>> {
        self.open.take().map(EncodedBatch::closed)
    }

    fn check(&self, json: &[u8], shared: &[u8], replay: Replay) -> Result<(), BuildError> {
        // Alone in a request the item has what it shares with others too.
        check_bytes("the item", json.len() + shared.len(), self.limits.batch_item)?;
        check_bytes("the batch of this item", whole(OPENING.len() + json.len(), shared), self.limits.batch)?;
        if self.non_idempotent == NonIdempotent::Refuse && replay == Replay::OnlyIfNotSent {
            let kind = BuildErrorKind::Invalid("it must not arrive twice: give it an id".into());
            return Err(BuildError::new("the item", kind));
        }
        Ok(())
    }
}

impl<B: Batch, T> Default for BatchBuilder<B, T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<B, T> fmt::Debug for BatchBuilder<B, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchBuilder")
            .field("limits", &self.limits)
            .field("non_idempotent", &self.non_idempotent)
            .field("open", &self.open)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{
            Arc,
            atomic::{AtomicU32, Ordering},
        },
        time::Duration,
    };

    use bytes::Bytes;
    use http::Method;
    use proptest::prelude::*;
    use serde::{Serialize, Serializer};
    use serde_json::{Value, json};

    use super::*;
    use crate::{BatchItem, Endpoint, Operation, Region, Track, TrackBatch, limits::BATCH, testing::wire};

    /// A call of a given length that counts how often it is encoded.
    #[derive(Clone)]
    struct Call {
        text: String,
        shared: &'static str,
        replay: Replay,
        encoded: Arc<AtomicU32>,
    }

    impl Call {
        fn new(text: impl Into<String>) -> Self {
            Self { text: text.into(), shared: "", replay: Replay::Safe, encoded: Arc::default() }
        }
    }

    impl Serialize for Call {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            self.encoded.fetch_add(1, Ordering::Relaxed);
            json!({ "a": self.text }).serialize(serializer)
        }
    }

    impl Operation for Call {
        type Api = Track;
        type Output = ();
        const NAME: &'static str = "track.call";
        const METHOD: Method = Method::POST;
        const ROUTE: &'static str = "/call";

        fn replay(&self) -> Replay {
            self.replay
        }
    }

    impl BatchItem for Call {
        type Batch = TrackBatch;

        fn into_item(self, _: &Limits) -> Result<EncodedItem, BuildError> {
            Ok(EncodedItem { json: crate::json::encode(&self)?, shared: self.shared.into() })
        }
    }

    fn now() -> Moment {
        Moment { monotonic: Duration::ZERO, since_epoch: Duration::ZERO, random: 1 }
    }

    fn item(call: &Call) -> Item<TrackBatch> {
        Item::new(call.clone(), &now(), &Limits::default()).unwrap()
    }

    fn limits(item: usize, batch: usize) -> Limits {
        Limits::default().with_batch_item(item).with_batch(batch)
    }

    fn body<T>(batch: &EncodedBatch<TrackBatch, T>) -> Bytes {
        batch.body().clone()
    }

    #[test]
    fn the_whole_request() {
        let mut builder = BatchBuilder::new();
        for text in ["x", "y"] {
            assert!(builder.push((), item(&Call::new(text))).unwrap().is_none());
        }
        let endpoint = Endpoint::track(Region::Us, "site", "key").unwrap();
        assert_eq!(
            wire(&endpoint.request(builder.finish().unwrap().prepare()).unwrap()),
            "POST https://track.customer.io/api/v2/batch\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 31\n\
             \n\
             {\"batch\":[{\"a\":\"x\"},{\"a\":\"y\"}]}"
        );
        assert!(builder.finish().is_none());
    }

    #[test]
    fn a_body_is_as_long_as_its_limit_and_no_longer() {
        // `{"batch":[` and `]}` are 12 bytes, an item of one character is 9, and a comma is 1.
        for (limit, expected) in [(21, vec![1, 1, 1]), (30, vec![1, 1, 1]), (31, vec![2, 1]), (41, vec![3])] {
            let mut builder = BatchBuilder::new().with_limits(limits(9, limit));
            let mut batches = Vec::new();
            for text in ["x", "y", "z"] {
                batches.extend(builder.push((), item(&Call::new(text))).unwrap());
            }
            batches.extend(builder.finish());
            assert_eq!(batches.iter().map(EncodedBatch::len).collect::<Vec<_>>(), expected, "{limit}");
            assert!(batches.iter().all(|batch| body(batch).len() <= limit));
        }
    }

    #[test]
    fn a_body_that_gets_long_has_room_up_to_its_limit_and_no_more() {
        for (limit, room) in [(40_000, 40_000), (BATCH, BATCH), (usize::MAX, BATCH)] {
            let mut builder = BatchBuilder::new().with_limits(limits(1_000, limit));
            let mut rooms = Vec::new();
            // Of 100 bytes each, with the comma.
            for _ in 0..limit.min(BATCH) / 100 - 1 {
                assert!(builder.push((), item(&Call::new("x".repeat(91)))).unwrap().is_none());
                rooms.push(builder.open.as_ref().unwrap().room());
            }
            rooms.dedup();
            let (short, long): (Vec<usize>, Vec<usize>) = rooms.into_iter().partition(|&room| room <= 32 * 1024);
            assert!((6..12).contains(&short.len()), "{short:?}");
            assert_eq!(long, [room]);
        }
    }

    #[test]
    fn behind_a_long_batch_the_next_has_its_room_from_the_start() {
        let mut builder = BatchBuilder::new().with_limits(limits(1_000, 40_000));
        let mut room_behind = |text: &str| loop {
            if builder.push((), item(&Call::new(text))).unwrap().is_some() {
                return builder.open.as_ref().unwrap().room();
            }
        };
        assert_eq!(room_behind(&"x".repeat(91)), 40_000);
    }

    #[test]
    fn an_item_over_a_limit_comes_back_and_the_others_stay() {
        let mut builder = BatchBuilder::new().with_limits(limits(9, 100));
        builder.push(0, item(&Call::new("x"))).unwrap();
        let refused = builder.push(1, item(&Call::new("xx"))).unwrap_err();
        assert_eq!((refused.tag, refused.json.as_deref().unwrap()), (1, br#"{"a":"xx"}"#.as_slice()));
        assert_eq!(refused.error.to_string(), "the item has 10 bytes, and the limit is 9");
        let mut narrow = BatchBuilder::new().with_limits(limits(100, 21));
        let refused = narrow.push(1, item(&Call::new("xx"))).unwrap_err();
        assert_eq!(refused.error.to_string(), "the batch of this item has 22 bytes, and the limit is 21");
        assert_eq!(builder.finish().unwrap().tags(), [0]);
    }

    #[test]
    fn what_must_not_arrive_twice_is_refused_or_packed_apart_in_its_order() {
        let calls = [Replay::Safe, Replay::OnlyIfNotSent, Replay::OnlyIfNotSent, Replay::Safe].map(|replay| {
            let call = Call { replay, ..Call::new("x") };
            item(&call)
        });
        let mut builder = BatchBuilder::new().with_non_idempotent(NonIdempotent::SeparateBatch);
        let mut batches = Vec::new();
        for (index, call) in calls.into_iter().enumerate() {
            batches.extend(builder.push(index, call).unwrap());
        }
        batches.extend(builder.finish());
        let apart: Vec<_> = batches.iter().map(|batch| (batch.tags(), batch.replay())).collect();
        let (safe, once) = (Replay::Safe, Replay::OnlyIfNotSent);
        assert_eq!(apart, [([0].as_slice(), safe), (&[1, 2], once), (&[3], safe)]);

        let call = Call { replay: Replay::OnlyIfNotSent, ..Call::new("x") };
        let refused = BatchBuilder::new().push((), item(&call)).unwrap_err();
        assert_eq!(refused.error.to_string(), "the item is not valid: it must not arrive twice: give it an id");
    }

    #[test]
    fn what_is_shown_is_counts() {
        let mut builder = BatchBuilder::new();
        builder.push("LEAK", item(&Call::new("LEAK"))).unwrap();
        let shown = format!("{builder:?}");
        assert!(shown.starts_with("BatchBuilder {") && shown.contains("items: 1, bytes: 22,"), "{shown}");
        let shown = format!("{:?}", builder.finish());
        assert!(shown.starts_with("Some(EncodedBatch {") && shown.contains("items: 1, bytes: 24,"), "{shown}");
        assert!(!shown.contains("LEAK"));
    }

    #[test]
    fn what_items_share_stands_once_and_parts_those_that_do_not() {
        let mut builder = BatchBuilder::new();
        let mut batches = Vec::new();
        for (tag, shared) in [r#","context":{"ip":"1"}"#, r#","context":{"ip":"1"}"#, ""].into_iter().enumerate() {
            batches.extend(builder.push(tag, item(&Call { shared, ..Call::new("x") })).unwrap());
        }
        batches.extend(builder.finish());
        assert_eq!(body(&batches[0]), r#"{"batch":[{"a":"x"},{"a":"x"}],"context":{"ip":"1"}}"#);
        assert_eq!((batches.len(), batches[1].tags()), (2, [2].as_slice()));
        let (first, second) = batches.remove(0).split().unwrap();
        assert_eq!(body(&first), r#"{"batch":[{"a":"x"}],"context":{"ip":"1"}}"#);
        assert_eq!((first.tags(), second.tags()), ([0].as_slice(), [1].as_slice()));
        assert_eq!(second.split().unwrap_err().tags(), [1]);
    }

    #[test]
    fn what_items_share_counts_against_the_limit_of_the_body_and_of_each_item() {
        const SHARED: &str = r#","context":{"ip":"1"}"#;
        let call = || item(&Call { shared: SHARED, ..Call::new("x") });
        // `{"batch":[`, an item, `]`, what is shared, `}`; a second item and its comma.
        let (one, two) = (10 + 9 + 1 + SHARED.len() + 1, 10 + 9 + 1 + 9 + 1 + SHARED.len() + 1);
        for (limit, expected) in [(one, vec![one, one]), (two - 1, vec![one, one]), (two, vec![two])] {
            let mut builder = BatchBuilder::new().with_limits(limits(100, limit));
            let mut batches = Vec::new();
            batches.extend(builder.push((), call()).unwrap());
            batches.extend(builder.push((), call()).unwrap());
            batches.extend(builder.finish());
            assert_eq!(batches.iter().map(|batch| body(batch).len()).collect::<Vec<_>>(), expected, "{limit}");
        }
        for (item, batch, expected) in [
            (100, one - 1, "the batch of this item has 42 bytes, and the limit is 41"),
            (9 + SHARED.len() - 1, 1_000, "the item has 30 bytes, and the limit is 29"),
        ] {
            let refused = BatchBuilder::new().with_limits(limits(item, batch)).push((), call()).unwrap_err();
            assert_eq!(refused.error.to_string(), expected);
        }
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
            let mut builder = BatchBuilder::new().with_limits(limits(item_limit, body_limit));
            let (mut batches, mut refused) = (Vec::new(), Vec::new());
            for (tag, call) in calls.iter().enumerate() {
                match builder.push(tag, item(call)) {
                    Ok(full) => batches.extend(full),
                    Err(back) => refused.push(back.tag),
                }
            }
            batches.extend(builder.finish());
            prop_assert!(builder.finish().is_none());

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
                prop_assert_eq!(call.encoded.load(Ordering::Relaxed), 1);
                let bytes = json!({ "a": call.text }).to_string().len();
                prop_assert_eq!(refused.contains(&tag), bytes > item_limit || bytes + 12 > body_limit);
            }
        }
    }
}
