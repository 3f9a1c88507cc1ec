//! `POST /v1/batch`: many calls in one request.

use http::Method;

use crate::{
    Api as _, Batch, OperationInfo, Pipelines, Quota, Replay,
    batch::sealed::Sealed,
    limits::{BATCH_TIMEOUT, READ_RESPONSE},
};

/// The batch of the Pipelines API: operations of [`pipelines`](crate::pipelines), in their order.
///
/// Limits: 500 KB, and 32 KB for each operation. The response says which of them were rejected.
/// <https://docs.customer.io/integrations/api/cdp/#operation/batch>
#[derive(Clone, Copy, Debug)]
pub struct PipelinesBatch;

/// The operation of this route.
pub const OPERATIONS: &[OperationInfo] = &[OperationInfo {
    name: "pipelines.batch",
    api: Pipelines::NAME,
    method: Method::POST,
    route: "/v1/batch",
    // Of those that may not, a batch says so itself.
    replay: Replay::Safe,
    quota: Quota::Ingest,
    authenticated: true,
    accept: None,
    response_limit: READ_RESPONSE,
    attempt_timeout: BATCH_TIMEOUT,
    response_example: <crate::BatchResponse as crate::FromResponse>::EXAMPLE,
}];

impl Sealed for PipelinesBatch {}

impl Batch for PipelinesBatch {
    type Api = Pipelines;
    const INFO: &'static OperationInfo = &OPERATIONS[0];
}
