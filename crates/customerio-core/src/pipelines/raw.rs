//! Any route of the Pipelines API.

crate::raw::raw!(
    Pipelines,
    "pipelines.raw",
    r#"```
# use customerio_core::facade as customerio;
use customerio::{Endpoint, Region, operation::build, pipelines::Raw};
use serde_json::json;

let request = build(&Endpoint::pipelines(Region::Us, "key")?, Raw::post(["v1", "new"], json!({"userId": "42"})))?;
assert_eq!(request.uri(), "https://cdp.customer.io/v1/new");
# Ok::<(), customerio::BuildError>(())
```"#
);
