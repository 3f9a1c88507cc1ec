//! The vendor's rate limits that calls count against.

/// The rate limits of the vendor: each is shared by the calls that count against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Quota {
    /// The Track and Pipelines APIs together: 3000 requests in 3 seconds, not strictly enforced.
    Ingest,
    /// Transactional messages: 3000 requests in 3 seconds, shared with [`Ingest`](Self::Ingest).
    Send,
    /// Broadcast triggers: 1 in 10 seconds for each broadcast. The vendor does not say whether this is for each one or
    /// for all together; if for all, a trigger gets a 429 and is retried 10 seconds later.
    Broadcast,
    /// Requests that render or publish in Design Studio: 5 a second for the workspace.
    DesignStudio,
    /// Archived messages: 100 a day. The client does not pace them, and slows down no other call when the day's
    /// requests are used up: a 429 that does not say when to retry is final.
    ArchivedMessages,
    /// The rest of the App API: 10 a second for the workspace.
    App,
}

impl Quota {
    /// The name in lower case, such as `design_studio`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ingest => "ingest",
            Self::Send => "send",
            Self::Broadcast => "broadcast",
            Self::DesignStudio => "design_studio",
            Self::ArchivedMessages => "archived_messages",
            Self::App => "app",
        }
    }
}
