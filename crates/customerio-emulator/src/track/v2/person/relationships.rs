//! The relationships of a person in bodies.

use crate::{
    contract::{
        object::TO_OBJECTS,
        shape::{Need::Must, Shape},
    },
    track::v2::{
        action::{ACTION_NAME, TYPE},
        person::identifiers::PERSON,
    },
};

pub(crate) const RELATIONSHIPS: Shape =
    Shape::Object(&[TYPE, PERSON, ACTION_NAME, ("cio_relationships", Must, TO_OBJECTS)]);
