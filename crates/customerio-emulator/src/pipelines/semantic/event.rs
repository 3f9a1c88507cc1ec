//! An event that does something, and the fields that such events share.

use crate::{
    call::Handler,
    contract::shape::{
        Field,
        Need::{May, Must},
        Shape,
    },
    pipelines::common::{ID, ID_OR_NONE},
};

/// An event that does something.
pub(crate) struct SemanticEvent {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    pub(crate) handler: Handler<()>,
}

pub(crate) const EVENT: Field = ("event", Must, Shape::Text);
pub(crate) const PERSON: Field = ("userId", Must, ID);
pub(crate) const ANY_PERSON: Field = ("userId", May, ID_OR_NONE);
