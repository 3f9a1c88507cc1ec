//! The metrics that were reported of messages.

use serde_json::{Value, json};

use crate::{
    Metric,
    control::{
        criteria::Criteria,
        deletion::{Removable, Removal},
        list::{Listed, Rows, unlike},
        requests::numbered,
        route::Parameter,
        schema::Schema,
        time::of_seconds,
        wanted::Wanted,
    },
    store::{
        kept::{From, Key},
        state::State,
    },
};

/// The list of metrics.
pub(crate) struct Metrics;

impl Listed for Metrics {
    type Row<'s> = &'s Metric;

    const KIND: &'static str = "metrics";

    const FILTERS: &'static [Parameter] =
        &[("delivery", "the id of the message"), ("metric", "what happened, such as opened")];

    const ITEM: &'static Schema = &Schema::Named(
        "Metric",
        &Schema::Object(&[
            ("seq", Schema::Integer),
            ("delivery_id", Schema::Text),
            ("metric", Schema::Text),
            ("at", Schema::Time),
            ("body", Schema::Map),
        ]),
    );

    const REPORTED: bool = true;

    fn rows<'s>(state: &'s State, from: From, criteria: &Criteria) -> Rows<'s, Self> {
        state.metrics.rows(from, criteria.filter("delivery").map(|id| Key::Delivery(id.into())))
    }

    fn differs(_: &State, row: &Metric, filter: &str, value: &str) -> Option<String> {
        match filter {
            "metric" => unlike("the metric", Some(&row.metric), value),
            _ => (row.delivery_id.as_str() != value).then(|| format!("the delivery is {:.100}", row.delivery_id)),
        }
    }

    fn contains(_: &State, row: &Metric, text: &Wanted) -> bool {
        text.is_in(&row.metric) || text.is_in(row.delivery_id.as_str()) || text.is_in_value(&row.body)
    }

    fn shown(_: &State, seq: u64, row: &Metric) -> Value {
        json!({
            "seq": seq,
            "delivery_id": row.delivery_id,
            "metric": row.metric,
            "at": of_seconds(row.timestamp.unix_seconds()),
            "body": row.body,
        })
    }

    fn named<'s>(state: &'s State, id: &str) -> Rows<'s, Self> {
        Box::new(numbered(&state.metrics, id).into_iter())
    }
}

impl Removable for Metrics {
    fn remove(state: &mut State, seq: u64) -> Removal {
        Removal::of(state.metrics.remove(seq))
    }
}
