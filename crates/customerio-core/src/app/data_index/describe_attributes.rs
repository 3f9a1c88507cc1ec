//! `POST /v1/data_index/attributes`: say what attributes are for.

use http::Method;
use serde::Serialize;

use super::described::{Described, check};
use crate::{
    App, Body, BuildError, Limits, Operation, Replay,
    macros::{opaque_debug, sample},
    text::Text,
};

/// Says what attributes of the workspace are for, and which are sensitive: people see this, and so do the vendor's
/// tools that write segments.
///
/// Send it with [`Client::call`](crate::Client::call).
///
/// Limits: 100 attributes; 255 characters of each description; 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/updateAttributeMetadata>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::data_index::DescribeAttributes, limits::Limits};
///
/// let describe = DescribeAttributes::new()
///     .with_description("last_active", "Last click")
///     .with_sensitive("last_active", true);
/// let request = Prepared::new(describe, &Limits::default())?;
/// assert_eq!(
///     request.body(),
///     r#"{"attributes":[{"name":"last_active","description":"Last click","privacy_level":1}]}"#
/// );
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone, Default, Serialize)]
#[doc(alias = "update_attribute_metadata")]
pub struct DescribeAttributes {
    attributes: Vec<Described>,
}

impl DescribeAttributes {
    /// Creates an operation without descriptions.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Says what one is for. If a name is described twice, the last description counts.
    #[must_use]
    pub fn with_description(mut self, name: impl AsRef<str>, description: impl AsRef<str>) -> Self {
        Described::of(&mut self.attributes, name).description = Some(Text::new(description));
        self
    }

    /// Whether only those who may see sensitive data see its values. In Premium plans.
    #[must_use]
    pub fn with_sensitive(mut self, name: impl AsRef<str>, is_sensitive: bool) -> Self {
        Described::of(&mut self.attributes, name).privacy_level = Some(u8::from(is_sensitive));
        self
    }
}

impl Operation for DescribeAttributes {
    type Api = App;
    type Output = ();
    const NAME: &'static str = "app.data_index.describe_attributes";
    const METHOD: Method = Method::POST;
    const ROUTE: &'static str = "/v1/data_index/attributes";
    /// A second request has no further effect.
    const REPLAY: Replay = Replay::Safe;

    fn body(self, _: &Limits) -> Result<Body, BuildError> {
        check(&self.attributes)?;
        Body::json(&self)
    }
}

opaque_debug!(DescribeAttributes);
sample!(DescribeAttributes: Self::new().with_description("LEAK-name", "LEAK-description").with_sensitive("LEAK-name", true));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{body, refused_app, wire_app};

    #[test]
    fn the_whole_request() {
        assert_eq!(
            wire_app(DescribeAttributes::new().with_description("a", "b")),
            "POST https://api.customer.io/v1/data_index/attributes\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 47\n\
             \n\
             {\"attributes\":[{\"name\":\"a\",\"description\":\"b\"}]}"
        );
        let many = |count: u32| {
            let one = |describe: DescribeAttributes, number: u32| {
                describe.with_description(number.to_string(), "é".repeat(255))
            };
            (0..count).fold(DescribeAttributes::new(), one)
        };
        assert!(body(many(100)).len() > 50_000);
        for (describe, what) in [
            (DescribeAttributes::new(), "the list of names"),
            (many(101), "the list of names"),
            (DescribeAttributes::new().with_description("", "b"), "the name"),
            (DescribeAttributes::new().with_description("a", "é".repeat(256)), "the description"),
        ] {
            assert!(refused_app(describe).to_string().starts_with(what), "{what}");
        }
    }

    #[test]
    fn each_name_is_there_once() {
        let describe =
            DescribeAttributes::new().with_sensitive("a", false).with_description("b", "c").with_description("a", "d");
        assert_eq!(
            body(describe),
            r#"{"attributes":[{"name":"a","description":"d","privacy_level":0},{"name":"b","description":"c"}]}"#
        );
    }
}
