//! `POST /api/v1/events`: what an unknown visitor did.

use customerio_core::limits;
use http::Method;

use crate::{
    call::{Call, Handler::Infallible},
    contract::{
        identifier::spelled,
        shape::{Field, Need::May, Shape},
    },
    route::Route,
    server::reply::Reply,
    track::event_body::{ANONYMOUS_ID, FROM_ADDRESS, ID, NAME, NAME_OF_PAGE, REPLY_TO, TIMESTAMP, TYPE, record},
};

pub(crate) const ROUTE: Route =
    Route::track(Method::POST, "/api/v1/events", Infallible(anonymous_event)).with_body(&BODY);

/// What a visitor did.
pub(crate) const BODY: Shape = Shape::Also(
    &Shape::When("type", "page", &Shape::Joined(&[&[NAME_OF_PAGE], REST]), &Shape::Joined(&[&[NAME], REST])),
    |event| {
        let is_invite = event.get("data").and_then(|data| data.get("recipient")).is_some();
        if event.contains_key("anonymous_id") || is_invite {
            return Ok(());
        }
        Err("needs an anonymous_id, or as an invite a data.recipient")
    },
);

/// Clients write `null` for an event without data.
const REST: &[Field] = &[
    TYPE,
    ID,
    TIMESTAMP,
    ANONYMOUS_ID,
    ("data", May, Shape::Taken(&Shape::Encoded(&DATA, limits::EVENT_DATA), &Shape::Null)),
];

const DATA: Shape = Shape::Open(&[("recipient", May, Shape::Filled), FROM_ADDRESS, REPLY_TO], &Shape::Any);

fn anonymous_event(call: &mut Call<'_>) -> Reply {
    let known = spelled(&call.body["anonymous_id"]).and_then(|id| call.state.people.of_anonymous_id(&id));
    let fields = call.take_fields();
    record(call, fields, known);
    Reply::empty()
}
