/// The requests that a [`FaultServer`](super::FaultServer) received.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Record {
    /// How many connections were made.
    pub connections: usize,
    /// How many requests began to arrive: a byte of it, or with HTTP/2 its head.
    pub begun: usize,
    /// The fate of each request that arrived completely, in the order of arrival.
    pub arrivals: Vec<Fate>,
}

/// The fate of a request that arrived completely at a [`FaultServer`](super::FaultServer).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fate {
    /// No response was written, or not its whole head.
    NoResponse,
    /// A whole response head with this status was written; the body may be incomplete.
    Responded(u16),
    /// The request was refused without being processed: `REFUSED_STREAM` of HTTP/2.
    Refused,
}
