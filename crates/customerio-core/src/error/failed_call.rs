//! A call that failed although it got a response.

use std::fmt;

use bytes::Bytes;
use http::Response;

use super::delivery::StopReason;

/// A call with its whole response: what [`ApiError`](crate::ApiError) and
/// [`DecodeError`](crate::DecodeError) have in common.
pub(crate) struct FailedCall {
    pub(crate) operation: &'static str,
    pub(crate) response: Response<Bytes>,
    pub(crate) attempts: u32,
    pub(crate) stop_reason: StopReason,
    /// An attempt may have taken effect, whatever the response to the last one says.
    pub(crate) maybe_sent: bool,
}

impl fmt::Debug for FailedCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FailedCall")
            .field("operation", &self.operation)
            .field("status", &self.response.status())
            .field("body_bytes", &self.response.body().len())
            .field("attempts", &self.attempts)
            .field("stop_reason", &self.stop_reason)
            .finish_non_exhaustive()
    }
}
