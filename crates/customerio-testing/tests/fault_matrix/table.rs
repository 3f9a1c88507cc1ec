//! A fault, and what must come of it: written out for each operation, not derived.

use std::{fmt, sync::Arc, time::Duration};

use customerio_core::{CallOptions, RetryPolicy, StopReason};
use customerio_testing::faults::Action;

use crate::transports::Stack;

/// What is called. One of each kind: what may arrive twice, and what must not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    /// Repeatable, and returns nothing.
    Identify,
    /// Not idempotent, and returns nothing.
    Merge,
    /// Not idempotent, and returns the id of the message.
    Email,
    /// A batch of repeatable calls.
    Batch,
    /// A batch of calls that must not arrive twice.
    MergeBatch,
    /// Repeatable: what is not there any more has been deleted.
    Delete,
    /// Repeatable, and returns a page of a list.
    Page,
    /// Not idempotent, with a body in several parts.
    Upload,
    /// Repeatable, with a quota for each day.
    Archived,
}

impl Op {
    pub(crate) fn is_repeatable(self) -> bool {
        matches!(self, Self::Identify | Self::Batch | Self::Delete | Self::Page | Self::Archived)
    }
}

/// How a call ended, as far as its caller can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Delivered,
    /// Turned away with this status; or, with a 207, in part.
    Rejected(u16),
    NotSent,
    /// No response, or one that leaves it open: a 5xx, or a 2xx that cannot be read.
    MaybeSent(Option<u16>),
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Delivered => f.pad("delivered"),
            Self::Rejected(status) => f.pad(&format!("rejected {status}")),
            Self::NotSent => f.pad("not sent"),
            Self::MaybeSent(None) => f.pad("maybe sent"),
            Self::MaybeSent(Some(status)) => f.pad(&format!("maybe sent {status}")),
        }
    }
}

/// What a call must come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Expected {
    pub(crate) end: End,
    pub(crate) attempts: u32,
    /// Why there was no further attempt; `None` for what was delivered.
    pub(crate) stop: Option<StopReason>,
    /// How often the request arrived whole.
    pub(crate) arrivals: usize,
}

pub(crate) const fn delivered(attempts: u32, arrivals: usize) -> Expected {
    Expected { end: End::Delivered, attempts, stop: None, arrivals }
}

pub(crate) const fn rejected(status: u16, attempts: u32, stop: StopReason, arrivals: usize) -> Expected {
    Expected { end: End::Rejected(status), attempts, stop: Some(stop), arrivals }
}

pub(crate) const fn not_sent(attempts: u32, stop: StopReason, arrivals: usize) -> Expected {
    Expected { end: End::NotSent, attempts, stop: Some(stop), arrivals }
}

pub(crate) const fn maybe_sent(attempts: u32, stop: StopReason, arrivals: usize) -> Expected {
    Expected { end: End::MaybeSent(None), attempts, stop: Some(stop), arrivals }
}

/// A response, and yet nobody knows: see [`End::MaybeSent`].
pub(crate) const fn unclear(status: u16, attempts: u32, stop: StopReason, arrivals: usize) -> Expected {
    Expected { end: End::MaybeSent(Some(status)), attempts, stop: Some(stop), arrivals }
}

/// The client that a fault is met with. There is one over reqwest and one over hyper of each, and one over ureq of those
/// that speak HTTP/1.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Via {
    /// What `new()` makes.
    Ready,
    /// One that trusts the test's certificates.
    Trusting,
    /// One that speaks HTTP/2 without asking.
    Http2,
    /// One that speaks HTTP/2, and finds out with pings whether the connection is dead.
    Pinging,
}

pub(crate) enum Target {
    Server,
    /// A port that nobody listens on.
    Refused,
    /// A port that does not respond.
    BlackHole,
    Url(&'static str),
}

/// What the server does with a connection, given the base URL of another server.
pub(crate) type Script = Arc<dyn Fn(&str) -> Vec<Action> + Send + Sync>;

/// A clock that jumps by that many seconds when the first attempt has ended.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Jump {
    pub(crate) monotonic: i64,
    pub(crate) wall: i64,
}

pub(crate) struct Fault {
    pub(crate) name: String,
    pub(crate) via: Via,
    pub(crate) target: Target,
    pub(crate) scheme: &'static str,
    /// What the first connections get, and what all others do.
    pub(crate) first: Vec<Script>,
    pub(crate) rest: Option<Script>,
    /// Whether another request got a response before, so that there is a connection already.
    pub(crate) used: bool,
    pub(crate) options: CallOptions,
    pub(crate) jump: Jump,
    pub(crate) rows: Vec<(Op, Vec<Expected>)>,
    /// What comes of it over ureq instead, where HTTP stacks may differ.
    pub(crate) over_ureq: Vec<(Op, Expected)>,
}

