//! The broadcasts, which triggers send.

use serde_json::{Value, json};

use crate::{
    control::{
        criteria::Criteria,
        list::{Listed, Rows},
        route::Parameter,
        schema::{Schema, TEXT, TIME},
        time::rfc3339,
        wanted::Wanted,
    },
    store::{kept::From, library::Broadcast, state::State},
};

/// The list of broadcasts.
pub(crate) struct Broadcasts;

impl Listed for Broadcasts {
    type Row<'s> = (u64, &'s Broadcast);

    const KIND: &'static str = "broadcasts";

    const FILTERS: &'static [Parameter] = &[];

    const ITEM: &'static Schema = &Schema::Named(
        "Broadcast",
        &Schema::Object(&[
            ("seq", Schema::Integer),
            ("id", Schema::Integer),
            ("name", Schema::Text),
            ("template", TEXT),
            ("recipients", Schema::Nullable(&Schema::Map)),
            ("triggered_at", TIME),
        ]),
    );

    const REPORTED: bool = true;

    fn rows<'s>(state: &'s State, from: From, _: &Criteria) -> Rows<'s, Self> {
        Box::new(state.broadcasts.rows(from))
    }

    fn differs(_: &State, _: (u64, &Broadcast), _: &str, _: &str) -> Option<String> {
        None
    }

    fn contains(_: &State, (_, broadcast): (u64, &Broadcast), text: &Wanted) -> bool {
        text.is_in(&broadcast.name) || broadcast.template.as_deref().is_some_and(|template| text.is_in(template))
    }

    fn shown(_: &State, seq: u64, (id, broadcast): (u64, &Broadcast)) -> Value {
        json!({
            "seq": seq,
            "id": id,
            "name": broadcast.name,
            "template": broadcast.template,
            "recipients": broadcast.recipients,
            "triggered_at": broadcast.triggered.map(rfc3339),
        })
    }

    fn named<'s>(state: &'s State, id: &str) -> Rows<'s, Self> {
        Box::new(state.broadcasts.row(id).into_iter())
    }
}
