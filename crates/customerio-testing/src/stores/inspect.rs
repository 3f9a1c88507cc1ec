//! What people see of the calls that wait, and what they delete.

use customerio_core::track::{Delete, v2::person};
use customerio_delivery::{
    CallFilter, CallState, Failure, Fate, Inspect, KeptCall, Purged, Reason, Store as _, StoreError, Stored,
};

use super::{
    calls::{ROOM, event, events, holds, lease, message, numbers, settle, stored},
    dead::failed,
    source::Stores,
};
use crate::conformance::Outcome;

async fn listed(store: &impl Inspect, filter: CallFilter) -> Result<Vec<u64>, StoreError> {
    Ok(store.list(&filter, 0, 100).await?.iter().map(|call| call.number).collect())
}

pub(super) async fn waiting_is_listed(stores: &impl Stores) -> Outcome {
    let store = stores.fresh(ROOM).await;
    let calls = [
        event("1", "a")?,
        message("ada@example.com")?,
        stored(Delete::new("1"))?,
        event("2", "b")?,
        event("3", "c")?.with_destination("eu"),
        event("4", "d")?,
    ];
    // Of these the second is marked, and the third fails.
    for call in &calls {
        store.append(std::slice::from_ref(call)).await?;
    }
    let epoch = lease(&store).await?;
    let (sent, refused) = (calls[1].stream(), calls[2].stream());
    let only = async |stream| -> Outcome<u64> {
        numbers(&store, stream).await?.first().copied().ok_or_else(|| "a stream has not its call".into())
    };
    let (marked, dead) = (only(&sent).await?, only(&refused).await?);
    store.mark(epoch, &sent, &[marked]).await?;
    settle(&store, epoch, &refused, &[dead], &Fate::Failed(Failure::new(Reason::Rejected))).await?;

    let all = store.list(&CallFilter::new(), 0, 100).await?;
    let bytes = |call: &Stored| call.to_bytes();
    let same = |call: &KeptCall, expected: &Stored| call.call.as_ref().is_ok_and(|call| bytes(call) == bytes(expected));
    let are_all = all.len() == calls.len() && all.iter().zip(&calls).all(|(call, expected)| same(call, expected));
    holds(are_all, "not all calls are listed as they are, in the order of their numbers")?;
    let right = |(call, expected): (&KeptCall, &Stored)| {
        let state = match call.state {
            CallState::Waiting { is_marked, .. } => call.number != dead && is_marked == (call.number == marked),
            _ => call.number == dead,
        };
        state && call.stream == expected.stream() && call.operation == expected.operation()
    };
    holds(all.iter().zip(&calls).all(right), "a call that is listed has another state, stream or operation")?;

    let all: Vec<_> = all.iter().map(|call| call.number).collect();
    let page = store.list(&CallFilter::waiting(), all[0], 2).await?;
    let page: Vec<_> = page.iter().map(|call| call.number).collect();
    holds(page == [all[1], all[3]], "a page of what waits is not the next two")?;
    let by = CallFilter::new;
    holds(listed(&store, CallFilter::dead()).await? == [dead], "dead letters are not listed apart")?;
    holds(listed(&store, by().with_reason(Reason::Rejected)).await? == [dead], "what waits has a reason")?;
    holds(listed(&store, by().with_destination("eu")).await? == all[4..5], "it does not filter by destination")?;
    let events = listed(&store, by().with_operation(calls[0].operation())).await?;
    holds(events == [all[0], all[3], all[4], all[5]], "it does not filter by operation")?;
    holds(listed(&store, by().with_operation("track")).await?.is_empty(), "it filters by a part of the operation")?;
    let shown = store.show(marked).await?.ok_or("what waits is not shown")?;
    holds(shown.number == marked && same(&shown, &calls[1]), "another call is shown")?;
    holds(store.show(1 << 40).await?.is_none(), "a call is shown that is not there")
}

pub(super) async fn discarded_is_gone(stores: &impl Stores) -> Outcome {
    let store = stores.fresh(ROOM).await;
    let dead = failed(&store, &events(3)?, Reason::Rejected).await?;
    holds(store.discard(&[dead[0], 1 << 40, dead[2]]).await? == 2, "it says another number than it discards")?;
    holds(
        listed(&store, CallFilter::new()).await? == dead[1..2],
        "what was discarded is there, or something else is gone",
    )?;
    let calls = [event("1", "a")?, event("1", "b")?, stored(Delete::new("1"))?];
    store.append(&calls).await?;
    let waiting = listed(&store, CallFilter::waiting()).await?;
    holds(waiting.len() == 3, "what waits is not listed")?;
    let discarded = store.discard(&[waiting[2], dead[1], waiting[0], u64::MAX, waiting[0]]).await?;
    holds(discarded == 3, "it says another number than it discards, of what waits and what failed")?;
    holds(
        listed(&store, CallFilter::new()).await? == waiting[1..2],
        "what waits was not discarded, or something else is gone",
    )?;
    let statistics = store.statistics().await?;
    holds(statistics.waiting == 1, &format!("one waits, and it says {}", statistics.waiting))
}

