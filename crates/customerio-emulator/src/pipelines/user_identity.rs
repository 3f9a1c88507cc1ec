//! Who a call is about: a person by `userId`, a visitor by `anonymousId`.

use serde_json::{Map, Value};

use crate::{
    call::Call,
    contract::{
        identifier::Identifier,
        shape::{Field, Need::May},
    },
    pipelines::common::{CONTEXT, ID_OR_NONE, id},
    server::reply::Refusal,
};

/// Who, and where they were.
pub(crate) const WHO: &[Field] = &[("userId", May, ID_OR_NONE), VISITOR, CONTEXT];

pub(crate) const VISITOR: Field = ("anonymousId", May, ID_OR_NONE);

pub(crate) fn is_named(call: &Map<String, Value>) -> bool {
    ["userId", "anonymousId"].iter().any(|name| call.get(*name).is_some_and(|value| id(value).is_some()))
}

pub(crate) fn must_be_named(call: &Map<String, Value>) -> Result<(), &'static str> {
    if is_named(call) { Ok(()) } else { Err("must have userId or anonymousId") }
}

pub(crate) fn user(call: &Call<'_>) -> Option<Identifier> {
    id(&call.body["userId"]).map(Identifier::Id)
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
