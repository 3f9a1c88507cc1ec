//! A field that the shape of the rest depends on.

use serde_json::{Map, Value};

use crate::contract::fault::{At, Faults};

/// The value of a field that must be one of `names`; or what is wrong with it. The same name may follow itself.
pub(crate) fn chosen(
    fields: &Map<String, Value>,
    field: &str,
    names: impl Iterator<Item = &'static str> + Clone,
    at: At<'_>,
    faults: &mut Faults,
) -> Option<&'static str> {
    let Some(given) = fields.get(field) else {
        faults.missing(at.key(field));
        return None;
    };
    let chosen = names.clone().find(|name| given == name);
    if chosen.is_none() {
        let mut names = names.collect::<Vec<_>>();
        names.dedup();
        faults.add(at.key(field), format_args!("must be one of {}", names.join(", ")));
    }
    chosen
}
