//! The benchmarks compare like with like, and leave no operation out.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../benches/cases/mod.rs"]
mod cases;
#[path = "../../customerio-testing/tests/operations/mod.rs"]
mod operations;

use std::collections::BTreeSet;

use cases::Inputs;

#[test]
fn both_ways_make_the_same_request() {
    let inputs = Inputs::new();
    for case in cases::all() {
        let (sdk, by_hand) = ((case.sdk)(&inputs), (case.by_hand)(&inputs));
        assert_eq!((sdk.method(), sdk.uri()), (by_hand.method(), by_hand.uri()), "{}", case.name);
        assert_eq!(sdk.headers(), by_hand.headers(), "{}", case.name);
        assert_eq!(sdk.body(), by_hand.body(), "{}", case.name);
    }
}

#[test]
fn every_operation_is_measured() {
    let measured: BTreeSet<_> = cases::all().map(|case| case.name.to_owned()).collect();
    assert_eq!(measured, operations::names());
}
