//! `/v1/workspaces` and `/v1/info`: the workspace, and where the service's own requests come from.

use std::collections::BTreeSet;

use http::Method;
use serde_json::json;

use crate::{
    call::{Call, Handler::Infallible},
    route::Route,
    server::reply::Reply,
};

pub(crate) const ROUTES: &[Route] = &[
    Route::app_read(Method::GET, "/v1/workspaces", Infallible(list)),
    // A firewall is set up before there are keys.
    Route::app_read(Method::GET, "/v1/info/ip_addresses", Infallible(ip_addresses)).open(),
];

fn list(call: &mut Call<'_>) -> Reply {
    let state = &*call.state;
    let types: BTreeSet<_> = state.objects.all().map(|object| &object.type_id).collect();
    let workspace = json!({
        "id": call.config.workspace_id,
        "name": "emulated",
        "messages_sent": state.deliveries,
        "billable_messages_sent": state.deliveries,
        "people": state.people.count(),
        "object_types": types.len(),
        "objects": state.objects.len(),
    });
    Reply::json(json!({ "workspaces": [workspace] }))
}

/// The emulator's requests come from this machine.
fn ip_addresses(_: &mut Call<'_>) -> Reply {
    Reply::json(json!({ "ip_addresses": ["127.0.0.1"] }))
}

#[cfg(test)]
mod tests {
    use http::Request;
    use serde_json::Value;

    use super::*;
    use crate::testing::{accept, call, emulator};

    #[test]
    fn there_is_one_workspace_with_what_is_in_it() {
        let emulator = emulator();
        accept(&emulator, "PUT /api/v1/customers/1", &json!({}));
        let (_, found) = call(&emulator, "GET /v1/workspaces", &Value::Null);
        let workspaces = found["workspaces"].as_array().unwrap();
        assert_eq!((workspaces.len(), &workspaces[0]["people"]), (1, &json!(1)));
    }

    #[test]
    fn addresses_are_told_to_those_who_have_no_key_yet() {
        let request = Request::get("http://localhost/v1/info/ip_addresses").body(bytes::Bytes::new()).unwrap();
        assert_eq!(emulator().handle(&request).status(), 200);
    }
}
