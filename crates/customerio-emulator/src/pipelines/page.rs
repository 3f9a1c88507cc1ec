//! `POST /v1/page`: a page that a person or a visitor looked at; it may be without a name.

use customerio_core::track::EventType;

use crate::{
    call::{Call, Handler::Fallible},
    contract::shape::{Need::May, Shape},
    pipelines::{
        common::{CATEGORY, COMMON, NAME},
        event_body::record,
        kind::{Kind, MOST_CALL},
        user_identity::{WHO, must_be_named},
    },
    route::Route,
    server::reply::Refusal,
};

pub(crate) const ROUTE: Route = Route::pipelines("/v1/page", &Shape::Any, MOST_CALL, Fallible(|call| KIND.alone(call)));

pub(crate) const KIND: Kind = Kind::new("page", SHAPE, Fallible(page));

const SHAPE: Shape = Shape::Also(
    &Shape::Joined(&[
        WHO,
        COMMON,
        &[
            NAME,
            CATEGORY,
            (
                "properties",
                May,
                Shape::Open(
                    &[
                        ("category", May, Shape::Text),
                        ("url", May, Shape::Text),
                        ("title", May, Shape::Text),
                        ("referrer", May, Shape::Text),
                        ("path", May, Shape::Text),
                        ("search", May, Shape::Text),
                    ],
                    &Shape::Any,
                ),
            ),
        ],
    ]),
    must_be_named,
);

fn page(call: &mut Call<'_>) -> Result<(), Refusal> {
    record(call, EventType::Page, "name")
}
