//! `object` / `identify_anonymous`: adds or updates an object, and relates visitors to it.

use crate::{
    call::{Call, Handler::Fallible},
    contract::{
        identifier::{VISITOR, spelled},
        object::{ATTRIBUTES, attributes_of_relationship, relationship},
        shape::{
            Need::{May, Must},
            Shape,
        },
    },
    server::reply::Refusal,
    store::capacity::MOST_OF_A_PERSON,
    track::v2::{
        action::{ACTION_NAME, Action, TYPE},
        object::identifiers::{OBJECT, change, obtain},
    },
};

pub(crate) const ACTION: Action = Action::object("identify_anonymous", BODY, Fallible(identify_anonymous));

const BODY: Shape = Shape::Object(&[
    TYPE,
    OBJECT,
    ACTION_NAME,
    ("attributes", May, ATTRIBUTES),
    ("cio_relationships", May, TO_VISITORS),
]);

const TO_VISITORS: Shape = Shape::List(&Shape::Object(&relationship(ANONYMOUS)), 0, MOST_OF_A_PERSON);

const ANONYMOUS: Shape = Shape::Object(&[("anonymous_id", Must, VISITOR)]);

fn identify_anonymous(call: &mut Call<'_>) -> Result<(), Refusal> {
    let Some(object) = obtain(call)? else { return Ok(()) };
    change(call, &object)?;
    for relationship in call.body["cio_relationships"].as_array().into_iter().flatten() {
        let anonymous_id = spelled(&relationship["identifiers"]["anonymous_id"]).unwrap_or_default();
        call.state.relate_visitor(&object, &anonymous_id, &attributes_of_relationship(relationship))?;
    }
    Ok(())
}
