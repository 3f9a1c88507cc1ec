//! An event that does something, and the fields that such events share.

use customerio_core::limits;

use crate::{
    call::Handler,
    contract::shape::{
        Field,
        Need::{May, Must},
        Shape,
    },
};

/// An event that does something.
pub(crate) struct SemanticEvent {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    pub(crate) handler: Handler<()>,
}

pub(crate) const EVENT: Field = ("event", Must, Shape::Text);
pub(crate) const PERSON: Field = ("userId", Must, Shape::Bytes(limits::PERSON_ID));
pub(crate) const ANY_PERSON: Field = ("userId", May, Shape::Text);
pub(crate) const VISITOR: Field = ("anonymousId", May, Shape::Text);
