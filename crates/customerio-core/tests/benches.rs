//! The benchmarks compare like with like.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../benches/cases/mod.rs"]
mod cases;

use std::collections::BTreeSet;

use cases::Inputs;
use customerio_core::operations;

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
fn every_case_is_one_operation() {
    let operations: BTreeSet<_> = operations().map(|operation| operation.name).collect();
    let mut names = BTreeSet::new();
    for case in cases::all() {
        assert!(operations.contains(case.name), "{} is no operation", case.name);
        assert!(names.insert(case.name), "{} has two cases", case.name);
    }
}
