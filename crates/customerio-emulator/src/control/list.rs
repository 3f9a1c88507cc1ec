//! Lists of what is kept: pages by cursor, filters, and waiting for what is yet to come.
//!
//! The state is locked for a fraction of a millisecond at a time, however much there is: a list is read in short turns.

use std::time::{Duration, Instant};

use http::{Response, StatusCode};
use serde_json::{Value, json};

use crate::{
    Emulator,
    control::{
        asked::{Asked, json_reply},
        criteria::Criteria,
        problem::Problem,
    },
    server::payload::Payload,
    store::{kept::From, state::State},
};

/// How long a turn may hold the state.
const TURN: Duration = Duration::from_micros(100);

/// After how many rows a turn looks at the time.
const ROWS_BETWEEN: usize = 16;

/// How often a list that waits is read again at most.
const PAUSE: Duration = Duration::from_millis(5);

/// How many of the newest rows are looked at for the nearest misses, and how many misses are shown.
const NEAR: (usize, usize) = (1_000, 3);

/// A kind of thing that is kept, as a list shows it.
pub(crate) trait Listed {
    type Row: ?Sized;

    /// In the plural, as in its route.
    const KIND: &'static str;

    /// The filters: name, and what it means.
    const FILTERS: &'static [(&'static str, &'static str)];

    /// The rows with their numbers, in the order of `from`. One that leaves out rows that no filter would choose, such as those
    /// of other people, is faster.
    fn rows<'s>(
        state: &'s State,
        from: From,
        criteria: &Criteria,
    ) -> Box<dyn Iterator<Item = (u64, &'s Self::Row)> + 's>;

    /// How a row differs from what a filter asks for, such as `to is bob@example.com`; nothing where it does not.
    fn differs(state: &State, row: &Self::Row, filter: &str, value: &str) -> Option<String>;

    /// Whether a row contains a text, which is in lower case.
    fn contains(state: &State, row: &Self::Row, text: &str) -> bool;

    /// A row as the list shows it.
    fn shown(state: &State, seq: u64, row: &Self::Row) -> Value;
}

/// One page.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) items: Vec<Value>,
    pub(crate) next: Option<u64>,
    pub(crate) seq: u64,
}

/// Responds with a page, which is waited for if need be.
pub(crate) async fn respond<L: Listed>(asked: Asked) -> Result<Response<Payload>, Problem> {
    let criteria = Criteria::of(&asked, L::FILTERS)?;
    let page = found::<L>(&asked.emulator, &criteria).await?;
    Ok(json_reply(&json!({"items": page.items, "next": page.next, "seq": page.seq})))
}

/// A page, as soon as it has as many rows as are waited for; or a 408 with what comes nearest.
pub(crate) async fn found<L: Listed>(emulator: &Emulator, criteria: &Criteria) -> Result<Page, Problem> {
    let Some(wait) = criteria.wait else { return Ok(page::<L>(emulator, criteria)) };
    let (mut changed, end) = (emulator.changed.subscribe(), tokio::time::Instant::now() + wait);
    loop {
        changed.borrow_and_update();
        let page = page::<L>(emulator, criteria);
        if page.items.len() >= criteria.count {
            return Ok(page);
        }
        let Ok(Ok(())) = tokio::time::timeout_at(end, changed.changed()).await else {
            return Err(timed_out::<L>(emulator, criteria, page));
        };
        tokio::time::sleep_until(end.min(tokio::time::Instant::now() + PAUSE)).await;
    }
}

/// A page of what is there.
pub(crate) fn page<L: Listed>(emulator: &Emulator, criteria: &Criteria) -> Page {
    let (mut items, mut from, mut next) = (Vec::new(), criteria.from, None);
    loop {
        let state = emulator.state();
        let started = Instant::now();
        let mut rows = L::rows(&state, from, criteria).enumerate();
        let mut ended = true;
        for (looked_at, (seq, row)) in rows.by_ref() {
            if looked_at > 0 && looked_at % ROWS_BETWEEN == 0 && started.elapsed() > TURN {
                ended = false;
                break;
            }
            if is_chosen::<L>(&state, criteria, row) {
                if items.len() == criteria.limit {
                    let page = Page { items, next, seq: state.sequence.last() };
                    return page;
                }
                items.push(L::shown(&state, seq, row));
                next = Some(seq);
            }
            from = match from {
                From::Before(_) => From::Before(seq),
                From::After(_) => From::After(seq),
            };
        }
        if ended {
            return Page { items, next: None, seq: state.sequence.last() };
        }
    }
}

