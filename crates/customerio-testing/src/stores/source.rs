//! Creates the stores to check.

use async_trait::async_trait;
use customerio_delivery::{Inspect, Store};

/// Creates the stores to check.
#[async_trait]
pub trait Stores: Sync {
    /// The store to check.
    type Store: Store + Inspect;

    /// Creates an empty store, which keeps at most about this number of bytes.
    async fn fresh(&self, bytes: u64) -> Self::Store;

    /// Creates another store with the same calls, as another process would; `None` if calls cannot be shared, in which
    /// case the checks of marks and of the lease are skipped.
    async fn other(&self, _store: &Self::Store) -> Option<Self::Store> {
        None
    }
}
