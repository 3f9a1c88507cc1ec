//! `object` / `delete_relationships`: ends relationships of people to an object.

use crate::{
    call::{Call, Handler::Infallible},
    contract::identifier::Identifier,
    track::v2::{
        action::Action,
        object::{identifiers::find, relationships::RELATIONSHIPS},
    },
};

pub(crate) const ACTION: Action =
    Action::object("delete_relationships", RELATIONSHIPS, Infallible(delete_relationships));

fn delete_relationships(call: &mut Call<'_>) {
    let Some(object) = find(call) else { return };
    for relationship in call.body["cio_relationships"].as_array().into_iter().flatten() {
        let identifier = relationship["identifiers"].as_object().and_then(Identifier::of_body);
        if let Some(person) = identifier.and_then(|identifier| call.state.people.find(&identifier)) {
            call.state.unrelate(&person, &object);
        }
    }
}