/// What responds to every operation.
pub(crate) const BODY: &str =
    r#"{"delivery_id":"d","queued_at":1,"identifiers":[],"asset":{"id":12},"archived_message":{"body":"b"}}"#;

pub(crate) fn ok() -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{BODY}", BODY.len())
}

/// Reads a request, responds with this, and closes.
pub(crate) fn respond(bytes: impl Into<Vec<u8>>) -> Vec<Action> {
    vec![Action::ReadRequest, Action::write(bytes)]
}

/// The outcome of a request that was lost once with its response: it is retried, if it may be.
pub(crate) fn lost(fault: Fault) -> Fault {
    let once = maybe_sent(1, StopReason::NotIdempotent, 1);
    fault.expect(Op::Identify, delivered(2, 2)).expect(Op::Merge, once).expect(Op::Email, once)
}

impl Fault {
    /// Without anything else, nothing is wrong.
    pub(crate) fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            via: Via::Ready,
            target: Target::Server,
            scheme: "http",
            first: Vec::new(),
            rest: None,
            used: false,
            options: CallOptions::default().with_retry_policy(
                RetryPolicy::default().with_backoff(Duration::from_millis(1), Duration::from_secs(20)),
            ),
            jump: Jump::default(),
            rows: Vec::new(),
            over_ureq: Vec::new(),
        }
    }

    /// Does this with the first connection; the others work.
    pub(crate) fn once(self, script: Vec<Action>) -> Self {
        self.once_with(move |_| script.clone())
    }

    pub(crate) fn once_with(mut self, script: impl Fn(&str) -> Vec<Action> + Send + Sync + 'static) -> Self {
        self.first.push(Arc::new(script));
        self
    }

    /// Does this with every connection.
    pub(crate) fn always(mut self, script: Vec<Action>) -> Self {
        self.rest = Some(Arc::new(move |_| script.clone()));
        self
    }

    /// A call before this one got a response, and its connection kept: the first connection begins with it.
    pub(crate) fn used(mut self) -> Self {
        self.used = true;
        self
    }

    pub(crate) fn target(mut self, target: Target) -> Self {
        self.target = target;
        self
    }

    pub(crate) fn via(mut self, via: Via) -> Self {
        self.via = via;
        self
    }

    pub(crate) fn https(mut self) -> Self {
        self.scheme = "https";
        self
    }

    /// An attempt is given up after that time, which really passes.
    pub(crate) fn timeout(mut self, milliseconds: u64) -> Self {
        self.options = self.options.with_attempt_timeout(Duration::from_millis(milliseconds));
        self
    }

    pub(crate) fn deadline(mut self, milliseconds: u64) -> Self {
        self.options = self.options.with_deadline(Duration::from_millis(milliseconds));
        self
    }

    pub(crate) fn attempts(mut self, attempts: u32) -> Self {
        let policy = self.options.retry_policy().with_attempts(attempts);
        self.options = self.options.with_retry_policy(policy);
        self
    }

    pub(crate) fn jump(mut self, monotonic: i64, wall: i64) -> Self {
        self.jump = Jump { monotonic, wall };
        self
    }

    pub(crate) fn expect(mut self, op: Op, expected: Expected) -> Self {
        self.rows.push((op, vec![expected]));
        self
    }

    /// What else the last operation may come to, where two threads race and both ends are true.
    pub(crate) fn or(mut self, expected: Expected) -> Self {
        if let Some((_, all)) = self.rows.last_mut() {
            all.push(expected);
        }
        self
    }

    /// What the operation must come to over ureq instead: one of these, if there are several.
    pub(crate) fn over_ureq(mut self, op: Op, expected: Expected) -> Self {
        self.over_ureq.push((op, expected));
        self
    }

    /// What the row of this index may come to.
    pub(crate) fn expected(&self, index: usize, stack: Stack) -> Vec<Expected> {
        let (op, expected) = &self.rows[index];
        let over_ureq: Vec<_> =
            self.over_ureq.iter().filter(|(of, _)| of == op).map(|(_, expected)| *expected).collect();
        if stack == Stack::Ureq && !over_ureq.is_empty() { over_ureq } else { expected.clone() }
    }

    /// The same for both kinds of operations.
    pub(crate) fn expect_both(self, expected: Expected) -> Self {
        self.expect(Op::Identify, expected).expect(Op::Merge, expected)
    }
}
