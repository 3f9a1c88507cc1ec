//! An operation encoded for a batch.

use std::fmt;

/// An operation encoded for a batch.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct EncodedItem {
    /// The operation, as an object of the batch.
    pub json: Vec<u8>,
    /// The fields that all operations of a batch share, as JSON entries beside `batch`, each after a comma; may be
    /// empty.
    pub shared: Vec<u8>,
}

impl EncodedItem {
    /// Creates an item of this object, which shares nothing with the others of its batch.
    #[must_use]
    pub const fn new(json: Vec<u8>) -> Self {
        Self { json, shared: Vec::new() }
    }

    /// Adds entries that go beside `batch`, each after a comma.
    #[must_use]
    pub fn with_shared(mut self, shared: Vec<u8>) -> Self {
        self.shared = shared;
        self
    }
}

impl fmt::Debug for EncodedItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EncodedItem").field("json_bytes", &self.json.len()).finish_non_exhaustive()
    }
}
