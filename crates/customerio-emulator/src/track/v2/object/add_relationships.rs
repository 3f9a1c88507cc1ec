//! `object` / `add_relationships`: relates people to an object.

use crate::{
    call::{Call, Handler::Fallible},
    server::reply::Refusal,
    track::v2::{
        action::Action,
        object::{
            identifiers::obtain,
            relationships::{RELATIONSHIPS, relate},
        },
    },
};

pub(crate) const ACTION: Action = Action::object("add_relationships", RELATIONSHIPS, Fallible(add_relationships));

fn add_relationships(call: &mut Call<'_>) -> Result<(), Refusal> {
    let Some(object) = obtain(call)? else { return Ok(()) };
    relate(call, &object)
}
