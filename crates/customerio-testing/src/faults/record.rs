/// What a [`FaultServer`](super::FaultServer) got.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Record {
    /// How many connections were made.
    pub connections: usize,
    /// How many requests began to arrive: a byte of it, or with HTTP/2 its head.
    pub begun: usize,
    /// What became of each request that arrived whole, in the order in which they did.
    pub arrivals: Vec<Fate>,
}

/// What a [`FaultServer`](super::FaultServer) did with a request that it has got whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fate {
    /// It wrote no answer, or not all of an answer's head.
    Unanswered,
    /// It wrote a whole head with this status, be its body whole or not.
    Answered(u16),
    /// It said that it had not looked at it, and would not: `REFUSED_STREAM` of HTTP/2.
    Refused,
}
