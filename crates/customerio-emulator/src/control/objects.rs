//! The objects, and how many people are related to each.

use serde_json::{Value, json};

use crate::{
    Object,
    control::{
        criteria::Criteria,
        deletion::{PART, Removable, Removal},
        list::{Listed, Rows, unlike},
        route::Parameter,
        schema::Schema,
        wanted::Wanted,
    },
    store::{kept::From, state::State},
};

/// The list of objects.
pub(crate) struct Objects;

impl Listed for Objects {
    type Row<'s> = &'s Object;

    const KIND: &'static str = "objects";

    const FILTERS: &'static [Parameter] = &[("type", "the number of the type"), ("id", "the id of the object")];

    const ITEM: &'static Schema = &Schema::Named(
        "Object",
        &Schema::Object(&[
            ("seq", Schema::Integer),
            ("type_id", Schema::Text),
            ("id", Schema::Text),
            ("cio_object_id", Schema::Text),
            ("attributes", Schema::Map),
            ("people", Schema::Integer),
        ]),
    );

    const REPORTED: bool = true;

    fn rows<'s>(state: &'s State, from: From, _: &Criteria) -> Rows<'s, Self> {
        Box::new(state.objects.rows(from))
    }

    fn differs(_: &State, row: &Object, filter: &str, value: &str) -> Option<String> {
        match filter {
            "type" => unlike("the type", Some(&row.type_id), value),
            _ => (row.id != value).then(|| format!("the id is {:.100}", row.id)),
        }
    }

    fn contains(_: &State, row: &Object, text: &Wanted) -> bool {
        [&row.id, &row.cio_object_id].iter().any(|id| text.is_in(id)) || text.is_in_fields(&row.attributes)
    }

    fn shown(_: &State, seq: u64, row: &Object) -> Value {
        json!({
            "seq": seq,
            "type_id": row.type_id,
            "id": row.id,
            "cio_object_id": row.cio_object_id,
            "attributes": row.attributes,
            "people": row.people.len(),
        })
    }

    fn named<'s>(state: &'s State, id: &str) -> Rows<'s, Self> {
        let object = id.parse().ok().and_then(|seq| Some((seq, state.objects.at(seq)?)));
        Box::new(object.into_iter())
    }
}

/// With everyone's relationship to it.
impl Removable for Objects {
    fn remove(state: &mut State, seq: u64) -> Removal {
        let Some(object) = state.objects.at(seq) else { return Removal::Absent };
        let key = (object.type_id.clone(), object.id.clone());
        let people: Vec<_> = object.people.iter().take(PART).cloned().collect();
        for cio_id in &people {
            state.unrelate(cio_id, &key);
        }
        if people.len() == PART {
            return Removal::Part;
        }
        state.delete_object(&key);
        Removal::Done
    }
}
