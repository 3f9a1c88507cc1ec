//! The transactional messages, which messages are made of.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    control::{
        criteria::Criteria,
        list::{Listed, Rows},
        route::Parameter,
        schema::Schema,
        wanted::Wanted,
    },
    store::{kept::From, library::Template, state::State},
};

/// The list of transactional messages.
pub(crate) struct Templates;

impl Listed for Templates {
    type Row<'s> = (u64, &'s Template);

    const KIND: &'static str = "templates";

    const FILTERS: &'static [Parameter] = &[];

    const ITEM: &'static Schema = &Schema::Named(
        "Template",
        &Schema::Object(&[
            ("seq", Schema::Integer),
            ("id", Schema::Integer),
            ("name", Schema::Text),
            ("channels", Schema::List(&Schema::Text)),
            ("languages", Schema::List(&Schema::Text)),
        ]),
    );

    const REPORTED: bool = true;

    fn rows<'s>(state: &'s State, from: From, _: &Criteria) -> Rows<'s, Self> {
        Box::new(state.library.templates.shelf.rows(from))
    }

    fn differs(_: &State, _: (u64, &Template), _: &str, _: &str) -> Option<String> {
        None
    }

    fn contains(_: &State, (_, template): (u64, &Template), text: &Wanted) -> bool {
        let parts = template.content.values().flat_map(|languages| languages.values()).flatten();
        text.is_in(&template.name) || parts.into_iter().any(|(_, source)| text.is_in(source))
    }

    fn shown(_: &State, seq: u64, (id, template): (u64, &Template)) -> Value {
        let channels: Vec<_> = template.content.keys().map(|kind| kind.name()).collect();
        let languages: BTreeSet<_> = template.content.values().flat_map(|languages| languages.keys()).collect();
        json!({"seq": seq, "id": id, "name": template.name, "channels": channels, "languages": languages})
    }

    fn named<'s>(state: &'s State, id: &str) -> Rows<'s, Self> {
        Box::new(state.library.templates.shelf.row(id).into_iter())
    }
}
