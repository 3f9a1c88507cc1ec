//! `person` / `add_relationships`: relates a person to objects.

use crate::{
    call::{Call, Handler::Fallible},
    server::reply::Refusal,
    track::v2::{
        action::Action,
        person::{identifiers::obtain, relationships::RELATIONSHIPS},
    },
};

pub(crate) const ACTION: Action = Action::person("add_relationships", RELATIONSHIPS, Fallible(add_relationships));

fn add_relationships(call: &mut Call<'_>) -> Result<(), Refusal> {
    let Some(person) = obtain(call)? else { return Ok(()) };
    call.state.relate_to_objects(&person, &call.body["cio_relationships"])
}
