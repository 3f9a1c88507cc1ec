//! Reporting webhooks.
//!
//! - [`plan`]: what becomes of a message, and when that is reported
//! - [`reports`]: the JSON of a report
//! - [`outbox`]: the order, the pauses and the repeats
//! - [`signing`]: the signed request
//! - [`calls`]: what a test calls: hands the requests out, and is told what became of them

pub(crate) mod calls;
pub(crate) mod outbox;
pub(crate) mod plan;
pub(crate) mod reports;
mod signing;
