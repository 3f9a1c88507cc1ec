//! What the tests of the operations share.

use crate::{BuildError, Endpoint, Operation, Pipelines, Region, build};

/// The whole request of an operation, with the key `key`.
pub(super) fn wire_pipelines<O: Operation<Api = Pipelines>>(operation: O) -> String {
    crate::testing::wire(&build(&Endpoint::pipelines(Region::Us, "key").unwrap(), operation).unwrap())
}

/// Why an operation cannot be built.
pub(super) fn refused_pipelines<O: Operation<Api = Pipelines>>(operation: O) -> BuildError {
    build(&Endpoint::pipelines(Region::Us, "key").unwrap(), operation).unwrap_err()
}
