//! What a person did and got: requests, events and messages in one order.

use serde_json::Value;

use crate::{
    Event, LoggedRequest, Message,
    control::{
        asked::{Asked, json_reply},
        criteria::Criteria,
        events::Events,
        list::{self, Listed, Rows},
        messages::Messages,
        people::key_of,
        problem::Problem,
        requests::Requests,
        route::{Outcome, Parameter},
        schema::Schema,
        wanted::Wanted,
    },
    store::{kept::From, state::State},
};

/// The timeline of the person who is the only filter.
pub(crate) struct Timeline;

/// Something in a timeline.
#[derive(Clone, Copy)]
pub(crate) enum Entry<'s> {
    Request(&'s LoggedRequest),
    Event(&'s Event),
    Message(&'s Message),
}

impl Entry<'_> {
    const fn kind(self) -> &'static str {
        match self {
            Self::Request(_) => "request",
            Self::Event(_) => "event",
            Self::Message(_) => "message",
        }
    }
}

/// The filter, which is a part of the path.
const PERSON: &str = "person";

impl Listed for Timeline {
    type Row<'s> = Entry<'s>;

    const KIND: &'static str = "entries of the timeline";

    const FILTERS: &'static [Parameter] = &[];

    const ITEM: &'static Schema = &Schema::Either(&[
        Schema::With(Requests::ITEM, &[("kind", Schema::OneOf(&["request"]))]),
        Schema::With(Events::ITEM, &[("kind", Schema::OneOf(&["event"]))]),
        Schema::With(Messages::ITEM, &[("kind", Schema::OneOf(&["message"])), ("at", Schema::Time)]),
    ]);

    fn rows<'s>(state: &'s State, from: From, criteria: &Criteria) -> Rows<'s, Self> {
        let Some(key) = criteria.filter(PERSON).map(|person| key_of(state, person)) else {
            return Box::new(std::iter::empty());
        };
        let requests = state.log.rows(from, Some(key.clone())).map(|(seq, row)| (seq, Entry::Request(row)));
        let events = state.events.rows(from, Some(key.clone())).map(|(seq, row)| (seq, Entry::Event(row)));
        let messages = state.messages.rows(from, Some(key)).map(|(seq, row)| (seq, Entry::Message(row)));
        Box::new(merged(from, merged(from, requests, events), messages))
    }

    fn differs(_: &State, _: Entry<'_>, _: &str, _: &str) -> Option<String> {
        None
    }

    fn contains(state: &State, row: Entry<'_>, text: &Wanted) -> bool {
        match row {
            Entry::Request(row) => Requests::contains(state, row, text),
            Entry::Event(row) => Events::contains(state, row, text),
            Entry::Message(row) => Messages::contains(state, row, text),
        }
    }

    fn shown(state: &State, seq: u64, row: Entry<'_>) -> Value {
        let mut shown = match row {
            Entry::Request(row) => Requests::shown(state, seq, row),
            Entry::Event(row) => Events::shown(state, seq, row),
            Entry::Message(row) => Messages::shown(state, seq, row),
        };
        if let Entry::Message(_) = row {
            shown["at"] = shown["queued_at"].clone();
        }
        shown["kind"] = row.kind().into();
        shown
    }
}

/// Two parts of a list as one, in their order.
fn merged<T>(
    from: From,
    one: impl Iterator<Item = (u64, T)>,
    other: impl Iterator<Item = (u64, T)>,
) -> impl Iterator<Item = (u64, T)> {
    let (mut one, mut other) = (one.peekable(), other.peekable());
    std::iter::from_fn(move || {
        let is_first = match (one.peek(), other.peek()) {
            (Some((one, _)), Some((other, _))) => match from {
                From::Before(_) => one > other,
                From::After(_) => one < other,
            },
            (one, _) => one.is_some(),
        };
        if is_first { one.next() } else { other.next() }
    })
}

/// Responds with a page of a person's timeline.
pub(crate) async fn respond(asked: Asked) -> Outcome {
    let mut criteria = Criteria::of(&asked, Timeline::FILTERS)?;
    let identifier = &asked.segments[0];
    let cio_id = asked.emulator.state().person(identifier).map(|person| person.cio_id.clone());
    let cio_id = cio_id.ok_or_else(|| Problem::missing(format!("nobody has the identifier {identifier:.200}")))?;
    criteria.filters.push((PERSON, cio_id));
    Ok(json_reply(&list::found::<Timeline>(&asked, &criteria).await?))
}
