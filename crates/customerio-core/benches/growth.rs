//! What an event costs as they get more: nanoseconds of the processor and the most memory at a time, for the chart.

#![expect(clippy::unwrap_used, reason = "what cannot be built cannot be measured")]

mod work;

use std::{hint::black_box, time::Duration};

use allocation_counter::measure;
use customerio_core::{Packer, SendAll};
use nix::{
    sys::time::TimeValLike as _,
    time::{ClockId, clock_gettime},
};

fn pack(events: u64) {
    let mut packer = Packer::new();
    for number in 0..events {
        black_box(packer.push(work::event(number), ()).unwrap());
    }
    black_box(packer.finish());
}

fn send(events: u64) {
    let client = work::client();
    let items = (0..events).map(|number| ((), Ok(work::event(number))));
    let summary = work::now(client.send_all(items, SendAll::default(), |_| {}));
    assert_eq!(summary.accepted, events);
}

/// Processor time of this process so far.
fn processor() -> Duration {
    Duration::from_nanos(clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID).unwrap().num_nanoseconds().unsigned_abs())
}

/// The least of a few times: what is more is the machine's.
fn fastest(work: fn(u64), events: u64) -> u128 {
    let rounds = (1_000_000 / events).clamp(5, 100);
    let time = || {
        let before = processor();
        work(events);
        processor().saturating_sub(before).as_nanos()
    };
    (0..rounds).map(|_| time()).min().unwrap()
}

fn main() {
    for (name, work) in [("packer", pack as fn(u64)), ("client", send)] {
        // Until the allocator has got from the system what two batches need, events cost twice as much.
        work(100_000);
        for events in [1_000, 10_000, 100_000, 1_000_000] {
            let peak = measure(|| work(events)).bytes_max;
            println!("{name}\t{events}\t{}\t{peak}", fastest(work, events) / u128::from(events));
        }
    }
}
