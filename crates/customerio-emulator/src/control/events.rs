//! The events, of people and of unknown visitors.

use customerio_core::track::EventType;
use serde_json::{Value, json};

use crate::{
    Event,
    control::{
        criteria::Criteria,
        deletion::{Removable, Removal},
        list::{Listed, Rows, unlike},
        people::{brief, key_of, not_of},
        requests::numbered,
        schema::{BRIEF, Schema, TEXT},
        time::of_seconds,
        wanted::Wanted,
    },
    store::{kept::From, state::State},
};

/// The list of events.
pub(crate) struct Events;

impl Listed for Events {
    type Row<'s> = &'s Event;

    const KIND: &'static str = "events";

    const FILTERS: &'static [(&'static str, &'static str)] = &[
        ("person", "an identifier of the person"),
        ("name", "the name of the event"),
        ("type", "event, page or screen"),
    ];

    const ITEM: &'static Schema = &Schema::Named(
        "Event",
        &Schema::Object(&[
            ("seq", Schema::Integer),
            ("at", Schema::Time),
            ("name", Schema::Text),
            ("type", Schema::OneOf(&["event", "page", "screen"])),
            ("person", BRIEF),
            ("anonymous_id", TEXT),
            ("id", TEXT),
            ("data", Schema::Map),
        ]),
    );

    const REPORTED: bool = true;

    fn rows<'s>(state: &'s State, from: From, criteria: &Criteria) -> Box<dyn Iterator<Item = (u64, &'s Event)> + 's> {
        state.events.rows(from, criteria.filter("person").map(|person| key_of(state, person)))
    }

    fn differs(state: &State, row: &Event, filter: &str, value: &str) -> Option<String> {
        match filter {
            "name" => unlike("the name", Some(&row.name), value),
            "type" => unlike("the type", Some(kind(row)), value),
            _ => not_of(state, row.person.as_deref(), value),
        }
    }

    fn contains(state: &State, row: &Event, text: &Wanted) -> bool {
        let person = row.person.as_ref().and_then(|cio_id| state.people.get(cio_id));
        text.is_in(&row.name)
            || row.anonymous_id.as_deref().is_some_and(|id| text.is_in(id))
            || row.id.as_deref().is_some_and(|id| text.is_in(id))
            || person.is_some_and(|person| text.is_in(person.label()))
            || text.is_in_json(row.data.as_str())
    }

    fn shown(state: &State, seq: u64, row: &Event) -> Value {
        json!({
            "seq": seq,
            "at": of_seconds(row.timestamp.unix_seconds()),
            "name": row.name,
            "type": kind(row),
            "person": brief(state, row.person.as_deref()),
            "anonymous_id": row.anonymous_id,
            "id": row.id,
            "data": row.data,
        })
    }

    fn named<'s>(state: &'s State, id: &str) -> Rows<'s, Self> {
        Box::new(numbered(&state.events, id).into_iter())
    }
}

impl Removable for Events {
    fn remove(state: &mut State, seq: u64) -> Removal {
        Removal::of(state.events.remove(seq))
    }
}

fn kind(event: &Event) -> &'static str {
    match event.event_type {
        EventType::Page => "page",
        EventType::Screen => "screen",
        _ => "event",
    }
}
