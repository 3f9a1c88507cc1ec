//! `DELETE /api/v1/customers/{person}/devices/{device}`: takes a device from a person.

use http::Method;

use crate::{
    call::{Call, Handler::Fallible},
    contract::identifier::Identifier,
    route::Route,
    server::reply::{Refusal, Reply},
};

pub(crate) const ROUTE: Route =
    Route::track(Method::DELETE, "/api/v1/customers/{person}/devices/{device}", Fallible(delete_device));

fn delete_device(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let identifier = Identifier::of_path(&call.segments[0])?;
    if let Some(cio_id) = call.state.people.find(&identifier) {
        call.state.people.remove_device(&cio_id, &call.segments[1]);
    }
    Ok(Reply::empty())
}
