//! Objects and relationships in bodies.

use customerio_core::limits;
use serde_json::{Map, Value};

use crate::{
    contract::shape::{
        Field,
        Need::{May, Must},
        Shape,
    },
    store::capacity::MOST_OF_A_PERSON,
};

/// An object in a body.
pub(crate) const OBJECT_ID: Shape = Shape::Either(
    "object_type_id and object_id, or cio_object_id, as strings",
    &[
        Shape::Object(&[("object_type_id", Must, TYPE_ID), ("object_id", Must, ID)]),
        Shape::Object(&[("cio_object_id", Must, ID)]),
    ],
);

/// Types are numbered from 1 on, and written as strings.
pub(crate) const TYPE_ID: Shape = Shape::Rule("a number from 1 on, as a string", |text| {
    text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u32>().is_ok_and(|number| number > 0)
});

/// The id of an object.
pub(crate) const ID: Shape = Shape::Bytes(limits::OBJECT_ID);

/// A relationship of a person or an object, from either side.
pub(crate) const fn relationship(identifiers: Shape) -> [Field; 2] {
    [("identifiers", Must, identifiers), ("relationship_attributes", May, ATTRIBUTES)]
}

/// Attributes of objects and relationships, none of which is special.
pub(crate) const ATTRIBUTES: Shape = Shape::Attributes(&Shape::Open(&[], &Shape::Any), &[]);

/// The relationships of a person.
pub(crate) const TO_OBJECTS: Shape = Shape::List(&Shape::Object(&relationship(OBJECT_ID)), 0, MOST_OF_A_PERSON);

/// The attributes of a relationship that has passed its shape.
pub(crate) fn attributes_of_relationship(relationship: &Value) -> Map<String, Value> {
    relationship["relationship_attributes"].as_object().cloned().unwrap_or_default()
}
