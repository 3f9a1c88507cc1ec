//! What an event costs as they get more: nanoseconds of the processor and the most memory at a time, for the chart.

#![expect(clippy::unwrap_used, reason = "what cannot be built cannot be measured")]

mod work;

use std::{hint::black_box, time::Duration};

use allocation_counter::measure;
use customerio_core::{BatchBuilder, BatchOptions};
use nix::{
    sys::time::TimeValLike as _,
    time::{ClockId, clock_gettime},
};

fn build(events: u64) {
    let mut builder = BatchBuilder::new();
    for number in 0..events {
        black_box(builder.push(work::item(number), ()).unwrap());
    }
    black_box(builder.finish());
}

fn send_all(events: u64) {
    let client = work::client();
    let events_in = (0..events).map(|_| ((), work::event()));
    let summary = work::now(client.send_all(events_in, BatchOptions::default(), |_| {}));
    assert_eq!(summary.accepted, events);
}

fn by_hand(events: u64) {
    black_box(work::by_hand::push(events));
}

/// Processor time of this process so far.
fn processor() -> Duration {
    Duration::from_nanos(clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID).unwrap().num_nanoseconds().unsigned_abs())
}

const EVENTS: [u64; 4] = [1_000, 10_000, 100_000, 1_000_000];

/// The least of many times is the work's own; what is more is the machine's. The numbers of events take turns, so that
/// what the machine does hits all of them. Few events cost more, because all of their memory is new.
const ROUNDS: u32 = 15;

fn main() {
    for (name, work) in
        [("builder", build as fn(u64)), ("send_all", send_all), ("push", work::push), ("by hand", by_hand)]
    {
        let mut least = [Duration::MAX; EVENTS.len()];
        for _ in 0..ROUNDS {
            for (least, events) in least.iter_mut().zip(EVENTS) {
                let before = processor();
                work(events);
                *least = (*least).min(processor().saturating_sub(before));
            }
        }
        for (least, events) in least.into_iter().zip(EVENTS) {
            let peak = measure(|| work(events)).bytes_max;
            println!("{name}\t{events}\t{}\t{peak}", least.as_nanos() / u128::from(events));
        }
    }
}
