//! The forms that were submitted.

use serde_json::{Value, json};

use crate::{
    FormSubmission,
    control::{
        criteria::Criteria,
        deletion::{Removable, Removal},
        list::{Listed, Rows},
        people::{brief, key_of, not_of},
        requests::numbered,
        route::Parameter,
        schema::{BRIEF, Schema},
        wanted::Wanted,
    },
    store::{kept::From, state::State},
};

/// The list of forms.
pub(crate) struct Forms;

impl Listed for Forms {
    type Row<'s> = &'s FormSubmission;

    const KIND: &'static str = "forms";

    const FILTERS: &'static [Parameter] = &[("form", "the id of the form"), ("person", "an identifier of the person")];

    const ITEM: &'static Schema = &Schema::Named(
        "FormSubmission",
        &Schema::Object(&[
            ("seq", Schema::Integer),
            ("form_id", Schema::Text),
            ("person", BRIEF),
            ("data", Schema::Map),
        ]),
    );

    const REPORTED: bool = true;

    fn rows<'s>(state: &'s State, from: From, criteria: &Criteria) -> Rows<'s, Self> {
        state.forms.rows(from, criteria.filter("person").map(|person| key_of(state, person)))
    }

    fn differs(state: &State, row: &FormSubmission, filter: &str, value: &str) -> Option<String> {
        match filter {
            "form" => (row.form_id != value).then(|| format!("the form is {:.100}", row.form_id)),
            _ => not_of(state, Some(&row.person), value),
        }
    }

    fn contains(_: &State, row: &FormSubmission, text: &Wanted) -> bool {
        text.is_in(&row.form_id) || text.is_in_fields(&row.data)
    }

    fn shown(state: &State, seq: u64, row: &FormSubmission) -> Value {
        json!({"seq": seq, "form_id": row.form_id, "person": brief(state, Some(&row.person)), "data": row.data})
    }

    fn named<'s>(state: &'s State, id: &str) -> Rows<'s, Self> {
        Box::new(numbered(&state.forms, id).into_iter())
    }
}

impl Removable for Forms {
    fn remove(state: &mut State, seq: u64) -> Removal {
        Removal::of(state.forms.remove(seq))
    }
}
