//! `POST /api/v1/segments/{segment}/remove_customers`: takes people out of a manual segment.

use http::Method;

use crate::{
    call::{Call, Handler::Fallible},
    route::Route,
    server::reply::{Refusal, Reply},
    store::people::People,
    track::segment_ids::{BODY, QUERY, change},
};

pub(crate) const ROUTE: Route =
    Route::track(Method::POST, "/api/v1/segments/{segment}/remove_customers", Fallible(remove_from_segment))
        .with_body(&BODY)
        .with_query(&QUERY);

fn remove_from_segment(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    change(call, People::leave_segment)
}
