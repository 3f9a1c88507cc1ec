//! `person` / `screen`: a screen that a person looked at.

use crate::{
    call::Handler::Fallible,
    contract::shape::{Need::May, Shape},
    track::{
        event_body::{ID, NAME, TIMESTAMP},
        v2::{
            action::{ACTION_NAME, Action, TYPE},
            person::{event_body::record, identifiers::PERSON},
        },
    },
};

pub(crate) const ACTION: Action = Action::person("screen", BODY, Fallible(record));

const BODY: Shape = Shape::Object(&[
    TYPE,
    PERSON,
    ACTION_NAME,
    NAME,
    ID,
    TIMESTAMP,
    ("attributes", May, Shape::Open(&[], &Shape::Any)),
]);
