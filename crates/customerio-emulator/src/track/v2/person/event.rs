//! `person` / `event`: what a person did.

use crate::{
    call::Handler::Fallible,
    contract::shape::{Need::May, Shape},
    track::{
        event_body::{DATA, ID, NAME, TIMESTAMP},
        v2::{
            action::{ACTION_NAME, Action, TYPE},
            person::{event_body::record, identifiers::PERSON},
        },
    },
};

pub(crate) const ACTION: Action = Action::person("event", BODY, Fallible(record));

const BODY: Shape = Shape::Object(&[TYPE, PERSON, ACTION_NAME, NAME, ID, TIMESTAMP, ("attributes", May, DATA)]);
