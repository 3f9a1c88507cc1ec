//! What `benches/gate` has callgrind count: each function that [`measured`] calls, and what that calls.

#![expect(clippy::unwrap_used, reason = "what cannot be built cannot be measured")]

mod cases;
mod work;

use std::hint::black_box;

use cases::Inputs;

/// So often is each function measured; the counts are the same each time, or nearly.
const TIMES: usize = 10;

/// Callgrind counts while this runs. What is made is dropped outside.
#[inline(never)]
fn measured<I, O>(function: fn(I) -> O, input: I) -> O {
    black_box(function(black_box(input)))
}

fn run<I, O>(function: fn(I) -> O, input: impl Fn() -> I) {
    // The first calls find an allocator that has nothing at hand yet.
    for _ in 0..3 {
        drop(function(input()));
    }
    for _ in 0..TIMES {
        drop(measured(function, input()));
    }
}

fn main() {
    let inputs = Inputs::new();
    for case in cases::all() {
        println!("{}", case.name);
        run(case.sdk, || &inputs);
        run(case.by_hand, || &inputs);
    }
    let answer = work::rejections();
    run(work::parse_207::sdk, || &answer);
    run(work::parse_207::by_hand, || &answer);
    run(work::pack_19, || work::events(19 * 100));
    run(work::pack_1900, || work::events(19 * 100));
    run(work::capture, || ());
    run(work::call, || work::client());
}
