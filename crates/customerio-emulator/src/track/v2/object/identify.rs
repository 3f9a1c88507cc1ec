//! `object` / `identify`: adds or updates an object.

use crate::{
    call::{Call, Handler::Fallible},
    contract::{
        object::ATTRIBUTES,
        shape::{Need::May, Shape},
    },
    server::reply::Refusal,
    track::v2::{
        action::{ACTION_NAME, Action, TYPE},
        object::{
            identifiers::{OBJECT, change, obtain},
            relationships::{TO_PEOPLE, relate},
        },
    },
};

pub(crate) const ACTION: Action = Action::object("identify", BODY, Fallible(identify));

const BODY: Shape =
    Shape::Object(&[TYPE, OBJECT, ACTION_NAME, ("attributes", May, ATTRIBUTES), ("cio_relationships", May, TO_PEOPLE)]);

fn identify(call: &mut Call<'_>) -> Result<(), Refusal> {
    let Some(object) = obtain(call)? else { return Ok(()) };
    change(call, &object)?;
    relate(call, &object)
}
