//! What failed.

use std::time::Duration;

use customerio_core::{Timestamp, track::Delete};
use customerio_delivery::{
    CallFilter, CallState, Failure, Fate, Inspect as _, KeptCall, ParkedCalls, Reason, Replayed, Store, StoreError,
    Stored,
};

use super::{
    calls::{ROOM, bytes, event, events, holds, lease, message, numbers, settle, stored, waiting},
    source::Stores,
};
use crate::conformance::Outcome;

/// Appends calls of one stream, which fail all, and gives their numbers.
pub(super) async fn failed(store: &impl Store, calls: &[Stored], reason: Reason) -> Outcome<Vec<u64>> {
    let stream = calls[0].stream();
    let before = numbers(store, &stream).await?;
    store.append(calls).await?;
    let epoch = lease(store).await?;
    let numbers = numbers(store, &stream).await?.split_off(before.len());
    settle(store, epoch, &stream, &numbers, &Fate::Failed(Failure::new(reason))).await?;
    Ok(numbers)
}

pub(super) async fn failed_is_kept(stores: &impl Stores) -> Outcome {
    let store = stores.fresh(ROOM).await;
    let calls = events(2)?;
    let stream = calls[0].stream();
    store.append(&calls).await?;
    let epoch = lease(&store).await?;
    let before = numbers(&store, &stream).await?;
    let failure = Failure::new(Reason::Rejected)
        .with_status(Some(422))
        .with_field(Some("name".to_owned()))
        .with_message(Some("it is \"bad\"".to_owned()));
    settle(&store, epoch, &stream, &before[..1], &Fate::Failed(failure.clone())).await?;
    holds(numbers(&store, &stream).await? == before[1..], "what failed still waits")?;
    let letter = store.show(before[0]).await?.ok_or("what failed is no dead letter")?;
    holds(letter.failure() == Some(&failure), "the dead letter says otherwise why it failed")?;
    holds((letter.number, &letter.stream) == (before[0], &stream), "the dead letter has another number or stream")?;
    holds(letter.operation == calls[0].operation(), "the dead letter has another operation")?;
    holds(letter.call?.to_bytes() == calls[0].to_bytes(), "the dead letter has another call")?;
    let CallState::Dead { failed_at, .. } = letter.state else { return Err("what failed waits".into()) };
    holds(failed_at > Timestamp::from_unix_millis(0), "the dead letter has no time")?;
    holds(store.list(&CallFilter::dead(), 0, 10).await?.len() == 1, "what waits is a dead letter")
}

pub(super) async fn listed_in_pages(stores: &impl Stores) -> Outcome {
    let store = stores.fresh(ROOM).await;
    let events = failed(&store, &events(5)?, Reason::Rejected).await?;
    let deletes = failed(&store, &[stored(Delete::new("1"))?, stored(Delete::new("2"))?], Reason::Poison).await?;
    let abroad = failed(&store, &[event("1", "x")?.with_destination("eu")], Reason::Rejected).await?;
    let listed = async |filter: CallFilter, after, limit| -> Outcome<Vec<u64>> {
        Ok(store.list(&filter, after, limit).await?.iter().map(|letter: &KeptCall| letter.number).collect())
    };
    let everything: Vec<_> = [&events[..], &deletes, &abroad].concat();
    let (mut pages, mut after) = (Vec::new(), 0);
    loop {
        let page = listed(CallFilter::dead(), after, 3).await?;
        holds(page.len() <= 3, "a page is longer than it may be")?;
        let Some(&end) = page.last() else { break };
        holds(end > after, "a page does not go on")?;
        after = end;
        pages.extend(page);
    }
    holds(pages == everything, "the pages are not all dead letters, in their order")?;
    let by = CallFilter::dead;
    holds(listed(by().with_reason(Reason::Poison), 0, 10).await? == deletes, "it does not filter by reason")?;
    holds(listed(by().with_operation("track.delete"), 0, 10).await? == deletes, "it does not filter by operation")?;
    holds(listed(by().with_destination("eu"), 0, 10).await? == abroad, "it does not filter by destination")?;
    let both = by().with_destination("default").with_reason(Reason::Rejected);
    holds(listed(both, 0, 10).await? == events, "it does not filter by two")
}

