//! `POST /v1/data_index/events`: say what events are for.

use http::Method;
use serde::Serialize;

use super::described::{Described, check};
use crate::{
    App, Body, BuildError, Limits, Operation, Replay,
    macros::{opaque_debug, sample},
    text::Text,
};

/// Says what events of the workspace are for: people see this, and so do the vendor's tools that write segments.
///
/// Send it with [`Client::call`](crate::Client::call).
///
/// Limits: 100 events; 255 characters of each description; 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/updateEventMetadata>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::data_index::DescribeEvents, limits::Limits};
///
/// let describe = DescribeEvents::new().with_description("purchase", "Somebody bought something");
/// let request = Prepared::new(describe, &Limits::default())?;
/// assert_eq!(
///     request.body(),
///     r#"{"events":[{"name":"purchase","description":"Somebody bought something"}]}"#
/// );
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone, Default, Serialize)]
#[doc(alias = "update_event_metadata")]
pub struct DescribeEvents {
    events: Vec<Described>,
}

impl DescribeEvents {
    /// Creates an operation without descriptions.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Says what one is for. If a name is described twice, the last description counts.
    #[must_use]
    pub fn with_description(mut self, name: impl AsRef<str>, description: impl AsRef<str>) -> Self {
        Described::of(&mut self.events, name).description = Some(Text::new(description));
        self
    }
}

impl Operation for DescribeEvents {
    type Api = App;
    type Output = ();
    const NAME: &'static str = "app.data_index.describe_events";
    const METHOD: Method = Method::POST;
    const ROUTE: &'static str = "/v1/data_index/events";
    /// A second request has no further effect.
    const REPLAY: Replay = Replay::Safe;

    fn body(self, _: &Limits) -> Result<Body, BuildError> {
        check(&self.events)?;
        Body::json(&self)
    }
}

opaque_debug!(DescribeEvents);
sample!(DescribeEvents: Self::new().with_description("LEAK-name", "LEAK-description"));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{body, refused_app, wire_app};

    #[test]
    fn the_whole_request() {
        assert_eq!(
            wire_app(DescribeEvents::new().with_description("a", "b")),
            "POST https://api.customer.io/v1/data_index/events\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 43\n\
             \n\
             {\"events\":[{\"name\":\"a\",\"description\":\"b\"}]}"
        );
        let many = |count: u32| {
            let one =
                |describe: DescribeEvents, number: u32| describe.with_description(number.to_string(), "é".repeat(255));
            (0..count).fold(DescribeEvents::new(), one)
        };
        assert!(body(many(100)).len() > 50_000);
        for (describe, what) in [
            (DescribeEvents::new(), "the list of names"),
            (many(101), "the list of names"),
            (DescribeEvents::new().with_description("", "b"), "the name"),
            (DescribeEvents::new().with_description("a", "é".repeat(256)), "the description"),
        ] {
            assert!(refused_app(describe).to_string().starts_with(what), "{what}");
        }
    }
}
