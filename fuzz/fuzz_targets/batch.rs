//! Any items with any limits: each is in one batch or comes back, in its order, and each batch is JSON under its limit.

#![no_main]

use std::{collections::BTreeMap, time::Duration};

use customerio_core::{
    Batch, BatchBuilder, BuildError, BuildErrorKind, EncodedBatch, Item, ItemError, Limits, Moment, NonIdempotent,
    PipelinesBatch, Replay, TrackBatch, pipelines, track::v2::person,
};
use libfuzzer_sys::{arbitrary, fuzz_target};
use serde_json::value::RawValue;

#[derive(arbitrary::Arbitrary, Debug)]
struct Input<'a> {
    item_limit: u16,
    body_limit: u16,
    apart: bool,
    api: Api,
    calls: Vec<(Kind, &'a str)>,
}

#[derive(arbitrary::Arbitrary, Debug)]
enum Api {
    Track,
    Pipelines,
}

#[derive(arbitrary::Arbitrary, Clone, Copy, Debug)]
enum Kind {
    Identify,
    Event,
    /// It cannot be repeated.
    Merge,
    /// It shares something with its batch.
    To(bool),
}

fn now() -> Moment {
    Moment { monotonic: Duration::ZERO, since_epoch: Duration::from_secs(1_700_000_000), random: 4 }
}

fn track(kind: Kind, text: &str) -> Result<Item<TrackBatch>, BuildError> {
    match kind {
        Kind::Identify | Kind::To(_) => Item::new(
            person::Identify::new("1").with_attributes(BTreeMap::from([("a", text)])),
            &now(),
            &Limits::default(),
        ),
        Kind::Event => Item::new(person::Event::new("1", text), &now(), &Limits::default()),
        Kind::Merge => Item::new(person::Merge::new(text, "1"), &now(), &Limits::default()),
    }
}

fn pipelines(kind: Kind, text: &str) -> Result<Item<PipelinesBatch>, BuildError> {
    match kind {
        Kind::Identify => Item::new(pipelines::Identify::new("1").with_email(text), &now(), &Limits::default()),
        Kind::Event | Kind::Merge => Item::new(pipelines::Track::new("1", text), &now(), &Limits::default()),
        Kind::To(on) => Item::new(
            pipelines::Track::new("1", text).with_integrations([("All", false), ("Salesforce", on)]),
            &now(),
            &Limits::default(),
        ),
    }
}

/// What is known of an item when it goes in.
struct Known {
    json: Vec<u8>,
    replay: Replay,
}

fn run<B: Batch>(input: &Input<'_>, item: impl Fn(Kind, &str) -> Result<Item<B>, BuildError>) {
    let (item_limit, body_limit) = (usize::from(input.item_limit), usize::from(input.body_limit));
    let apart = if input.apart { NonIdempotent::SeparateBatch } else { NonIdempotent::Refuse };
    let limits = Limits::default().with_batch_item(item_limit).with_batch(body_limit);
    let mut builder = BatchBuilder::new().with_limits(limits).with_non_idempotent(apart);
    let (mut known, mut expected, mut batches) = (Vec::new(), Vec::new(), Vec::new());
    for item in input.calls.iter().filter_map(|(kind, text)| item(*kind, text).ok()) {
        let tag = known.len();
        known.push(Known { json: item.json().to_vec(), replay: item.replay() });
        match builder.push(tag, item) {
            Ok(full) => {
                expected.push(tag);
                batches.extend(full);
            }
            Err(refused) => {
                assert_eq!((refused.tag, refused.json.as_deref()), (tag, Some(known[tag].json.as_slice())));
                let ItemError::Invalid(error) = &refused.error else { panic!("{refused}") };
                match error.kind() {
                    BuildErrorKind::TooLong { bytes, limit } => {
                        // Above its own bytes it counts what is written around it and what it shares with its batch.
                        assert!([item_limit, body_limit].contains(limit) && bytes > limit);
                        assert!((known[tag].json.len()..known[tag].json.len() + 200).contains(bytes));
                    }
                    _ => assert!(known[tag].replay == Replay::OnlyIfNotSent && !input.apart, "{error}"),
                }
            }
        }
    }
    batches.extend(builder.finish());
    assert!(builder.finish().is_none());

    let tags: Vec<_> = batches.iter().flat_map(|batch| batch.tags().iter().copied()).collect();
    assert_eq!(tags, expected, "lost, doubled, or out of order");
    for batch in batches {
        check(&batch, &known, body_limit);
        if let Ok((first, second)) = batch.split() {
            check(&first, &known, body_limit);
            check(&second, &known, body_limit);
        }
    }
}

fn check<B: Batch>(batch: &EncodedBatch<B, usize>, known: &[Known], body_limit: usize) {
    #[derive(serde::Deserialize)]
    struct Body<'a> {
        #[serde(borrow)]
        batch: Vec<&'a RawValue>,
    }
    let body = batch.body();
    assert!(body.len() <= body_limit);
    assert_eq!(batch.prepare().body(), body);
    let whole: Body<'_> = serde_json::from_slice(body).expect("a batch is JSON");
    assert_eq!((whole.batch.len(), batch.tags().len()), (batch.len(), batch.len()));
    for (index, (raw, tag)) in whole.batch.iter().zip(batch.tags()).enumerate() {
        let item = &known[*tag];
        assert_eq!(raw.get().as_bytes(), item.json);
        assert_eq!((batch.json(index), batch.replay()), (Some(item.json.as_slice()), item.replay));
    }
    assert_eq!(batch.json(batch.len()), None);
}

fuzz_target!(|input: Input<'_>| match input.api {
    Api::Track => run(&input, track),
    Api::Pipelines => run(&input, pipelines),
});
