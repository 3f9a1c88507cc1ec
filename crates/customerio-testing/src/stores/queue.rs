//! What is appended and loaded.

use std::{collections::BTreeSet, future::poll_fn, pin::Pin, task::Poll};

use customerio_delivery::{Fate, Record, Store as _, StoreError};

use super::{
    calls::{ALL, ROOM, all, bytes, event, events, holds, kinds, lease, message, numbers, settle, waiting},
    source::Stores,
};
use crate::conformance::Outcome;

pub(super) async fn calls_as_they_were(stores: &impl Stores) -> Outcome {
    let store = stores.fresh(ROOM).await;
    let calls = kinds()?;
    store.append(&calls).await?;
    for call in &calls {
        let found = waiting(&store, &call.stream()).await?;
        holds(found.contains(&call.to_bytes()), &format!("{call:?} is not there as it was"))?;
    }
    Ok(())
}

pub(super) async fn in_order(stores: &impl Stores) -> Outcome {
    let store = stores.fresh(ROOM).await;
    let calls = events(60)?;
    store.append(&calls[..1]).await?;
    store.append(&calls[1..50]).await?;
    store.append(&[]).await?;
    let last = store.append(&calls[50..]).await?;
    let stream = calls[0].stream();
    holds(waiting(&store, &stream).await? == bytes(&calls), "the calls are not in the order in which they came")?;
    let numbers = numbers(&store, &stream).await?;
    holds(numbers.first().is_some_and(|first| *first > 0), "a number is 0")?;
    holds(numbers.last() == Some(&last), "`append` says another number than the last call has")?;
    holds(numbers.windows(2).all(|pair| pair[0] < pair[1]), "the numbers do not rise")
}

pub(super) async fn streams_apart(stores: &impl Stores) -> Outcome {
    let store = stores.fresh(ROOM).await;
    let calls =
        [event("1", "a")?, message("ada@example.com")?, event("1", "b")?.with_destination("eu"), event("1", "c")?];
    store.append(&calls).await?;
    for of in [&[0, 3][..], &[1], &[2]] {
        let expected: Vec<_> = of.iter().map(|index| calls[*index].to_bytes()).collect();
        holds(waiting(&store, &calls[of[0]].stream()).await? == expected, "a stream has not its own calls")?;
    }
    let nothing = event("1", "d")?.with_destination("us").stream();
    holds(all(&store, &nothing).await?.is_empty(), "a stream without calls has some")
}

pub(super) async fn load_goes_on(stores: &impl Stores) -> Outcome {
    let store = stores.fresh(ROOM).await;
    let calls = events(10)?;
    store.append(&calls).await?;
    let stream = calls[0].stream();
    let numbers = numbers(&store, &stream).await?;
    let behind = async |after| -> Outcome<Vec<u64>> {
        Ok(store.load(&stream, after, ALL).await?.iter().map(|record| record.number).collect())
    };
    holds(behind(numbers[3]).await? == numbers[4..], "it does not begin behind the number")?;
    holds(behind(numbers[9]).await?.is_empty() && behind(u64::MAX).await?.is_empty(), "there are calls behind the last")
}

pub(super) async fn load_within_bytes(stores: &impl Stores) -> Outcome {
    let store = stores.fresh(ROOM).await;
    let calls = events(10)?;
    store.append(&calls).await?;
    let stream = calls[0].stream();
    for bytes in [0, 1] {
        holds(
            store.load(&stream, 0, bytes).await?.len() == 1,
            "it gives not exactly one where that is too much already",
        )?;
    }
    // Stores count a little differently.
    let found = store.load(&stream, 0, 4 * calls[0].size()).await?.len();
    holds((2..=6).contains(&found), &format!("it gives {found} calls where 4 fit"))
}

pub(super) async fn all_or_none(stores: &impl Stores) -> Outcome {
    let calls = events(40)?;
    let size = calls[0].size();
    let store = stores.fresh(10 * size as u64).await;
    let stream = calls[0].stream();
    store.append(&calls[..4]).await?;
    match store.append(&calls[4..]).await {
        Err(StoreError::Full { .. }) => {}
        other => return Err(format!("36 calls where 6 fit are {other:?}").into()),
    }
    holds(waiting(&store, &stream).await? == bytes(&calls[..4]), "a part of what was refused is kept")?;
    let epoch = lease(&store).await?;
    // Each time there is room again.
    for _ in 0..5 {
        settle(&store, epoch, &stream, &numbers(&store, &stream).await?, &Fate::Done).await?;
        store.append(&calls[..4]).await.map_err(|error| format!("all is settled, and {error}"))?;
    }
    Ok(())
}

pub(super) async fn numbers_used_once(stores: &impl Stores) -> Outcome {
    let store = stores.fresh(ROOM).await;
    let (calls, mut last) = (events(3)?, 0);
    let stream = calls[0].stream();
    let epoch = lease(&store).await?;
    for _ in 0..3 {
        store.append(&calls).await?;
        let numbers = numbers(&store, &stream).await?;
        holds(numbers[0] > last, "a number was used before")?;
        last = numbers[2];
        settle(&store, epoch, &stream, &numbers, &Fate::Done).await?;
    }
    Ok(())
}

pub(super) async fn appended_at_once(stores: &impl Stores) -> Outcome {
    let store = stores.fresh(ROOM).await;
    let calls = events(30)?;
    let mut appends: Vec<_> = calls.iter().map(|call| Some(store.append(std::slice::from_ref(call)))).collect();
    poll_fn(|context| {
        for slot in &mut appends {
            if let Some(append) = slot
                && let Poll::Ready(done) = Pin::as_mut(append).poll(context)
            {
                *slot = None;
                done?;
            }
        }
        if appends.iter().all(Option::is_none) { Poll::Ready(Ok::<_, StoreError>(())) } else { Poll::Pending }
    })
    .await?;
    let records = all(&store, &calls[0].stream()).await?;
    let numbers: BTreeSet<_> = records.iter().map(|record| record.number).collect();
    let found: BTreeSet<_> =
        records.into_iter().filter_map(|Record { call, .. }| Some(call.ok()?.to_bytes())).collect();
    let all = (numbers.len(), found.len()) == (calls.len(), calls.len());
    holds(all && found == bytes(&calls).into_iter().collect(), "of calls that came at the same time some are gone")
}
