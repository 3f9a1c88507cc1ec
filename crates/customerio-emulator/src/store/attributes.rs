//! Attributes of people, objects and relationships: how one call changes them.

use customerio_core::limits;
use serde_json::{Map, Value};

use crate::{contract::json, server::reply::Refusal};

pub(crate) type Attributes = Map<String, Value>;

/// Whether a value removes its attribute.
pub(crate) fn removes(value: &Value) -> bool {
    value.is_null() || value.as_str() == Some("")
}

/// Sets one attribute, or removes it.
pub(crate) fn set(attributes: &mut Attributes, name: &str, value: Value) {
    if removes(&value) {
        attributes.remove(name);
    } else {
        attributes.insert(name.to_owned(), value);
    }
}

/// Whether changes do more than remove.
pub(crate) fn adds(changes: &Attributes) -> bool {
    changes.values().any(|value| !removes(value))
}

/// The attributes of an object or a relationship after a call, unless that is too many.
pub(crate) fn changed(known: &Attributes, changes: &Attributes, what: &str) -> Result<Attributes, Refusal> {
    let mut after = known.clone();
    for (name, value) in changes {
        set(&mut after, name, value.clone());
    }
    let (total, most) = (after.len(), limits::ATTRIBUTES);
    if total > most {
        return Err(Refusal::bad(format!("{what} would have {total} attributes; the most is {most}")));
    }
    let (bytes, most) = (json::encoded_len(&after), limits::RELATIONSHIP);
    if bytes > most && adds(changes) {
        return Err(Refusal::bad(format!("{what} would have attributes of {bytes} bytes; the most is {most}")));
    }
    Ok(after)
}
