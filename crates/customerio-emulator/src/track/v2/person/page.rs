//! `person` / `page`: a page that a person looked at.

use crate::{
    call::Handler::Fallible,
    contract::shape::{Need::May, Shape},
    track::{
        event_body::{ID, NAME_OF_PAGE, TIMESTAMP},
        v2::{
            action::{ACTION_NAME, Action, TYPE},
            person::{event_body::record, identifiers::PERSON},
        },
    },
};

pub(crate) const ACTION: Action = Action::person("page", BODY, Fallible(record));

const BODY: Shape = Shape::Object(&[
    TYPE,
    PERSON,
    ACTION_NAME,
    NAME_OF_PAGE,
    ID,
    TIMESTAMP,
    (
        "attributes",
        May,
        Shape::Open(
            &[
                ("path", May, Shape::Text),
                ("referrer", May, Shape::Text),
                ("search", May, Shape::Text),
                ("title", May, Shape::Text),
                ("url", May, Shape::Text),
                ("keywords", May, Shape::List(&Shape::Text, 0, usize::MAX)),
            ],
            &Shape::Any,
        ),
    ),
]);
