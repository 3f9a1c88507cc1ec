//! `POST /api/v1/segments/{segment}/add_customers`: puts people into a manual segment.

use http::Method;

use crate::{
    call::{Call, Handler::Fallible},
    route::Route,
    server::reply::{Refusal, Reply},
    store::people::People,
    track::segment_ids::{BODY, QUERY, change},
};

pub(crate) const ROUTE: Route =
    Route::track(Method::POST, "/api/v1/segments/{segment}/add_customers", Fallible(add_to_segment))
        .with_body(&BODY)
        .with_query(&QUERY);

fn add_to_segment(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    change(call, People::enter_segment)
}
