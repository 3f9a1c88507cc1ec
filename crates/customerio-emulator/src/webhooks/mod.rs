//! Reporting webhooks: what they say, the order and the repeats, and the signed calls.

pub(crate) mod calls;
pub(crate) mod outbox;
pub(crate) mod plan;
pub(crate) mod reports;
mod signing;
