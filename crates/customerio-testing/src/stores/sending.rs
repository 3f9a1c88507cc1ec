//! What is sent.

use customerio_delivery::{CallFilter, Epoch, Failure, Fate, Inspect as _, Reason, Store, StoreError, Stream};

use super::{
    calls::{ROOM, all, event, events, holds, lease, message, numbers, settle},
    source::Stores,
};
use crate::conformance::Outcome;

pub(super) async fn done_is_gone(stores: &impl Stores) -> Outcome {
    let store = stores.fresh(ROOM).await;
    let calls = events(5)?;
    let (stream, elsewhere) = (calls[0].stream(), event("42", "x")?.with_destination("eu"));
    store.append(&calls).await?;
    store.append(std::slice::from_ref(&elsewhere)).await?;
    let epoch = lease(&store).await?;
    let before = numbers(&store, &stream).await?;
    settle(&store, epoch, &stream, &[before[1], before[3]], &Fate::Done).await?;
    let left = [before[0], before[2], before[4]];
    holds(numbers(&store, &stream).await? == left, "what is done is still there, or something else is gone")?;
    // Once more; and in a stream that they are not of.
    settle(&store, epoch, &stream, &[before[1], u64::MAX], &Fate::Done).await?;
    settle(&store, epoch, &elsewhere.stream(), &left, &Fate::Done).await?;
    holds(numbers(&store, &stream).await? == left, "what is not done is gone")?;
    let statistics = store.statistics().await?;
    holds(statistics.waiting == 4, &format!("four wait, and it says {}", statistics.waiting))
}

pub(super) async fn retried_stays(stores: &impl Stores) -> Outcome {
    let store = stores.fresh(ROOM).await;
    let calls = events(4)?;
    let stream = calls[0].stream();
    store.append(&calls).await?;
    let epoch = lease(&store).await?;
    let before = numbers(&store, &stream).await?;
    store.mark(epoch, &stream, &before[..3]).await?;
    settle(&store, epoch, &stream, &before[1..3], &Fate::Retry).await?;
    holds(numbers(&store, &stream).await? == before, "what is to be sent again is not in its place")
}

pub(super) async fn kept_for_others(stores: &impl Stores) -> Outcome {
    let store = stores.fresh(ROOM).await;
    let calls = events(3)?;
    let stream = calls[0].stream();
    store.append(&calls).await?;
    let epoch = lease(&store).await?;
    let before = numbers(&store, &stream).await?;
    settle(&store, epoch, &stream, &before[..1], &Fate::Failed(Failure::new(Reason::Rejected))).await?;
    let other = stores.other(&store).await.ok_or("there is no other store now")?;
    holds(numbers(&other, &stream).await? == before[1..], "another does not see the calls")?;
    let dead = other.list(&CallFilter::dead(), 0, 10).await?;
    holds(dead.len() == 1 && dead[0].number == before[0], "another does not see the dead letter")?;
    other.append(&events(1)?).await?;
    holds(numbers(&store, &stream).await?.len() == 3, "what another appended is not seen")
}

pub(super) async fn marks_kept(stores: &impl Stores) -> Outcome {
    let store = stores.fresh(ROOM).await;
    let calls = [message("1@example.com")?, message("2@example.com")?, message("3@example.com")?];
    let stream = calls[0].stream();
    store.append(&calls).await?;
    let epoch = lease(&store).await?;
    let numbers = numbers(&store, &stream).await?;
    store.mark(epoch, &stream, &numbers[..2]).await?;
    let other = stores.other(&store).await;
    let marked = async |expected: [bool; 3], problem: &str| -> Outcome {
        for seen in [Some(&store), other.as_ref()].into_iter().flatten() {
            let marks: Vec<_> = all(seen, &stream).await?.iter().map(|record| record.is_marked).collect();
            holds(marks == expected, problem)?;
        }
        Ok(())
    };
    marked([true, true, false], "it does not show which calls are marked").await?;
    settle(&store, epoch, &stream, &numbers[..1], &Fate::Retry).await?;
    marked([false, true, false], "what is to be sent again has not lost its mark, or another has").await
}

pub(super) async fn one_sends(stores: &impl Stores) -> Outcome {
    let store = stores.fresh(ROOM).await;
    let other = stores.other(&store).await.ok_or("there is no other store now")?;
    let calls = events(2)?;
    let stream = calls[0].stream();
    store.append(&calls).await?;
    let numbers = numbers(&store, &stream).await?;
    let epoch = lease(&store).await?;
    holds(other.lease(None).await?.is_none(), "two have the lease")?;
    let renewed = store.lease(Some(epoch)).await?.ok_or("it is not renewed")?;
    holds(renewed.epoch == epoch, "a lease that is renewed has another epoch")?;
    holds(other.statistics().await?.leased_until.is_some(), "it is not said that one has the lease")?;
    store.mark(epoch, &stream, &numbers).await?;
    store.release(epoch).await?;
    holds(other.statistics().await?.leased_until.is_none(), "it is said that one has the lease, after a release")?;
    let others = lease(&other).await.map_err(|error| format!("after a release, {error}"))?;
    holds(others > epoch, "who takes the lease has no higher epoch than who had it")?;
    holds(store.lease(None).await?.is_none(), "two have the lease, after a release")?;
    store.release(epoch).await?;
    let renewed = other.lease(Some(others)).await?;
    holds(renewed.is_some(), "a lease that is over is released, and another's is gone")?;
    fenced(&store, epoch, &stream, &numbers).await?;
    holds(all(&other, &stream).await?.len() == 2, "what was fenced was done")?;
    settle(&other, others, &stream, &numbers, &Fate::Done).await
}

pub(super) async fn lost_and_taken_again(stores: &impl Stores) -> Outcome {
    let store = stores.fresh(ROOM).await;
    let calls = events(2)?;
    let stream = calls[0].stream();
    store.append(&calls).await?;
    let numbers = numbers(&store, &stream).await?;
    let first = lease(&store).await?;
    store.release(first).await?;
    // Another sends meanwhile, and releases the lease.
    if let Some(other) = stores.other(&store).await {
        let others = lease(&other).await?;
        settle(&other, others, &stream, &numbers[..1], &Fate::Done).await?;
        other.release(others).await?;
    }
    holds(store.lease(Some(first)).await?.is_none(), "a lease that is over is renewed")?;
    let again = lease(&store).await?;
    holds(again > first, "who takes the lease again has no higher epoch")?;
    fenced(&store, first, &stream, &numbers).await?;
    // One that takes it without a release, as after a panic.
    let last = lease(&store).await?;
    holds(last > again, "who takes the lease has the epoch of the one that it has already")?;
    fenced(&store, again, &stream, &numbers).await?;
    settle(&store, last, &stream, &numbers, &Fate::Done).await
}

/// Nothing can be written under a lease that is over.
async fn fenced(store: &impl Store, epoch: Epoch, stream: &Stream, numbers: &[u64]) -> Outcome {
    let mark = store.mark(epoch, stream, numbers).await;
    holds(matches!(mark, Err(StoreError::Fenced)), "it may mark, and its lease is over")?;
    let settle = store.settle(epoch, stream, &[(numbers[0], Fate::Done)]).await;
    holds(matches!(settle, Err(StoreError::Fenced)), "it may settle, and its lease is over")
}
