//! Calls that can go many to a request, and what comes of each.
//!
//! An [`Item`] is a call that is encoded, once; a [`BatchBuilder`](crate::BatchBuilder) puts items into batches by their exact size;
//! a [`EncodedBatch`](crate::EncodedBatch) batch is an operation like any other; and its answer says of each item what became of it.

use bytes::Bytes;
use http::Response;
use serde::Deserialize;
use serde_json::Value;

use crate::{Api, BuildError, DecodeFailure, Limits, Moment, Operation, Pipelines, Replay, Track, decode_nothing};

mod sealed {
    pub trait Sealed {}
}

/// An API that takes many calls in one request: [`TrackBatch`] or [`PipelinesBatch`].
pub trait Batch: sealed::Sealed + Send + Sync + 'static {
    /// The API.
    type Api: Api;
    /// The [`Operation::NAME`] of its batches.
    const NAME: &'static str;
    /// Their path.
    const PATH: &'static str;
}

/// `POST /api/v2/batch` of the Track API.
#[derive(Clone, Copy, Debug)]
pub struct TrackBatch;

/// `POST /v1/batch` of the Pipelines API.
#[derive(Clone, Copy, Debug)]
pub struct PipelinesBatch;

impl sealed::Sealed for TrackBatch {}
impl sealed::Sealed for PipelinesBatch {}

impl Batch for TrackBatch {
    type Api = Track;
    const NAME: &'static str = "track.batch";
    const PATH: &'static str = "/api/v2/batch";
}

impl Batch for PipelinesBatch {
    type Api = Pipelines;
    const NAME: &'static str = "pipelines.batch";
    const PATH: &'static str = "/v1/batch";
}

/// An operation that can also go in a batch.
pub trait BatchItem: Operation<Output = (), Api = <Self::Batch as Batch>::Api> {
    /// The batches that take it.
    type Batch: Batch;

    /// Encodes the call as a batch has it, whatever its whole size, and within the other limits.
    ///
    /// # Errors
    ///
    /// Where an argument cannot be sent.
    fn encode(&self, limits: &Limits) -> Result<Encoded, BuildError>;
}

/// A call as a batch has it.
#[derive(Clone)]
pub struct Encoded {
    /// The call, as an object of the batch.
    pub json: Vec<u8>,
    /// What the call shares with all others of its batch, as entries beside `batch`, each behind a comma; empty if
    /// nothing.
    pub shared: Vec<u8>,
}

impl Encoded {
    /// `call` as JSON, which shares nothing with others.
    pub(crate) fn of(call: &(impl serde::Serialize + ?Sized)) -> Result<Self, BuildError> {
        Ok(Self { json: crate::json::encode(call)?, shared: Vec::new() })
    }
}

impl std::fmt::Debug for Encoded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Encoded").field("json_bytes", &self.json.len()).finish_non_exhaustive()
    }
}

/// A call that is encoded, for a [`BatchBuilder`](crate::BatchBuilder). It is not encoded again.
pub struct Item<B> {
    // As long as they are and no longer: many items may wait in memory.
    json: Box<[u8]>,
    shared: Box<[u8]>,
    replay: Replay,
    batch: std::marker::PhantomData<B>,
}

impl<B: Batch> Item<B> {
    /// Encodes `operation` within `limits`, with what is missing of its id and time filled in from `now`. Its whole size
    /// is the [`BatchBuilder`](crate::BatchBuilder)'s to check.
    ///
    /// # Errors
    ///
    /// Where an argument cannot be sent.
    pub fn new<O: BatchItem<Batch = B>>(operation: &O, now: &Moment, limits: &Limits) -> Result<Self, BuildError> {
        match operation.capture(now) {
            Some(captured) => Self::of(&captured, limits),
            None => Self::of(operation, limits),
        }
    }

    fn of<O: BatchItem<Batch = B>>(operation: &O, limits: &Limits) -> Result<Self, BuildError> {
        let Encoded { json, shared } = operation.encode(limits)?;
        Ok(Self {
            json: json.into(),
            shared: shared.into(),
            replay: operation.replay(),
            batch: std::marker::PhantomData,
        })
    }

    /// The call as JSON.
    #[must_use]
    pub fn json(&self) -> &[u8] {
        &self.json
    }

    /// Whether it may arrive twice.
    #[must_use]
    pub fn replay(&self) -> Replay {
        self.replay
    }

    pub(crate) fn shared(&self) -> &[u8] {
        &self.shared
    }
}

impl<B> std::fmt::Debug for Item<B> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Item")
            .field("json_bytes", &self.json.len())
            .field("replay", &self.replay)
            .finish_non_exhaustive()
    }
}