pub(super) async fn purged_by_person(stores: &impl Stores) -> Outcome {
    let store = stores.fresh(ROOM).await;
    let item = failed(&store, &[event("ada", "x")?, event("ada2", "x")?], Reason::Rejected).await?;
    let path = failed(&store, &[stored(Delete::new("ada"))?, stored(Delete::new("adam"))?], Reason::Rejected).await?;
    let send = failed(&store, &[message("Ada <ada@example.com>")?], Reason::UnknownOutcome).await?;
    let calls = [
        event("ada2", "y")?,
        event("ADA", "y")?,
        stored(person::Merge::new("1", "ada"))?.with_destination("eu"),
        stored(Delete::new("ada"))?,
        message("ada@example.com")?,
        event("bob", "ada@example.com")?,
    ];
    store.append(&calls).await?;
    let waiting = listed(&store, CallFilter::waiting()).await?;
    holds(waiting.len() == calls.len(), "what waits is not listed")?;
    let are = |purged: Purged, waiting, dead| (purged.waiting, purged.dead, purged.damaged) == (waiting, dead, 0);
    holds(store.purge("").await?.total() == 0, "an empty identifier names somebody")?;
    holds(are(store.purge("ada").await?, 3, 2), "not those of the person were purged")?;
    holds(are(store.purge("ada@example.com").await?, 2, 1), "not those of the address were purged")?;
    let left = [item[1], path[1], waiting[0]];
    holds(
        listed(&store, CallFilter::new()).await? == left,
        "what names the person is there, or something else is gone",
    )?;
    holds(!left.contains(&send[0]) && store.purge("ada").await?.total() == 0, "it purges again")?;
    let statistics = store.statistics().await?;
    holds(statistics.waiting == 1, &format!("one waits, and it says {}", statistics.waiting))
}

pub(super) async fn gone_stays_gone(stores: &impl Stores) -> Outcome {
    let store = stores.fresh(ROOM).await;
    let calls = [event("ada", "a")?, event("bob", "b")?, event("ada", "c")?, event("eve", "d")?, event("eve", "e")?];
    let sends = [message("ada@example.com")?, message("bob@example.com")?];
    let (events, messages) = (calls[0].stream(), sends[0].stream());
    store.append(&calls).await?;
    store.append(&sends).await?;
    let epoch = lease(&store).await?;
    // A sender has loaded and marked them.
    let (held, sent) = (numbers(&store, &events).await?, numbers(&store, &messages).await?);
    holds((held.len(), sent.len()) == (calls.len(), sends.len()), "a stream has not its own calls")?;
    store.mark(epoch, &messages, &sent).await?;
    store.purge("ada").await?;
    store.purge("ada@example.com").await?;
    store.discard(&held[3..4]).await?;

    let marked = store.mark(epoch, &messages, &sent).await?;
    holds(marked == sent[1..], "it marks what was purged, or not what is there")?;
    let failure = || Fate::Failed(Failure::new(Reason::Rejected));
    let fates = [(held[0], Fate::Done), (held[2], failure()), (held[3], failure()), (held[4], Fate::Done)];
    store.settle(epoch, &events, &fates).await?;
    store.settle(epoch, &messages, &[(sent[0], Fate::Retry), (sent[1], Fate::Retry)]).await?;
    store.settle(epoch, &messages, &[(sent[0], failure())]).await?;
    let left = [held[1], sent[1]];
    holds(
        listed(&store, CallFilter::new()).await? == left,
        "what was purged or discarded comes back, or something else is gone",
    )?;
    let statistics = store.statistics().await?;
    let counts = (statistics.waiting, statistics.dead_letters());
    holds(counts == (2, 0), &format!("two wait and none failed, and it says {counts:?}"))?;
    store.discard(&left).await?;
    let statistics = store.statistics().await?;
    let counts = (statistics.waiting, statistics.bytes, statistics.oldest);
    holds(counts == (0, 0, None), &format!("nothing is left, and it says {counts:?}"))?;
    store.append(&calls[..1]).await?;
    let next = numbers(&store, &events).await?;
    holds(next.len() == 1 && next[0] > sent[1], "a number was used before")
}
