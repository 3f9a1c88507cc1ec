//! `POST /api/v2/entity`: a person, an object or a delivery, and what is done to it.

use http::Method;

use crate::{
    call::{Call, Handler::Fallible},
    contract::{fault::At, shape::Shape},
    route::Route,
    server::reply::{Envelope, Refusal, Reply},
    track::v2::{action::MOST_ENTITY, actions::apply},
};

pub(crate) const ROUTE: Route = Route::track(Method::POST, "/api/v2/entity", Fallible(entity))
    // The shape depends on type and action.
    .with_body(&Shape::Any)
    .with_envelope(Envelope::Entity)
    .with_most(MOST_ENTITY);

fn entity(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    apply(call, At::root("the body"), "")?;
    Ok(Reply::empty())
}
