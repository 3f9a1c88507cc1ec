//! The people of an object in bodies.

use crate::{
    call::Call,
    contract::{
        identifier::{IDENTIFIERS, Identifier},
        object::{attributes_of_relationship, relationship},
        shape::{Need::Must, Shape},
    },
    server::reply::Refusal,
    store::{capacity::MOST_OF_A_PERSON, objects::ObjectKey},
    track::v2::{
        action::{ACTION_NAME, TYPE},
        object::identifiers::OBJECT,
    },
};

/// People, who are not named by phone number here.
pub(crate) const TO_PEOPLE: Shape = Shape::List(&Shape::Object(&relationship(IDENTIFIERS)), 0, MOST_OF_A_PERSON);

pub(crate) const RELATIONSHIPS: Shape =
    Shape::Object(&[TYPE, OBJECT, ACTION_NAME, ("cio_relationships", Must, TO_PEOPLE)]);

/// Relates people to the object; they are added where they do not exist.
pub(crate) fn relate(call: &mut Call<'_>, object: &ObjectKey) -> Result<(), Refusal> {
    let now = call.now();
    for relationship in call.body["cio_relationships"].as_array().into_iter().flatten() {
        let Some(identifier) = relationship["identifiers"].as_object().and_then(Identifier::of_body) else { continue };
        if let Some(person) = call.state.people.obtain(&identifier, now)? {
            call.state.relate(&person, object, &attributes_of_relationship(relationship))?;
        }
    }
    Ok(())
}
