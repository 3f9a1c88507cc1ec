//! The body of a request.

use bytes::Bytes;
use http::HeaderValue;
use serde::Serialize;

use crate::{BuildError, json};

/// The type of nearly every body.
pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The body of a request.
#[derive(Clone, Default)]
pub struct Body {
    content_type: Option<HeaderValue>,
    bytes: Bytes,
}

impl Body {
    /// Creates an empty body.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// Encodes `value` as JSON. Fields that are `None` are left out.
    ///
    /// # Errors
    ///
    /// Fails if `value` has a number that is not finite, a time in milliseconds, or a key that is not text.
    pub fn json(value: &(impl Serialize + ?Sized)) -> Result<Self, BuildError> {
        Ok(Self::encoded(json::encode(value)?))
    }

    /// JSON that is already encoded.
    pub(crate) fn encoded(json: Vec<u8>) -> Self {
        Self::new(JSON, json.into())
    }

    /// Creates a body of any bytes, with their content type.
    #[must_use]
    pub fn new(content_type: HeaderValue, bytes: Bytes) -> Self {
        Self { content_type: Some(content_type), bytes }
    }

    /// The encoded bytes.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    pub(crate) fn into_parts(self) -> (Option<HeaderValue>, Bytes) {
        (self.content_type, self.bytes)
    }
}

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Body").field("content_type", &self.content_type).field("bytes", &self.bytes.len()).finish()
    }
}
