//! Who a call is about: a person by `userId`, a visitor by `anonymousId`.

use customerio_core::limits;
use serde_json::{Map, Value};

use crate::{
    call::Call,
    contract::{
        identifier::Identifier,
        shape::{Field, Need::May, Shape},
    },
    pipelines::common::{CONTEXT, text},
    server::answer::Refusal,
};

/// An id may be empty, where something else says who is meant.
const USER_ID: Shape =
    Shape::Either("a string of at most 150 bytes", &[Shape::Bytes(limits::PERSON_ID), Shape::OneOf(&[""])]);

/// Who, and where they were.
pub(crate) const WHO: &[Field] = &[("userId", May, USER_ID), ("anonymousId", May, Shape::Text), CONTEXT];

pub(crate) fn is_named(call: &Map<String, Value>) -> bool {
    ["userId", "anonymousId"].iter().any(|name| call.get(*name).is_some_and(|value| text(value).is_some()))
}

pub(crate) fn must_be_named(call: &Map<String, Value>) -> Result<(), &'static str> {
    if is_named(call) { Ok(()) } else { Err("must have userId or anonymousId") }
}

pub(crate) fn user(call: &Call<'_>) -> Option<Identifier> {
    text(&call.body["userId"]).map(|id| Identifier::Id(id.to_owned()))
}

/// The `cio_id` of the person with the `userId`, if they exist.
pub(crate) fn find(call: &Call<'_>) -> Option<String> {
    call.state.people.find(&user(call)?)
}

/// The `cio_id` of the person with the `userId`, who is added if they do not exist; `None` if they cannot be.
pub(crate) fn obtain(call: &mut Call<'_>) -> Result<Option<String>, Refusal> {
    let now = call.now();
    user(call).map_or(Ok(None), |identifier| call.state.people.obtain(&identifier, now))
}
