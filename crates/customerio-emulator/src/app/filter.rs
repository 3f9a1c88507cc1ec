//! Which people a filter chooses.

use serde_json::Value;

use crate::store::record::Person;

/// Most bytes of a filter, which everybody is compared with. The emulator's own.
pub(crate) const MOST_FILTER: usize = 64 * 1024;

/// Whether a filter, which has passed [`FILTER`](crate::app::audience::FILTER), chooses the person.
pub(crate) fn chooses(filter: &Value, person: &Person) -> bool {
    let condition = filter.as_object().and_then(|filter| filter.iter().next());
    let Some((kind, condition)) = condition else { return false };
    let mut parts = condition.as_array().into_iter().flatten();
    match kind.as_str() {
        "and" => parts.all(|part| chooses(part, person)),
        "or" => parts.any(|part| chooses(part, person)),
        "not" => !chooses(condition, person),
        "segment" => {
            let id = condition["id"].as_u64().and_then(|id| u32::try_from(id).ok());
            id.is_some_and(|id| person.segments.contains(&id))
        }
        _ => {
            let value = condition["field"].as_str().and_then(|field| attribute(person, field));
            compares(condition, value.as_deref())
        }
    }
}

/// Whether an attribute, which may not be there, is as a condition on it says.
pub(crate) fn compares(condition: &Value, value: Option<&str>) -> bool {
    let Some(value) = value else { return false };
    condition["operator"] == "exists" || written(&condition["value"]) == value
}

/// An attribute as text. The identifiers are attributes here.
fn attribute(person: &Person, name: &str) -> Option<String> {
    match name {
        "id" => person.id.clone(),
        "email" => person.email.clone(),
        "cio_id" => Some(person.cio_id.clone()),
        name => person.attributes.get(name).map(written),
    }
}

/// A value as the App API writes that of any attribute: as text.
pub(crate) fn written(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
