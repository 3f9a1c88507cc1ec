//! The person whom an action is about.

use crate::{
    call::Call,
    contract::{
        identifier::{IDENTIFIERS_OR_PHONE, Identifier},
        shape::{Field, Need::Must, Shape},
    },
    server::reply::Refusal,
    track::v2::action::{ACTION_NAME, TYPE},
};

pub(crate) const PERSON: Field = ("identifiers", Must, IDENTIFIERS_OR_PHONE);

/// The person and nothing else.
pub(crate) const ALONE: Shape = Shape::Object(&[TYPE, PERSON, ACTION_NAME]);

pub(crate) fn identifier(call: &Call<'_>) -> Option<Identifier> {
    Identifier::of_body(call.body["identifiers"].as_object()?)
}

/// The `cio_id` of the person, if they exist.
pub(crate) fn find(call: &Call<'_>) -> Option<String> {
    call.state.people.find(&identifier(call)?)
}

/// The `cio_id` of the person, who is added if they do not exist; `None` if they cannot be.
pub(crate) fn obtain(call: &mut Call<'_>) -> Result<Option<String>, Refusal> {
    let now = call.now();
    identifier(call).map_or(Ok(None), |identifier| call.state.people.obtain(&identifier, now))
}
