//! `POST /v1/screen`: a screen that a person or a visitor looked at; it may be without a name.

use customerio_core::track::EventType;

use crate::{
    call::{Call, Handler::Fallible},
    contract::shape::Shape,
    pipelines::{
        common::{CATEGORY, COMMON, NAME},
        event_body::{PROPERTIES, record},
        kind::{Kind, MOST_CALL},
        user_identity::{WHO, must_be_named},
    },
    route::Route,
    server::reply::Refusal,
};

pub(crate) const ROUTE: Route =
    Route::pipelines("/v1/screen", &Shape::Any, MOST_CALL, Fallible(|call| KIND.alone(call)));

pub(crate) const KIND: Kind = Kind::new("screen", SHAPE, Fallible(screen));

const SHAPE: Shape = Shape::Also(&Shape::Joined(&[WHO, COMMON, &[NAME, CATEGORY, PROPERTIES]]), must_be_named);

fn screen(call: &mut Call<'_>) -> Result<(), Refusal> {
    record(call, EventType::Screen, "name")
}
