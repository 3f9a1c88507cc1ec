//! What an event costs as they get more: nanoseconds of the processor, for the chart.

#![expect(clippy::unwrap_used, reason = "what cannot be built cannot be measured")]

mod work;

use std::time::Duration;

use nix::{
    sys::time::TimeValLike as _,
    time::{ClockId, clock_gettime},
};
use work::ways::{EVENTS, WAYS};

/// Processor time of this process so far.
fn processor() -> Duration {
    Duration::from_nanos(clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID).unwrap().num_nanoseconds().unsigned_abs())
}

/// The least of many times is the work's own; what is more is the machine's. Ways and numbers of events take turns, so that
/// what the machine does hits all of them. Few events cost more, because all of their memory is new.
const ROUNDS: u32 = 15;

fn main() {
    let mut least = [[Duration::MAX; EVENTS.len()]; WAYS.len()];
    for _ in 0..ROUNDS {
        for ((_, work), least) in WAYS.iter().zip(&mut least) {
            for (least, events) in least.iter_mut().zip(EVENTS) {
                let before = processor();
                work(events);
                *least = (*least).min(processor().saturating_sub(before));
            }
        }
    }
    for ((name, _), least) in WAYS.iter().zip(least) {
        for (least, events) in least.into_iter().zip(EVENTS) {
            println!("{name}\t{events}\t{}", least.as_nanos() / u128::from(events));
        }
    }
}
