//! What a queue counts and measures by [`metrics`]. Every label is one of few: a stream, a reason.

use std::{sync::Once, time::Duration};

use customerio_core::Timestamp;
use metrics::{
    Label, SharedString, Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};

use crate::{Event, Statistics, Stream};

const ENQUEUED: &str = "customerio.queue.enqueued";
const FULL: &str = "customerio.queue.full";
const DONE: &str = "customerio.queue.done";
const DELAY: &str = "customerio.queue.delay";
const FAILED: &str = "customerio.queue.failed";
const RETRIES: &str = "customerio.queue.retries";
const BLOCKED: &str = "customerio.queue.blocked";
const STORE_FAILURES: &str = "customerio.queue.store_failures";
const SENDING: &str = "customerio.queue.sending";
const WAITING: &str = "customerio.queue.waiting";
const BYTES: &str = "customerio.queue.waiting_bytes";
const AGE: &str = "customerio.queue.oldest_age";
const DEAD: &str = "customerio.queue.dead_letters";

pub(crate) fn enqueued() {
    counter!(ENQUEUED).increment(1);
}

pub(crate) fn full() {
    counter!(FULL).increment(1);
}

pub(crate) fn store_failed() {
    counter!(STORE_FAILURES).increment(1);
}

pub(crate) fn count(stream: &Stream, event: &Event, now: Timestamp) {
    let labels = vec![
        Label::new("destination", SharedString::from_shared(stream.destination.clone())),
        Label::from_static_parts("lane", stream.lane.as_str()),
    ];
    match event {
        Event::Done { stored_at, .. } => {
            counter!(DONE, labels.clone()).increment(1);
            let millis = now.unix_millis().saturating_sub(stored_at.unix_millis());
            histogram!(DELAY, labels).record(Duration::from_millis(u64::try_from(millis).unwrap_or_default()));
        }
        Event::Failed { failure, .. } => {
            let reason = Label::from_static_parts("reason", failure.reason.as_str());
            counter!(FAILED, [labels, vec![reason]].concat()).increment(1);
        }
        Event::Retrying { .. } => counter!(RETRIES, labels).increment(1),
        Event::Blocked(_) => gauge!(BLOCKED, labels).set(1),
        Event::Unblocked => gauge!(BLOCKED, labels).set(0),
    }
}

/// Says whether this process sends.
pub(crate) fn sends(sends: bool) {
    gauge!(SENDING).set(u8::from(sends));
}

pub(crate) fn show(statistics: &Statistics, now: Timestamp) {
    #[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
    let as_float = |count: u64| count as f64;
    gauge!(WAITING).set(as_float(statistics.waiting));
    gauge!(BYTES).set(as_float(statistics.bytes));
    gauge!(AGE).set(statistics.age_of_oldest(now).unwrap_or_default());
    for reason in crate::Reason::ALL {
        let count = statistics.dead.iter().find(|(of, _)| *of == reason).map_or(0, |(_, count)| *count);
        gauge!(DEAD, "reason" => reason.as_str()).set(as_float(count));
    }
}

pub(crate) fn describe() {
    static DESCRIBED: Once = Once::new();
    DESCRIBED.call_once(|| {
        describe_counter!(ENQUEUED, Unit::Count, "Calls that the queue took.");
        describe_counter!(FULL, Unit::Count, "Calls that were turned away because the queue was full.");
        describe_counter!(DONE, Unit::Count, "Calls that Customer.io accepted.");
        describe_histogram!(DELAY, Unit::Seconds, "Time from enqueueing a call to its being accepted.");
        describe_counter!(FAILED, Unit::Count, "Calls that became dead letters or were parked, by reason.");
        describe_counter!(RETRIES, Unit::Count, "Requests that failed and are sent again.");
        describe_gauge!(BLOCKED, Unit::Count, "1 while a stream stands still because its credentials were refused.");
        describe_counter!(STORE_FAILURES, Unit::Count, "Failures of the store.");
        describe_gauge!(SENDING, Unit::Count, "1 if this process sends, 0 if another does.");
        describe_gauge!(WAITING, Unit::Count, "Calls that wait.");
        describe_gauge!(BYTES, Unit::Bytes, "Bytes of the calls that wait.");
        describe_gauge!(AGE, Unit::Seconds, "Age of the oldest call that waits.");
        describe_gauge!(DEAD, Unit::Count, "Dead letters in the store, by reason.");
    });
}