/// The numbers of all rows that are chosen, of a list that is read in turns like a page.
pub(crate) fn chosen<L: Listed>(emulator: &Emulator, criteria: &Criteria) -> Vec<u64> {
    let (mut numbers, mut from) = (Vec::new(), criteria.from);
    loop {
        let state = emulator.state();
        let started = Instant::now();
        let mut ended = true;
        for (looked_at, (seq, row)) in L::rows(&state, from, criteria).enumerate() {
            if looked_at > 0 && looked_at % ROWS_BETWEEN == 0 && started.elapsed() > TURN {
                ended = false;
                break;
            }
            if is_chosen::<L>(&state, criteria, row) {
                numbers.push(seq);
            }
            from = match from {
                From::Before(_) => From::Before(seq),
                From::After(_) => From::After(seq),
            };
        }
        if ended {
            return numbers;
        }
    }
}

fn is_chosen<L: Listed>(state: &State, criteria: &Criteria, row: &L::Row) -> bool {
    criteria.filters.iter().all(|(name, value)| L::differs(state, row, name, value).is_none())
        && criteria.contained.as_deref().is_none_or(|text| L::contains(state, row, text))
}

/// A 408 with what there is, and with what lacks the least.
fn timed_out<L: Listed>(emulator: &Emulator, criteria: &Criteria, page: Page) -> Problem {
    let state = emulator.state();
    let mut near = Vec::new();
    let all = Criteria { filters: Vec::new(), contained: None, ..Criteria::all() };
    for (seq, row) in L::rows(&state, From::Before(u64::MAX), &all).take(NEAR.0) {
        let filters = criteria.filters.iter();
        let mut differs: Vec<_> = filters.filter_map(|(name, value)| L::differs(&state, row, name, value)).collect();
        if let Some(text) = criteria.contained.as_deref().filter(|text| !L::contains(&state, row, text)) {
            differs.push(format!("it does not contain {text:?}"));
        }
        if let From::After(after) = criteria.from
            && seq <= after
        {
            differs.push(format!("it came before, as number {seq}"));
        }
        if !differs.is_empty() {
            near.push((differs, seq));
        }
    }
    near.sort_by_key(|(differs, _)| differs.len());
    near.truncate(NEAR.1);
    let near = near.into_iter().filter_map(|(differs, seq)| {
        let row = L::rows(&state, From::Before(seq + 1), &all).next().filter(|(found, _)| *found == seq);
        row.map(|(_, row)| json!({"item": L::shown(&state, seq, row), "differs": differs}))
    });
    let near: Vec<_> = near.collect();
    let (kind, count, found) = (L::KIND, criteria.count, page.items.len());
    let text = format!("{found} of {count} {kind} came in time; nearest has what others lack");
    let problem = Problem::new(StatusCode::REQUEST_TIMEOUT, text);
    problem.with("items", page.items.into()).with("seq", page.seq.into()).with("nearest", near.into())
}

impl Criteria {
    /// Everything, the newest first.
    pub(crate) fn all() -> Self {
        Self {
            from: From::Before(u64::MAX),
            limit: usize::MAX,
            contained: None,
            filters: Vec::new(),
            wait: None,
            count: 1,
        }
    }
}

/// Whether a JSON value contains a text, which is in lower case: in a key, a string, or a number as it is written.
pub(crate) fn value_contains(value: &Value, text: &str) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => text == if *flag { "true" } else { "false" },
        Value::Number(number) => number.to_string().contains(text),
        Value::String(string) => text_contains(string, text),
        Value::Array(list) => list.iter().any(|value| value_contains(value, text)),
        Value::Object(fields) => {
            fields.iter().any(|(name, value)| text_contains(name, text) || value_contains(value, text))
        }
    }
}

/// Whether a text contains another one, which is in lower case.
pub(crate) fn text_contains(text: &str, wanted: &str) -> bool {
    if text.is_ascii() && wanted.is_ascii() {
        let (text, wanted) = (text.as_bytes(), wanted.as_bytes());
        return wanted.is_empty() || text.windows(wanted.len()).any(|window| window.eq_ignore_ascii_case(wanted));
    }
    text.to_lowercase().contains(wanted)
}

/// How a value differs from the one that is asked for: `name is VALUE`.
pub(crate) fn unlike(name: &str, value: Option<&str>, wanted: &str) -> Option<String> {
    match value {
        Some(value) if value.eq_ignore_ascii_case(wanted) => None,
        Some(value) => Some(format!("{name} is {value:.100}")),
        None => Some(format!("it has no {name}")),
    }
}
