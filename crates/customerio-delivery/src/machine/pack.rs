//! Calls that wait, as a batch.

use customerio_core::{Batch, BatchBuilder, BatchResponse, Encoded, Item, Limits, NonIdempotent, Prepared, Replay};

/// A batch of the first calls that wait.
#[derive(Debug)]
pub(crate) struct Packed {
    pub(crate) request: Prepared<BatchResponse>,
    pub(crate) numbers: Vec<u64>,
    pub(crate) replay: Replay,
    /// Whether no more would go into it.
    pub(crate) is_full: bool,
}

/// Packs the first of `calls` into one batch, at most `most` of them. The numbers of those that are too large for any batch
/// come back beside it.
pub(crate) fn pack<'a>(
    calls: impl Iterator<Item = (u64, &'a Encoded)>,
    most: usize,
    limits: &Limits,
) -> (Option<Packed>, Vec<u64>) {
    let mut calls = calls.peekable();
    if matches!(calls.peek(), Some((_, Encoded::Pipelines(_)))) {
        let items = calls.map(|(number, call)| match call {
            Encoded::Pipelines(item) => (number, Some(item)),
            _ => (number, None),
        });
        fill(items, most, limits)
    } else {
        let items = calls.map(|(number, call)| match call {
            Encoded::Track(item) => (number, Some(item)),
            _ => (number, None),
        });
        fill(items, most, limits)
    }
}

fn fill<'a, B: Batch>(
    items: impl Iterator<Item = (u64, Option<&'a Item<B>>)>,
    most: usize,
    limits: &Limits,
) -> (Option<Packed>, Vec<u64>) {
    let mut builder =
        BatchBuilder::<B, u64>::new().with_limits(*limits).with_non_idempotent(NonIdempotent::SeparateBatch);
    let (mut count, mut misfits, mut full) = (0, Vec::new(), None);
    for (number, item) in items {
        if count == most {
            full = builder.finish();
            break;
        }
        match item.map(|item| builder.push(number, item.clone())) {
            Some(Ok(None)) => count += 1,
            Some(Ok(Some(batch))) => {
                full = Some(batch);
                break;
            }
            Some(Err(_)) | None => misfits.push(number),
        }
    }
    let is_full = full.is_some() || count == most;
    let packed = full.or_else(|| builder.finish()).map(|batch| Packed {
        request: batch.prepare(),
        numbers: batch.tags().to_vec(),
        replay: batch.replay(),
        is_full,
    });
    (packed, misfits)
}
