//! `POST /v1/alias`: merges two into one.

use crate::{
    call::{Call, Handler::Fallible},
    contract::{
        identifier::Identifier,
        shape::{Need::Must, Shape, undocumented},
    },
    pipelines::{
        common::{COMMON, CONTEXT, ID, ID_OR_NONE, id},
        kind::{Kind, MOST_CALL},
        user_identity::find,
    },
    route::Route,
    server::reply::Refusal,
};

pub(crate) const ROUTE: Route =
    Route::pipelines("/v1/alias", &Shape::Any, MOST_CALL, Fallible(|call| KIND.alone(call)));

pub(crate) const KIND: Kind = Kind::new("alias", SHAPE, Fallible(alias));

const SHAPE: Shape = Shape::Joined(&[
    COMMON,
    &[CONTEXT, ("previousId", Must, ID), ("userId", Must, ID), undocumented("anonymousId", &ID_OR_NONE)],
]);

/// The person or the visitor `previousId` becomes one with the person `userId`.
fn alias(call: &mut Call<'_>) -> Result<(), Refusal> {
    let Some(person) = find(call) else { return Ok(()) };
    let previous = id(&call.body["previousId"]).unwrap_or_default();
    let (secondary, now) = (Identifier::Id(previous.clone()), call.now());
    if call.state.people.find(&secondary).is_none() {
        return call.state.adopt(&person, &previous);
    }
    call.state.merge(&Identifier::CioId(person), &secondary, now)
}
