//! The triggers of broadcasts, and what was wrong with those that failed.

use http::Response;
use serde_json::{Value, json};

use crate::{
    Trigger,
    control::{
        asked::{Asked, json_reply},
        criteria::Criteria,
        deletion::{Removable, Removal},
        list::{Listed, Rows, unlike},
        problem::Problem,
        requests::numbered,
        route::Parameter,
        schema::{INTEGER, Schema, TIME},
        time::of_seconds,
        wanted::Wanted,
    },
    server::payload::Payload,
    store::{
        kept::{From, Key},
        state::State,
    },
};

/// The list of triggers.
pub(crate) struct Triggers;

impl Listed for Triggers {
    type Row<'s> = &'s Trigger;

    const KIND: &'static str = "triggers";

    const FILTERS: &'static [Parameter] = &[("broadcast", "the number of the broadcast")];

    const ITEM: &'static Schema = &Schema::Named(
        "Trigger",
        &Schema::Object(&[
            ("seq", Schema::Integer),
            ("id", Schema::Integer),
            ("broadcast", Schema::Integer),
            ("at", Schema::Time),
            ("recipients", INTEGER),
            ("deliveries", INTEGER),
            ("processed_at", TIME),
            ("errors", Schema::List(&Schema::Text)),
        ]),
    );

    const REPORTED: bool = true;

    fn rows<'s>(state: &'s State, from: From, criteria: &Criteria) -> Rows<'s, Self> {
        let broadcast = criteria.filter("broadcast").and_then(|number| number.parse().ok());
        state.triggers.rows(from, broadcast.map(Key::Broadcast))
    }

    fn differs(_: &State, row: &Trigger, _: &str, value: &str) -> Option<String> {
        unlike("the broadcast", Some(&row.broadcast_id.to_string()), value)
    }

    fn contains(_: &State, row: &Trigger, text: &Wanted) -> bool {
        text.is_in_value(&row.body) || row.errors.iter().any(|error| text.is_in(error))
    }

    fn shown(_: &State, seq: u64, row: &Trigger) -> Value {
        json!({
            "seq": seq,
            "id": row.id,
            "broadcast": row.broadcast_id,
            "at": of_seconds(row.triggered_at.unix_seconds()),
            "recipients": row.recipients,
            "deliveries": row.deliveries,
            "processed_at": row.processed_at.map(|at| of_seconds(at.unix_seconds())),
            "errors": row.errors,
        })
    }

    fn named<'s>(state: &'s State, id: &str) -> Rows<'s, Self> {
        Box::new(numbered(&state.triggers, id).into_iter())
    }
}

impl Removable for Triggers {
    fn remove(state: &mut State, seq: u64) -> Removal {
        Removal::of(state.triggers.remove(seq))
    }
}

/// One trigger, by its id.
pub(crate) fn get(asked: &Asked) -> Result<Response<Payload>, Problem> {
    let id = asked.segments[0].parse().map_err(|_| Problem::bad("a trigger is named by its number"))?;
    let state = asked.emulator.state();
    let found = state.triggers.numbered_of(&Key::Trigger(id)).next();
    let (seq, trigger) = found.ok_or_else(|| Problem::missing(format!("there is no trigger {id}")))?;
    Ok(json_reply(&Triggers::shown(&state, seq, trigger)))
}
