//! `POST /api/v1/customers/{person}/unsuppress`: lets a suppressed person be added again.

use http::Method;

use crate::{
    call::{Call, Handler::Fallible},
    contract::identifier::Identifier,
    route::Route,
    server::reply::{Refusal, Reply},
};

pub(crate) const ROUTE: Route =
    Route::track(Method::POST, "/api/v1/customers/{person}/unsuppress", Fallible(unsuppress));

fn unsuppress(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let identifier = Identifier::of_path(&call.segments[0])?;
    call.state.people.unsuppress(&identifier);
    Ok(Reply::empty())
}
