//! What the calls count against at the vendor.

/// The rate limits of the vendor: each is shared by the calls that count against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Quota {
    /// What comes in by the Track and Pipelines APIs: 3000 in 3 seconds, not strictly enforced.
    Ingest,
    /// Transactional messages: 3000 in 3 seconds, shared with [`Ingest`](Self::Ingest).
    Send,
    /// Broadcast triggers: 1 in 10 seconds for each broadcast. The vendor does not say whether of each or of all together;
    /// if of all, a trigger gets a 429 and is retried 10 seconds later.
    Broadcast,
    /// What renders or publishes in Design Studio: 5 a second for the workspace.
    DesignStudio,
    /// Archived messages: 100 a day. No pace is kept, and no other call is slowed down when the day's are used up: a 429 that
    /// does not say when to come back is final.
    ArchivedMessages,
    /// The rest of the App API: 10 a second for the workspace.
    App,
}