/// What became of the items of a batch that was answered with a 2xx.
///
/// There is one way to what it says: [`into_result`](Self::into_result), which is an error where any item was rejected.
#[derive(Debug)]
#[must_use = "items of the batch may have been rejected: see `into_result`"]
pub struct BatchAnswer(Rejections);

impl BatchAnswer {
    /// The number of items, all of them accepted.
    ///
    /// # Errors
    ///
    /// Where an item was rejected, or where the answer speaks of an item that the batch does not have. The other items
    /// are accepted: the batch must not be sent again.
    pub fn into_result(self) -> Result<usize, Rejections> {
        let Rejections { rejected, unknown, accepted } = &self.0;
        if rejected.is_empty() && unknown.is_empty() { Ok(*accepted) } else { Err(self.0) }
    }
}

/// The items of a batch that were rejected. All others of the batch were accepted, except for those that the `unknown`
/// errors are about, if they are about any.
#[derive(thiserror::Error)]
#[error("{} of {} items were rejected, and {} errors name no item", rejected.len(), rejected.len() + accepted, unknown.len())]
#[non_exhaustive]
pub struct Rejections {
    /// The rejected items, in their order, each with what was wrong with it.
    pub rejected: Vec<Rejected>,
    /// Errors that name no item of the batch, as they came: nobody knows which item was meant.
    pub unknown: Vec<Value>,
    /// How many items were accepted.
    pub accepted: usize,
}

impl std::fmt::Debug for Rejections {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // What came without an item may quote one.
        f.debug_struct("Rejections")
            .field("rejected", &self.rejected)
            .field("unknown", &self.unknown.len())
            .field("accepted", &self.accepted)
            .finish()
    }
}

/// An item that was rejected.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rejected {
    /// Its position in the batch, from 0.
    pub index: usize,
    /// The kind of the error, such as `invalid`.
    pub reason: Option<String>,
    /// The field that it is about.
    pub field: Option<String>,
    /// What is wrong with it, in the server's words.
    pub message: Option<String>,
}

impl std::fmt::Debug for Rejected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The server's texts may quote the item.
        f.debug_struct("Rejected").field("index", &self.index).finish_non_exhaustive()
    }
}

/// Reads the answer to a batch of `count` items.
///
/// An index that is missing, that is no position in the batch, or that was named before goes to `unknown`, whole.
pub(crate) fn decode(response: &Response<Bytes>, count: usize) -> Result<BatchAnswer, DecodeFailure> {
    let mut rejections = Rejections { rejected: Vec::new(), unknown: Vec::new(), accepted: count };
    let body = response.body().trim_ascii();
    if matches!(body, b"" | b"{}") {
        return Ok(BatchAnswer(rejections));
    }
    if let Some(rejected) = documented(body, count) {
        return Ok(BatchAnswer(Rejections { accepted: count - rejected.len(), rejected, ..rejections }));
    }
    decode_nothing(response)?;
    let Answer::<Value> { errors } = serde_json::from_slice(body)?;
    let mut named = std::collections::BTreeSet::new();
    for error in errors.unwrap_or_default() {
        let index = error.get("batch_index").and_then(Value::as_u64).and_then(|index| usize::try_from(index).ok());
        match index {
            Some(index) if index < count && named.insert(index) => {
                let text = |name: &str| error.get(name).and_then(Value::as_str).map(str::to_owned);
                let (reason, field, message) = (text("reason"), text("field"), text("message"));
                rejections.rejected.push(Rejected { index, reason, field, message });
            }
            _ => rejections.unknown.push(error),
        }
    }
    rejections.rejected.sort_by_key(|rejected| rejected.index);
    rejections.accepted = count - rejections.rejected.len();
    Ok(BatchAnswer(rejections))
}

#[derive(Deserialize)]
struct Answer<E> {
    errors: Option<Vec<E>>,
}

