//! Lists of what is kept: pages by cursor, filters, and waiting for what is yet to come.
//!
//! The state is locked for a fraction of a millisecond at a time, however much there is: a list is read in short turns, and
//! who else wants the state has it in between.

use std::ops::ControlFlow;

use http::StatusCode;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::{sync::watch, time};

use crate::{
    Emulator,
    control::{
        asked::{Asked, json_reply},
        criteria::{Criteria, place_to_wait},
        problem::Problem,
        route::{Outcome, Parameter},
        schema::Schema,
        turn::Turn,
        wanted::Wanted,
    },
    store::{changes::Action, kept::From, state::State},
};

/// How long a list that waits lets changes gather after it has looked at some.
const PAUSE: time::Duration = time::Duration::from_millis(2);

/// How often a list looks again whose rows change as time goes by.
const TICK: time::Duration = time::Duration::from_millis(10);

/// How many of the newest rows are looked at for the nearest misses, and how many misses are shown.
const NEAR: (usize, usize) = (1_000, 3);

/// Rows with their numbers.
pub(crate) type Rows<'s, L> = Box<dyn Iterator<Item = (u64, <L as Listed>::Row<'s>)> + 's>;

/// A kind of thing that is kept, as a list shows it.
pub(crate) trait Listed: 'static {
    /// What a row is shown from.
    type Row<'s>: Copy;

    /// In the plural, as in its route.
    const KIND: &'static str;

    /// The filters: name, and what it means.
    const FILTERS: &'static [Parameter];

    /// What an item is.
    const ITEM: &'static Schema = &Schema::Map;

    /// Whether the changes that are remembered have every change that can make a row one that is chosen.
    const REPORTED: bool = false;

    /// The rows with their numbers, in the order of `from`. One that leaves out rows that no filter would choose, such as those
    /// of other people, is faster.
    fn rows<'s>(state: &'s State, from: From, criteria: &Criteria) -> Rows<'s, Self>
    where
        Self: Sized;

    /// How a row differs from what a filter asks for, such as `to is bob@example.com`; nothing if it does not.
    fn differs(state: &State, row: Self::Row<'_>, filter: &str, value: &str) -> Option<String>;

    /// Whether a row contains a text.
    fn contains(state: &State, row: Self::Row<'_>, text: &Wanted) -> bool;

    /// A row as the list shows it.
    fn shown(state: &State, seq: u64, row: Self::Row<'_>) -> Value;

    /// The rows that a change is about, by its id there. Asked for where changes are [`REPORTED`](Self::REPORTED).
    fn named<'s>(_state: &'s State, _id: &str) -> Rows<'s, Self>
    where
        Self: Sized,
    {
        Box::new(std::iter::empty())
    }

    /// Whether rows come to be chosen as time goes by, without a change.
    fn ripens(_criteria: &Criteria) -> bool {
        false
    }
}

/// One page.
#[derive(Debug, Serialize)]
pub(crate) struct Page {
    pub(crate) items: Vec<Value>,
    pub(crate) next: Option<u64>,
    /// What comes later has a higher number.
    pub(crate) seq: u64,
}

/// Responds with a page, which is waited for if need be.
pub(crate) async fn respond<L: Listed>(asked: Asked) -> Outcome {
    let criteria = Criteria::of(&asked, L::FILTERS)?;
    let page = found::<L>(&asked, &criteria).await?;
    Ok(json_reply(&page))
}

/// A page, as soon as it has as many rows as are waited for; or a 408 with what comes nearest.
pub(crate) async fn found<L: Listed>(asked: &Asked, criteria: &Criteria) -> Result<Page, Problem> {
    let emulator = &asked.emulator;
    let Some(wait) = criteria.wait else { return Ok(page::<L>(emulator, criteria).await) };
    let mut place = None;
    let (mut changed, end) = (emulator.changed.subscribe(), time::Instant::now() + wait);
    loop {
        let seen = *changed.borrow_and_update();
        let page = page::<L>(emulator, criteria).await;
        if page.items.len() >= criteria.count {
            return Ok(page);
        }
        if place.is_none() {
            place = Some(place_to_wait(&asked.workspaces)?);
        }
        if !touched::<L>(emulator, criteria, seen, &mut changed, end).await {
            return Err(timed_out::<L>(emulator, criteria, page).await);
        }
    }
}

/// Waits until there is a reason to read the list again. Returns whether there is one before the end.
async fn touched<L: Listed>(
    emulator: &Emulator,
    criteria: &Criteria,
    mut seen: u64,
    changed: &mut watch::Receiver<u64>,
    end: time::Instant,
) -> bool {
    let mut next = time::Instant::now() + PAUSE;
    loop {
        if L::ripens(criteria) {
            let now = time::Instant::now();
            time::sleep_until(end.min(now + TICK)).await;
            return now < end;
        }
        let Ok(Ok(())) = time::timeout_at(end, changed.changed()).await else { return false };
        time::sleep_until(end.min(next)).await;
        next = time::Instant::now() + PAUSE;
        changed.borrow_and_update();
        let state = emulator.state();
        // Someone can have got the identifier that rows are looked for by, and those are found fast.
        let turn = Turn::begin();
        let is_touched = || is_touched::<L>(&state, criteria, seen, || turn.is_over());
        if !L::REPORTED || criteria.filter("person").is_some() || is_touched() {
            return true;
        }
        seen = state.sequence.last();
    }
}

/// Whether a row was changed since a number and is chosen, or may be: as far as it was looked at when the turn is over.
fn is_touched<L: Listed>(state: &State, criteria: &Criteria, seen: u64, is_over: impl Fn() -> bool) -> bool {
    let Some(changes) = state.changes.after(seen) else { return true };
    let mut own = changes.filter(|change| change.effect.kind == L::KIND && change.effect.action != Action::Deleted);
    own.any(|change| {
        let mut rows = L::named(state, &change.effect.id);
        rows.any(|(seq, row)| criteria.from.has(seq) && is_chosen::<L>(state, criteria, row)) || is_over()
    })
}

/// Goes through the rows in turns, until there are enough. Returns the last number that was given at the beginning, and
/// at the end.
async fn read<L: Listed>(
    emulator: &Emulator,
    criteria: &Criteria,
    mut take: impl FnMut(&State, u64, L::Row<'_>) -> ControlFlow<()>,
) -> (u64, u64) {
    let (mut from, mut first) = (criteria.from, None);
    loop {
        {
            let state = emulator.state();
            let (turn, last) = (Turn::begin(), state.sequence.last());
            let first = *first.get_or_insert(last);
            let mut rows = L::rows(&state, from, criteria);
            loop {
                let Some((seq, row)) = rows.next() else { return (first, last) };
                if take(&state, seq, row).is_break() {
                    return (first, last);
                }
                from = from.past(seq);
                if turn.is_over() {
                    break;
                }
            }
        }
        emulator.give_way().await;
    }
}

/// A page of what is there.
pub(crate) async fn page<L: Listed>(emulator: &Emulator, criteria: &Criteria) -> Page {
    let (mut items, mut last, mut next) = (Vec::new(), None, None);
    let (first_seq, last_seq) = read::<L>(emulator, criteria, |state, seq, row| {
        if is_chosen::<L>(state, criteria, row) {
            if items.len() == criteria.limit {
                next = last;
                return ControlFlow::Break(());
            }
            items.push(L::shown(state, seq, row));
            last = Some(seq);
        }
        ControlFlow::Continue(())
    })
    .await;
    // What came while the newest were read is not among them, and among the oldest first it is.
    let seq = match criteria.from {
        From::Before(_) => first_seq,
        From::After(_) => last_seq,
    };
    Page { items, next, seq }
}

/// The numbers of all rows that are chosen, of a list that is read in turns like a page.
pub(crate) async fn chosen<L: Listed>(emulator: &Emulator, criteria: &Criteria) -> Vec<u64> {
    let mut numbers = Vec::new();
    read::<L>(emulator, criteria, |state, seq, row| {
        if is_chosen::<L>(state, criteria, row) {
            numbers.push(seq);
        }
        ControlFlow::Continue(())
    })
    .await;
    numbers
}

fn is_chosen<L: Listed>(state: &State, criteria: &Criteria, row: L::Row<'_>) -> bool {
    criteria.filters.iter().all(|(name, value)| L::differs(state, row, name, value).is_none())
        && criteria.contained.as_ref().is_none_or(|text| L::contains(state, row, text))
}

/// A 408 with what there is, and with what lacks the least.
async fn timed_out<L: Listed>(emulator: &Emulator, criteria: &Criteria, page: Page) -> Problem {
    let (mut near, mut looked_at) = (Vec::new(), 0);
    // Without the filters, which rows may be left out by.
    read::<L>(emulator, &Criteria::all(), |state, seq, row| {
        let differs = differences::<L>(state, criteria, seq, row);
        if !differs.is_empty() {
            near.push((differs, seq));
            // It keeps the order of those that differ in as much.
            near.sort_by_key(|(differs, _)| differs.len());
            near.truncate(NEAR.1);
        }
        looked_at += 1;
        if looked_at < NEAR.0 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })
    .await;
    let near: Vec<_> = {
        let state = emulator.state();
        let shown = near.into_iter().filter_map(|(differs, seq)| {
            let mut rows = L::rows(&state, From::Before(seq.saturating_add(1)), &Criteria::all());
            let (_, row) = rows.next().filter(|(found, _)| *found == seq)?;
            Some(json!({"item": L::shown(&state, seq, row), "differs": differs}))
        });
        shown.collect()
    };
    let (kind, count, found) = (L::KIND, criteria.count, page.items.len());
    let text = format!("{found} of {count} {kind} came in time; nearest has what others lack");
    let problem = Problem::new(StatusCode::REQUEST_TIMEOUT, text);
    problem.with("items", page.items.into()).with("seq", page.seq.into()).with("nearest", near.into())
}

/// Why a row is not among those that are asked for.
fn differences<L: Listed>(state: &State, criteria: &Criteria, seq: u64, row: L::Row<'_>) -> Vec<String> {
    let filters = criteria.filters.iter();
    let mut differs: Vec<_> = filters.filter_map(|(name, value)| L::differs(state, row, name, value)).collect();
    if let Some(text) = criteria.contained.as_ref().filter(|text| !L::contains(state, row, text)) {
        differs.push(format!("it does not contain {:?}", text.as_str()));
    }
    match criteria.from {
        From::After(after) if seq <= after => differs.push(format!("it came before, as number {seq}")),
        From::Before(before) if seq >= before => differs.push(format!("it came after, as number {seq}")),
        _ => {}
    }
    differs
}

/// How a value differs from the one that is asked for: `name is VALUE`.
pub(crate) fn unlike(name: &str, value: Option<&str>, wanted: &str) -> Option<String> {
    match value {
        Some(value) if value.eq_ignore_ascii_case(wanted) => None,
        Some(value) => Some(format!("{name} is {value:.100}")),
        None => Some(format!("it has no {name}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        WebhookResponse,
        control::webhooks::Webhooks,
        testing::{call, emulator},
    };

    /// An event that two receivers get is two rows, and a change of either may be what is waited for.
    #[test]
    fn a_list_of_webhooks_is_read_again_where_one_of_its_rows_is_chosen() {
        let emulator = emulator();
        emulator.report_to("http://first.example/").unwrap();
        let second = json!({"name": "second", "endpoint": "http://second.example/", "events": ["email_sent"]});
        assert_eq!(call(&emulator, "POST /v1/reporting_webhooks", &second).0, 200);
        emulator.set_outcomes([(std::time::Duration::ZERO, crate::Outcome::Sent)]);
        let email = json!({"to": "a@b", "transactional_message_id": 1, "identifiers": {"id": "42"}});
        assert_eq!(call(&emulator, "POST /v1/send/email", &email).0, 200);
        let criteria = |host: &str| Criteria {
            filters: vec![("state", "accepted".to_owned())],
            contained: Some(Wanted::new(host)),
            ..Criteria::all()
        };
        let (first, second) = (criteria("first.example"), criteria("second.example"));
        let touched = |seen: u64| {
            let state = emulator.state();
            let touched = |criteria| is_touched::<Webhooks>(&state, criteria, seen, || false);
            ([touched(&first), touched(&second)], state.sequence.last())
        };
        let (none, mut seen) = touched(0);
        assert_eq!((none, Webhooks::REPORTED), ([false, false], true));
        let mut responded = [false, false];
        while let Some(call) = emulator.next_webhook() {
            emulator.webhook_responded(&call, WebhookResponse::Status(StatusCode::OK));
            responded[usize::from(call.request().uri().host() == Some("second.example"))] = true;
            let (chosen, now) = touched(seen);
            assert_eq!(chosen, responded);
            seen = now.min(seen);
        }
        assert_eq!(responded, [true, true]);
    }
}
