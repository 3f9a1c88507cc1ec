//! Events of three kinds in bodies, and how they are kept.

use crate::{
    call::Call,
    server::reply::Refusal,
    track::{event_body, v2::person::identifiers::obtain},
};

/// Keeps the event. The names of its fields are others than in version 1.
pub(crate) fn record(call: &mut Call<'_>) -> Result<(), Refusal> {
    let Some(person) = obtain(call)? else { return Ok(()) };
    let mut entity = call.take_fields();
    for (name, former) in [("action", "type"), ("attributes", "data")] {
        if let Some(value) = entity.remove(name) {
            entity.insert(former.to_owned(), value);
        }
    }
    event_body::record(call, entity, Some(person));
    Ok(())
}
