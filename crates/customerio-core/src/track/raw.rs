//! Any route of the Track API.

crate::raw::raw!(
    Track,
    "track.raw",
    r#"```
# use customerio_core::facade as customerio;
use customerio::{Endpoint, Region, operation::build, track::Raw};

let request = build(&Endpoint::track(Region::Us, "site", "key")?, Raw::get(["api", "v1", "new"]))?;
assert_eq!(request.uri(), "https://track.customer.io/api/v1/new");
# Ok::<(), customerio::BuildError>(())
```"#
);
