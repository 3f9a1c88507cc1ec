//! A response that an error keeps.

use std::fmt;

use bytes::Bytes;
use http::Response;

use super::delivery::StopReason;

/// A whole response, and the call that it belongs to: what [`ApiError`](crate::ApiError) and
/// [`DecodeError`](crate::DecodeError) have in common.
pub(crate) struct Answer {
    pub(crate) operation: &'static str,
    pub(crate) response: Response<Bytes>,
    pub(crate) attempts: u32,
    pub(crate) stop_reason: StopReason,
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("operation", &self.operation)
            .field("status", &self.response.status())
            .field("body_bytes", &self.response.body().len())
            .field("attempts", &self.attempts)
            .field("stop_reason", &self.stop_reason)
            .finish_non_exhaustive()
    }
}
