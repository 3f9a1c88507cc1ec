//! Where the stores come from that are checked.

use async_trait::async_trait;
use customerio_delivery::{Inspect, Store};

/// Makes the stores that are checked.
#[async_trait]
pub trait Stores: Sync {
    /// What is checked.
    type Store: Store + Inspect;

    /// An empty store, which keeps at most about that many bytes.
    async fn fresh(&self, bytes: u64) -> Self::Store;

    /// Another store with the same calls, as another process has it; `None` where calls cannot be shared. Then it is not
    /// checked that marks are kept, and that only one sends.
    async fn other(&self, _store: &Self::Store) -> Option<Self::Store> {
        None
    }
}
