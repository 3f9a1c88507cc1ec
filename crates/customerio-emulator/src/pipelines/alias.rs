//! `POST /v1/alias`: makes one of two. A batch does not take it.

use customerio_core::limits;

use crate::{
    call::{Call, Handler::Fallible},
    contract::{
        identifier::Identifier,
        shape::{Need::Must, Shape},
    },
    pipelines::{
        common::{COMMON, CONTEXT},
        kind::{Kind, MOST_CALL},
        user_identity::find,
    },
    route::Route,
    server::answer::Refusal,
};

pub(crate) const ROUTE: Route =
    Route::pipelines("/v1/alias", &Shape::Any, MOST_CALL, Fallible(|call| KIND.alone(call)));

pub(crate) const KIND: Kind = Kind::new("alias", SHAPE, Fallible(alias));

const SHAPE: Shape = Shape::Joined(&[
    COMMON,
    &[CONTEXT, ("previousId", Must, Shape::Filled), ("userId", Must, Shape::Bytes(limits::PERSON_ID))],
]);

/// The person or the visitor `previousId` becomes one with the person `userId`.
fn alias(call: &mut Call<'_>) -> Result<(), Refusal> {
    let Some(person) = find(call) else { return Ok(()) };
    let previous = call.body["previousId"].as_str().unwrap_or_default().to_owned();
    let (secondary, now) = (Identifier::Id(previous.clone()), call.now());
    if call.state.people.find(&secondary).is_none() {
        return call.state.adopt(&person, &previous);
    }
    call.state.merge(&Identifier::CioId(person), &secondary, now)
}