/// The rejected items, where every error is as the vendor documents it and names an item of its own.
fn documented(body: &[u8], count: usize) -> Option<Vec<Rejected>> {
    #[derive(Deserialize)]
    struct Entry {
        batch_index: usize,
        reason: Option<String>,
        field: Option<String>,
        message: Option<String>,
    }
    // A list can be read as a struct too.
    let object = body.first().filter(|first| **first == b'{').map(|_| body)?;
    let errors = serde_json::from_slice::<Answer<Entry>>(object).ok()?.errors;
    let rejected = |Entry { batch_index: index, reason, field, message }| Rejected { index, reason, field, message };
    let mut rejected: Vec<_> = errors.into_iter().flatten().map(rejected).collect();
    rejected.sort_by_key(|rejected| rejected.index);
    let each_once = rejected.is_sorted_by(|one, next| one.index < next.index);
    (each_once && rejected.last().is_none_or(|last| last.index < count)).then_some(rejected)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::testing::any_json;

    fn answer(body: &'static str, count: usize) -> Result<Result<usize, Rejections>, DecodeFailure> {
        decode(&Response::new(body.into()), count).map(BatchAnswer::into_result)
    }

    #[test]
    fn no_errors_is_all_accepted() {
        for body in ["", "{}", r#"{"errors":[]}"#, r#"{"errors":null}"#, r#"{"other":1}"#] {
            assert_eq!(answer(body, 3).unwrap().unwrap(), 3, "{body}");
        }
    }

    #[test]
    fn each_error_is_mapped_to_its_item() {
        let body = r#"{"errors":[{"batch_index":2,"reason":"invalid","field":"name","message":"too long"},{"batch_index":0}]}"#;
        let rejections = answer(body, 3).unwrap().unwrap_err();
        assert_eq!((rejections.accepted, rejections.unknown.len()), (1, 0));
        let [first, second] = rejections.rejected.as_slice() else { panic!("{rejections:?}") };
        assert_eq!((first.index, second.index), (0, 2));
        assert_eq!(second.reason.as_deref(), Some("invalid"));
        assert_eq!((second.field.as_deref(), second.message.as_deref()), (Some("name"), Some("too long")));
        assert_eq!(rejections.to_string(), "2 of 3 items were rejected, and 0 errors name no item");
    }

    #[test]
    fn an_index_that_is_none_is_unknown_and_never_a_panic() {
        for error in [
            r#"{"batch_index":3}"#,
            r#"{"batch_index":-1}"#,
            r#"{"batch_index":1.5}"#,
            r#"{"batch_index":"1"}"#,
            r#"{"batch_index":18446744073709551616}"#,
            r#"{"reason":"x"}"#,
            "null",
            "7",
        ] {
            let body: Bytes = format!(r#"{{"errors":[{{"batch_index":1}},{error}]}}"#).into();
            let rejections = decode(&Response::new(body), 3).unwrap().into_result().unwrap_err();
            assert_eq!((rejections.rejected.len(), rejections.unknown.len()), (1, 1), "{error}");
        }
        let twice = answer(r#"{"errors":[{"batch_index":1},{"batch_index":1}]}"#, 3).unwrap().unwrap_err();
        assert_eq!((twice.rejected.len(), twice.unknown.len(), twice.accepted), (1, 1, 2));
    }

    #[test]
    fn what_cannot_be_read_is_not_success() {
        for body in ["<html>", "[]", "null", r#"{"errors":7}"#, r#"{"errors":{}}"#] {
            assert!(answer(body, 3).is_err(), "{body}");
        }
    }

    /// An entry of the list of errors: any JSON, or an error with any index.
    fn error() -> impl Strategy<Value = Value> {
        let keys = "batch_index|reason|field|message";
        let index = prop_oneof![(0_u64..8).prop_map(Value::from), any_json(keys)];
        prop_oneof![
            any_json(keys),
            (index, any_json(keys))
                .prop_map(|(index, message)| { json!({ "batch_index": index, "message": message }) })
        ]
    }

    proptest! {
        #[test]
        fn every_item_is_accepted_or_rejected_once(errors in prop::collection::vec(error(), 0..12), count in 0_usize..8) {
            let body = json!({ "errors": errors }).to_string();
            match decode(&Response::new(body.into()), count).unwrap().into_result() {
                Ok(accepted) => prop_assert_eq!((accepted, errors.len()), (count, 0)),
                Err(rejections) => {
                    let indexes: Vec<_> = rejections.rejected.iter().map(|one| one.index).collect();
                    prop_assert!(indexes.is_sorted_by(|one, next| one < next), "{indexes:?}");
                    prop_assert!(indexes.iter().all(|index| *index < count), "{indexes:?}");
                    prop_assert_eq!(rejections.accepted + indexes.len(), count);
                    prop_assert_eq!(indexes.len() + rejections.unknown.len(), errors.len());
                }
            }
        }

        #[test]
        fn any_bytes_are_an_answer_or_unreadable(body in prop::collection::vec(any::<u8>(), 0..80), count in 0_usize..8) {
            if let Ok(Ok(accepted)) = decode(&Response::new(body.into()), count).map(BatchAnswer::into_result) {
                prop_assert_eq!(accepted, count);
            }
        }
    }
}
