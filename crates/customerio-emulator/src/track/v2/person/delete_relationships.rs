//! `person` / `delete_relationships`: ends relationships of a person to objects.

use crate::{
    call::{Call, Handler::Infallible},
    track::v2::{
        action::Action,
        person::{identifiers::find, relationships::RELATIONSHIPS},
    },
};

pub(crate) const ACTION: Action =
    Action::person("delete_relationships", RELATIONSHIPS, Infallible(delete_relationships));

fn delete_relationships(call: &mut Call<'_>) {
    if let Some(person) = find(call) {
        call.state.unrelate_from_objects(&person, &call.body["cio_relationships"]);
    }
}