pub(super) async fn replayed_behind(stores: &impl Stores) -> Outcome {
    let calls = events(6)?;
    let store = stores.fresh(10 * calls[0].size() as u64).await;
    let stream = calls[0].stream();
    let dead = failed(&store, &calls[..2], Reason::Rejected).await?;
    store.append(&calls[2..3]).await?;
    let before = numbers(&store, &stream).await?;
    let outcomes = store.replay(&[dead[1], 1 << 40, dead[0], dead[1]], ParkedCalls::Leave).await?;
    let after = numbers(&store, &stream).await?;
    let replayed = [2, 1].map(|index| calls[index - 1].to_bytes());
    let expected = [&bytes(&calls[2..3])[..], &replayed].concat();
    holds(waiting(&store, &stream).await? == expected, "what was replayed does not wait behind the others, once")?;
    holds(after[0] == before[0] && after[1] > before[0] && after[1] > dead[1], "it has not a new number")?;
    let waits = |number| Replayed::Waits { number };
    let said = [waits(after[1]), Replayed::Unknown, waits(after[2]), Replayed::Unknown];
    holds(outcomes == said, &format!("it says {outcomes:?}, and did {said:?}"))?;
    holds(store.show(dead[0]).await?.is_none(), "what waits again is still a dead letter")?;

    let dead = failed(&store, &calls[..5], Reason::Rejected).await?;
    store.append(&calls[..5]).await?;
    let outcome = store.replay(&dead, ParkedCalls::Leave).await;
    holds(matches!(outcome, Err(StoreError::Full { .. })), "it replays where there is no room")?;
    let left = store.list(&CallFilter::dead(), 0, 10).await?.len();
    holds(
        left == 5 && numbers(&store, &stream).await?.len() == 8,
        "a part was replayed where there was no room for all",
    )
}

pub(super) async fn parked_stays(stores: &impl Stores) -> Outcome {
    let store = stores.fresh(ROOM).await;
    let calls = [message("ada@example.com")?];
    let stream = calls[0].stream();
    let dead = failed(&store, &calls, Reason::UnknownOutcome).await?;
    let outcomes = store.replay(&dead, ParkedCalls::Leave).await?;
    let is_there = store.show(dead[0]).await?.is_some();
    let left = outcomes == [Replayed::Parked] && is_there && waiting(&store, &stream).await?.is_empty();
    holds(left, "a parked call was replayed, and nobody said that it may arrive twice")?;
    store.replay(&dead, ParkedCalls::ReplayEvenIfSent).await?;
    holds(waiting(&store, &stream).await? == bytes(&calls), "a parked call was not replayed, and it was said")
}

pub(super) async fn expired_is_replayed(stores: &impl Stores) -> Outcome {
    let store = stores.fresh(ROOM).await;
    let call = event("42", "code")?;
    let dead = failed(&store, &[call.clone().with_expiry(Duration::from_secs(1))], Reason::Expired).await?;
    store.replay(&dead, ParkedCalls::Leave).await?;
    holds(waiting(&store, &call.stream()).await? == [call.to_bytes()], "it expires again at once")
}

pub(super) async fn counted(stores: &impl Stores) -> Outcome {
    let store = stores.fresh(ROOM).await;
    let nothing = store.statistics().await?;
    let is_empty = (nothing.waiting, nothing.bytes, nothing.oldest, nothing.dead_letters()) == (0, 0, None, 0);
    holds(is_empty, &format!("an empty store has {nothing:?}"))?;
    failed(&store, &events(3)?, Reason::Rejected).await?;
    failed(&store, &[message("ada@example.com")?], Reason::UnknownOutcome).await?;
    let calls = events(7)?;
    store.append(&calls).await?;
    let statistics = store.statistics().await?;
    holds(statistics.waiting == 7, &format!("seven wait, and it says {}", statistics.waiting))?;
    let size: u64 = calls.iter().map(|call| call.size() as u64).sum();
    holds((size / 3..size * 3).contains(&statistics.bytes), &format!("{size} bytes are {}", statistics.bytes))?;
    holds(statistics.oldest == Some(calls[0].stored_at()), "the oldest is of another time")?;
    let dead = [(Reason::Rejected, 3), (Reason::UnknownOutcome, 1)];
    holds(statistics.dead == dead, &format!("it counts {:?}", statistics.dead))
}
