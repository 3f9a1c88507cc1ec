//! `POST /api/v1/customers/{person}/events`: what a person did.

use customerio_core::limits;
use http::Method;

use crate::{
    call::{Call, Handler::Fallible},
    contract::{
        identifier::Identifier,
        shape::{Field, Need::May, Shape},
    },
    route::Route,
    server::reply::{Refusal, Reply},
    track::event_body::{ANONYMOUS_ID, DATA, ID, NAME, NAME_OF_PAGE, TIMESTAMP, TYPE, record},
};

pub(crate) const ROUTE: Route =
    Route::track(Method::POST, "/api/v1/customers/{person}/events", Fallible(event)).with_body(&BODY);

/// What a person did.
pub(crate) const BODY: Shape =
    Shape::When("type", "page", &Shape::Joined(&[&[NAME_OF_PAGE], REST]), &Shape::Joined(&[&[NAME], REST]));

/// Clients write `null` for an event without data.
const REST: &[Field] = &[
    TYPE,
    ID,
    TIMESTAMP,
    ANONYMOUS_ID,
    ("data", May, Shape::Taken(&Shape::Encoded(&DATA, limits::EVENT_DATA), &Shape::Null)),
];

fn event(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let identifier = Identifier::of_path(&call.segments[0])?;
    let now = call.now();
    if let Some(cio_id) = call.state.people.obtain(&identifier, now)? {
        let fields = call.take_fields();
        record(call, fields, Some(cio_id));
    }
    Ok(Reply::empty())
}
