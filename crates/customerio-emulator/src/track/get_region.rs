//! `GET /api/v1/accounts/region`: where the workspace is.

use customerio_core::{Api as _, Track};
use http::Method;
use serde_json::json;

use crate::{
    call::{Call, Handler::Infallible},
    route::Route,
    server::reply::Reply,
};

pub(crate) const ROUTE: Route = Route::track(Method::GET, "/api/v1/accounts/region", Infallible(get_region));

fn get_region(call: &mut Call<'_>) -> Reply {
    let region = call.config.region;
    Reply::json(json!({
        "url": format!("https://{}", Track::host(region)),
        "region": region.as_str(),
        "environment_id": call.config.workspace_id,
    }))
}

#[cfg(test)]
mod tests {
    use customerio_core::Region;
    use serde_json::Value;

    use super::*;
    use crate::{Emulator, testing::call};

    #[test]
    fn the_region_is_the_one_that_was_set() {
        for (region, url, name) in
            [(Region::Us, "https://track.customer.io", "us"), (Region::Eu, "https://track-eu.customer.io", "eu")]
        {
            let emulator = Emulator::builder().with_region(region).with_workspace_id(3).build();
            let expected = json!({"url": url, "region": name, "environment_id": 3});
            assert_eq!(call(&emulator, "GET /api/v1/accounts/region", &Value::Null), (200, expected));
        }
    }
}
