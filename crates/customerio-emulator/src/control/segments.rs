//! The manual segments, and how many people are in each.

use serde_json::{Value, json};

use crate::{
    control::{
        criteria::Criteria,
        deletion::{PART, Removable, Removal},
        list::{Listed, Rows},
        route::Parameter,
        schema::Schema,
        wanted::Wanted,
    },
    store::{kept::From, library::Segment, state::State},
};

/// The list of segments.
pub(crate) struct Segments;

impl Listed for Segments {
    type Row<'s> = (u32, &'s Segment);

    const KIND: &'static str = "segments";

    const FILTERS: &'static [Parameter] = &[("id", "the number of the segment")];

    const ITEM: &'static Schema = &Schema::Named(
        "Segment",
        &Schema::Object(&[
            ("seq", Schema::Integer),
            ("id", Schema::Integer),
            ("name", Schema::Text),
            ("description", Schema::Text),
            ("people", Schema::Integer),
        ]),
    );

    const REPORTED: bool = true;

    fn rows<'s>(state: &'s State, from: From, _: &Criteria) -> Rows<'s, Self> {
        Box::new(state.library.segments.rows(from))
    }

    fn differs(_: &State, (id, _): (u32, &Segment), _: &str, value: &str) -> Option<String> {
        (value.parse() != Ok(id)).then(|| format!("the id is {id}"))
    }

    fn contains(_: &State, (_, segment): (u32, &Segment), text: &Wanted) -> bool {
        text.is_in(&segment.name) || text.is_in(&segment.description)
    }

    fn shown(state: &State, seq: u64, (id, segment): (u32, &Segment)) -> Value {
        let people = state.people.members_count(id);
        json!({"seq": seq, "id": id, "name": segment.name, "description": segment.description, "people": people})
    }

    fn named<'s>(state: &'s State, id: &str) -> Rows<'s, Self> {
        Box::new(state.library.segments.row(id).into_iter())
    }
}

/// The people stay.
impl Removable for Segments {
    fn remove(state: &mut State, seq: u64) -> Removal {
        let Some(id) = state.library.segments.at(seq) else { return Removal::Absent };
        if state.people.empty_segment(id, PART) {
            return Removal::Part;
        }
        state.remove_segment(id);
        Removal::Done
    }
}
