//! `User Deleted`, `User Suppressed` and `User Unsuppressed`: removes a person, keeps them out, lets them in again.

use crate::{
    call::{
        Call,
        Handler::{Fallible, Infallible},
    },
    contract::{identifier::Identifier, shape::Shape},
    pipelines::{
        common::{COMMON, CONTEXT, id},
        event_body::PROPERTIES,
        semantic::event::{EVENT, PERSON, SemanticEvent},
        user_identity::VISITOR,
    },
    server::reply::Refusal,
};

pub(crate) const DELETED: SemanticEvent =
    SemanticEvent { name: "User Deleted", shape: OF_A_PERSON, handler: Infallible(delete) };

pub(crate) const SUPPRESSED: SemanticEvent =
    SemanticEvent { name: "User Suppressed", shape: OF_A_PERSON, handler: Fallible(suppress) };

pub(crate) const UNSUPPRESSED: SemanticEvent =
    SemanticEvent { name: "User Unsuppressed", shape: OF_A_PERSON, handler: Infallible(unsuppress) };

const OF_A_PERSON: Shape = Shape::Joined(&[COMMON, &[EVENT, PERSON, VISITOR, PROPERTIES, CONTEXT]]);

fn person(call: &Call<'_>) -> Identifier {
    Identifier::Id(id(&call.body["userId"]).unwrap_or_default())
}

fn delete(call: &mut Call<'_>) {
    let person = person(call);
    call.state.delete(&person);
}

fn suppress(call: &mut Call<'_>) -> Result<(), Refusal> {
    let person = person(call);
    call.state.suppress(&person)
}

fn unsuppress(call: &mut Call<'_>) {
    let person = person(call);
    call.state.people.unsuppress(&person);
}
