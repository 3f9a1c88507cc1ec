//! What `benches/gate` has callgrind count for every operation: encoding the sample of it that the tests have.
//!
//! An operation more needs nothing here. Callgrind ends a part of its output after each sample ([`end_part`]), and the
//! name of the operation is printed.

#![expect(clippy::unwrap_used, reason = "what cannot be built cannot be measured")]

#[expect(dead_code, reason = "the tests use the rest")]
#[path = "../../customerio-testing/tests/catalogue/mod.rs"]
mod catalogue;

use std::{collections::BTreeSet, fmt::Debug, hint::black_box};

use customerio_core::{
    Api, BatchResponse, Endpoint, Limits, Operation, Prepared, Sample, VisitSample, operations, visit_samples,
};

/// So often is each sample measured.
const TIMES: usize = 10;

/// Callgrind counts while this runs.
#[inline(never)]
fn measured<I, O>(function: impl FnOnce(I) -> O, input: I) -> O {
    black_box(function(black_box(input)))
}

/// Here callgrind ends a part.
#[inline(never)]
fn end_part() {
    black_box(());
}

#[derive(Default)]
struct Measure {
    names: BTreeSet<&'static str>,
}

impl Measure {
    fn sample<I, O>(&mut self, name: &'static str, input: impl Fn() -> I, work: impl Fn(I) -> O) {
        self.names.insert(name);
        println!("{name}");
        // The first calls find an allocator that has nothing at hand yet.
        for _ in 0..3 {
            drop(work(input()));
        }
        for _ in 0..TIMES {
            drop(measured(&work, input()));
        }
        end_part();
    }

    fn encode<O: Operation>(&mut self, operation: &O) {
        self.sample(O::NAME, || operation.clone(), |operation| Prepared::new(operation, &Limits::default()).unwrap());
    }
}

impl catalogue::Visit for Measure {
    fn operation<O: Operation + Debug>(&mut self, _: &Endpoint<O::Api>, operation: O) {
        self.encode(&operation);
    }

    fn batch<A: Api>(&mut self, endpoint: &Endpoint<A>, batch: Prepared<BatchResponse>) {
        self.sample(batch.name(), || batch.clone(), |batch| endpoint.request(batch).unwrap());
    }
}

impl VisitSample for Measure {
    fn visit<O: Sample>(&mut self, operation: O) {
        self.encode(&operation);
    }
}

fn main() {
    let mut measure = Measure::default();
    catalogue::visit("https://example.com", &mut measure);
    visit_samples(&mut measure);
    let registered: BTreeSet<_> = operations().map(|operation| operation.name).collect();
    assert_eq!(measure.names, registered, "every operation has a sample");
}
