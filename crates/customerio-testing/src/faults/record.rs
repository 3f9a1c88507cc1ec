/// What a [`FaultServer`](super::FaultServer) received.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Record {
    /// How many connections were made.
    pub connections: usize,
    /// How many requests began to arrive: a byte of it, or with HTTP/2 its head.
    pub begun: usize,
    /// What the server did with each request that arrived whole, in the order in which they did.
    pub arrivals: Vec<Fate>,
}

/// What a [`FaultServer`](super::FaultServer) did with a request that arrived whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fate {
    /// It wrote no response, or not all of a response's head.
    Unanswered,
    /// It wrote a whole head with this status, be its body whole or not.
    Answered(u16),
    /// It said that it had not looked at it, and would not: `REFUSED_STREAM` of HTTP/2.
    Refused,
}
