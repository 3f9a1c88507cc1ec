//! `person` / `identify`: adds or updates a person.

use serde_json::{Map, Value};

use crate::{
    call::{Call, Handler::Fallible},
    contract::{
        identifier::{self, Identifier},
        object::TO_OBJECTS,
        person,
        shape::{Need::May, Shape},
    },
    server::reply::Refusal,
    store::person_update::{PersonUpdate, Relationships},
    track::v2::{
        action::{ACTION_NAME, Action, TYPE},
        person::identifiers::PERSON,
    },
};

pub(crate) const ACTION: Action = Action::person("identify", BODY, Fallible(identify));

const BODY: Shape = Shape::Object(&[
    TYPE,
    PERSON,
    ACTION_NAME,
    ("timestamp", May, Shape::Timestamp),
    ("attributes", May, Shape::Attributes(&ATTRIBUTES, person::RESERVED)),
    ("cio_relationships", May, TO_OBJECTS),
]);

/// As in version 1, but what is beside the attributes here.
const ATTRIBUTES: Shape = Shape::Open(
    &[
        ("id", May, identifier::ID),
        person::ADDRESS,
        person::CIO_ID,
        ("anonymous_id", May, identifier::VISITOR),
        person::CREATED_AT,
        person::UPDATE,
        person::UNSUBSCRIBED,
        person::TOPIC_PREFERENCES,
        ("_timestamp", May, Shape::Never("is not an attribute: timestamp goes beside the attributes")),
        ("cio_relationships", May, Shape::Never("is not an attribute: it goes beside the attributes")),
    ],
    &Shape::Any,
);

fn identify(call: &mut Call<'_>) -> Result<(), Refusal> {
    let mut entity = call.take_fields();
    let Some(person) = entity["identifiers"].as_object().and_then(Identifier::of_body) else { return Ok(()) };
    let fields = match entity.remove("attributes") {
        Some(Value::Object(attributes)) => attributes,
        _ => Map::new(),
    };
    let now = call.now();
    let update = PersonUpdate::of(fields)
        .with_timestamp(entity.get("timestamp").and_then(Value::as_i64))
        .with_relationships(entity.remove("cio_relationships").map(Relationships::Added));
    call.state.update_person(&person, update, now)
}
