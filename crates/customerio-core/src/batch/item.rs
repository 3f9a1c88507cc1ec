//! What goes into a batch.

use std::{fmt, marker::PhantomData};

use crate::{Api, BuildError, EncodedItem, Limits, Moment, Operation, OperationInfo, Replay};

pub(crate) mod sealed {
    pub trait Sealed {}
}

/// A route that takes many operations in one request: [`TrackBatch`](crate::TrackBatch) or
/// [`PipelinesBatch`](crate::PipelinesBatch).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no batch route",
    note = "they are `TrackBatch`, for operations of `track::v2`, and `PipelinesBatch`, for those of `pipelines`"
)]
pub trait Batch: sealed::Sealed + Send + Sync + 'static {
    /// The API.
    type Api: Api;
    /// What is known about the request.
    const INFO: &'static OperationInfo;
}

/// An operation that can also go in a batch.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot go in a batch",
    note = "operations of `track::v2` and of `pipelines` can"
)]
pub trait BatchItem: Operation<Output = (), Api = <Self::Batch as Batch>::Api> {
    /// The batches that take it.
    type Batch: Batch;

    /// Encodes the operation for a batch, within all limits but that of an item's size.
    ///
    /// # Errors
    ///
    /// Fails if an argument cannot be sent.
    fn into_item(self, limits: &Limits) -> Result<EncodedItem, BuildError>;
}

/// An encoded operation, for a [`BatchBuilder`](crate::BatchBuilder).
///
/// It is encoded only once.
pub struct Item<B> {
    // As long as they are and no longer: many items may wait in memory.
    json: Box<[u8]>,
    shared: Box<[u8]>,
    replay: Replay,
    batch: PhantomData<B>,
}

impl<B: Batch> Item<B> {
    /// Encodes `operation` within `limits`. A missing id or time of an event is filled in from `now`. The
    /// [`BatchBuilder`](crate::BatchBuilder) checks its size.
    ///
    /// # Errors
    ///
    /// Fails if an argument cannot be sent.
    pub fn new<O: BatchItem<Batch = B>>(operation: O, now: &Moment, limits: &Limits) -> Result<Self, BuildError> {
        let Parts { encoded, replay } = Parts::of(operation, now, limits)?;
        Ok(Self::from_encoded(encoded, replay))
    }

    /// Creates an item from one that was encoded before, for example from storage. Nothing is checked again.
    #[must_use]
    pub fn from_encoded(encoded: EncodedItem, replay: Replay) -> Self {
        Self { json: encoded.json.into(), shared: encoded.shared.into(), replay, batch: PhantomData }
    }

    /// The operation as JSON.
    #[must_use]
    pub fn json(&self) -> &[u8] {
        &self.json
    }

    /// Returns the fields that all operations of a batch share: see [`EncodedItem::shared`].
    #[must_use]
    pub fn shared(&self) -> &[u8] {
        &self.shared
    }

    /// Whether it may arrive twice.
    #[must_use]
    pub fn replay(&self) -> Replay {
        self.replay
    }
}

impl<B> Clone for Item<B> {
    fn clone(&self) -> Self {
        Self { json: self.json.clone(), shared: self.shared.clone(), ..*self }
    }
}

impl<B> fmt::Debug for Item<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Item")
            .field("json_bytes", &self.json.len())
            .field("replay", &self.replay)
            .finish_non_exhaustive()
    }
}

/// The parts of an item that a batch uses.
pub struct Parts {
    pub(super) encoded: EncodedItem,
    pub(super) replay: Replay,
}

impl Parts {
    fn of<O: BatchItem>(mut operation: O, now: &Moment, limits: &Limits) -> Result<Self, BuildError> {
        operation.stamp(now);
        let replay = operation.replay();
        Ok(Self { encoded: operation.into_item(limits)?, replay })
    }
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.encoded.fmt(f)
    }
}

/// Items that can be pushed to a batch: an operation, an encoded [`Item`], or the result of encoding one, whose error
/// is reported like that of any other item.
pub trait IntoItem<B: Batch> {
    /// Encodes it, if that is still to be done.
    #[doc(hidden)]
    fn into_parts(self, now: &Moment, limits: &Limits) -> Result<Parts, BuildError>;
}

impl<O: BatchItem> IntoItem<O::Batch> for O {
    fn into_parts(self, now: &Moment, limits: &Limits) -> Result<Parts, BuildError> {
        Parts::of(self, now, limits)
    }
}

impl<B: Batch> IntoItem<B> for Item<B> {
    fn into_parts(self, _: &Moment, _: &Limits) -> Result<Parts, BuildError> {
        let encoded = EncodedItem { json: self.json.into(), shared: self.shared.into() };
        Ok(Parts { encoded, replay: self.replay })
    }
}

impl<B: Batch> IntoItem<B> for Result<Item<B>, BuildError> {
    fn into_parts(self, now: &Moment, limits: &Limits) -> Result<Parts, BuildError> {
        self?.into_parts(now, limits)
    }
}
