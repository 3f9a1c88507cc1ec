//! `object` / `delete`: removes an object.

use crate::{
    call::{Call, Handler::Infallible},
    contract::shape::Shape,
    track::v2::{
        action::{ACTION_NAME, Action, TYPE},
        object::identifiers::{OBJECT, find},
    },
};

pub(crate) const ACTION: Action = Action::object("delete", BODY, Infallible(delete));

/// The object and nothing else.
const BODY: Shape = Shape::Object(&[TYPE, OBJECT, ACTION_NAME]);

fn delete(call: &mut Call<'_>) {
    if let Some(object) = find(call) {
        call.state.delete_object(&object);
    }
}
