//! `POST /api/v2/batch`: many entities in one request.

use http::Method;

use crate::{
    Api as _, Batch, OperationInfo, Quota, Replay, Track,
    batch::sealed::Sealed,
    limits::{BATCH_TIMEOUT, READ_RESPONSE},
};

/// The batch of the Track API v2: operations of [`track::v2`](crate::track::v2), in their order.
///
/// Limits: 500 KB, and 32 KB for each operation. The response says which of them were rejected.
/// <https://docs.customer.io/integrations/api/track/#operation/batch>
#[derive(Clone, Copy, Debug)]
pub struct TrackBatch;

/// The operation of this route.
pub const OPERATIONS: &[OperationInfo] = &[OperationInfo {
    name: "track.batch",
    api: Track::NAME,
    method: Method::POST,
    route: "/api/v2/batch",
    // Of those that may not, a batch says so itself.
    replay: Replay::Safe,
    quota: Quota::Ingest,
    authenticated: true,
    accept: None,
    response_limit: READ_RESPONSE,
    attempt_timeout: BATCH_TIMEOUT,
    response_example: <crate::BatchResponse as crate::FromResponse>::EXAMPLE,
}];

impl Sealed for TrackBatch {}

impl Batch for TrackBatch {
    type Api = Track;
    const INFO: &'static OperationInfo = &OPERATIONS[0];
}
