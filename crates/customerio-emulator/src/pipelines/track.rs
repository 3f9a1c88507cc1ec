//! `POST /v1/track`: what a person or a visitor did. Some events mean that something is to be done: those in
//! [`semantic`](crate::pipelines::semantic).

use customerio_core::track::EventType;

use crate::{
    call::{Call, Handler::Fallible},
    contract::shape::{
        Need::{May, Must},
        Shape,
    },
    pipelines::{
        common::{COMMON, ID},
        event_body::{PROPERTIES, record},
        kind::{Kind, MOST_CALL},
        semantic::{device, object, report, user},
        user_identity::{WHO, is_named},
    },
    route::Route,
    server::reply::Refusal,
};

pub(crate) const ROUTE: Route =
    Route::pipelines("/v1/track", &Shape::Any, MOST_CALL, Fallible(|call| KIND.alone(call)));

pub(crate) const KIND: Kind = Kind::new("track", SHAPE, Fallible(track)).with_semantic(&[
    &user::DELETED,
    &user::SUPPRESSED,
    &user::UNSUPPRESSED,
    &device::CREATED_OR_UPDATED,
    &device::DELETED,
    &object::RELATIONSHIP_DELETED,
    &object::DELETED,
    &report::DELIVERY_EVENT,
    &report::CONTENT_EVENT,
]);

const SHAPE: Shape = Shape::Also(
    &Shape::Joined(&[WHO, COMMON, &[("event", Must, Shape::Filled), ("groupId", May, ID), PROPERTIES]]),
    |call| {
        let is_named = is_named(call) || call.contains_key("groupId");
        if is_named { Ok(()) } else { Err("must have userId, anonymousId or groupId") }
    },
);

fn track(call: &mut Call<'_>) -> Result<(), Refusal> {
    record(call, EventType::Event, "event")
}
