//! Reporting webhooks.
//!
//! - [`plan`]: what happens to a message, and when that is reported
//! - [`reports`]: the JSON of a report
//! - [`outbox`]: the order, the pauses and the retries
//! - [`record`]: what happened to each event
//! - [`fate`]: the possible outcomes of it
//! - [`signing`]: the signed request
//! - `policy`: where a webhook may go
//! - `pump`: sends them by itself
//! - [`calls`]: what a test calls: hands out the requests, and takes their results

pub(crate) mod calls;
#[cfg(feature = "control")]
pub(crate) mod carrier;
pub(crate) mod fate;
pub(crate) mod outbox;
pub(crate) mod plan;
#[cfg(feature = "control")]
mod policy;
#[cfg(feature = "control")]
mod pump;
pub(crate) mod record;
pub(crate) mod reports;
mod signing;
