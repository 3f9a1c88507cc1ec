//! Any route of the App API.

crate::raw::raw!(
    App,
    "app.raw",
    r#"```
# use customerio_core::facade as customerio;
use customerio::{Endpoint, Region, app::Raw, operation::build};

let metrics = Raw::get(["v1", "campaigns", "12", "metrics"]).with_query([("period", "days")]);
let request = build(&Endpoint::app(Region::Us, "key")?, metrics)?;
assert_eq!(request.uri(), "https://api.customer.io/v1/campaigns/12/metrics?period=days");
# Ok::<(), customerio::BuildError>(())
```"#
);
