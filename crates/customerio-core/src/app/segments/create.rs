//! `POST /v1/segments`: create a manual segment.

use http::Method;
use serde::Serialize;

use crate::{
    App, Body, BuildError, Limits, Operation,
    app::segments::Segment,
    macros::{opaque_debug, sample, setters},
    text::Text,
    unseen::check_visible,
};

/// Creates a manual segment, without people yet: [`AddToSegment`](crate::track::AddToSegment) adds them.
///
/// It is not retried after a lost response, because that would create a second segment of the same name.
/// [`Client::find_or_create_segment`](crate::Client::find_or_create_segment) looks for one of that name first.
///
/// Limits: 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/createManSegment>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::segments::Create, limits::Limits};
///
/// let request =
///     Prepared::new(Create::new("VIPs").with_description("They buy a lot"), &Limits::default())?;
/// assert_eq!(request.body(), r#"{"segment":{"name":"VIPs","description":"They buy a lot"}}"#);
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone, Serialize)]
#[doc(alias = "create_segment")]
pub struct Create {
    segment: NewSegment,
}

#[derive(Clone, Serialize)]
struct NewSegment {
    name: Text,
    description: Option<Text>,
}

impl Create {
    /// Creates a segment with this name.
    #[must_use]
    pub fn new(name: impl AsRef<str>) -> Self {
        Self { segment: NewSegment { name: Text::new(name), description: None } }
    }

    setters! {
        /// Sets the description.
        with_description, segment.description: text;
    }

    pub(super) fn name(&self) -> &str {
        &self.segment.name
    }
}

impl Operation for Create {
    type Api = App;
    type Output = Segment;
    const NAME: &'static str = "app.segments.create";
    const METHOD: Method = Method::POST;
    const ROUTE: &'static str = "/v1/segments";

    fn body(self, _: &Limits) -> Result<Body, BuildError> {
        check_visible("the segment's name", &self.segment.name)?;
        Body::json(&self)
    }
}

opaque_debug!(Create);

sample!(Create: Self::new("LEAK-name").with_description("LEAK-description"));

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;
    use crate::{
        parse,
        testing::{body, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(
            wire_app(Create::new("VIPs").with_description("They buy a lot")),
            "POST https://api.customer.io/v1/segments\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 58\n\
             \n\
             {\"segment\":{\"name\":\"VIPs\",\"description\":\"They buy a lot\"}}"
        );
        assert_eq!(body(Create::new("VIPs")), r#"{"segment":{"name":"VIPs"}}"#);
        assert_eq!(
            refused_app(Create::new(" ")).to_string(),
            "the segment's name has only whitespace or invisible characters"
        );
    }

    #[test]
    fn the_response_has_the_segment() {
        let json = r#"{"segment":{"id":7,"name":"VIPs","state":"finished","tags":null}}"#;
        let segment = parse::<Create>(Response::new(json.into())).unwrap();
        assert_eq!((segment.id, segment.name.as_deref()), (7.into(), Some("VIPs")));
        assert_eq!(segment.extra["tags"], serde_json::Value::Null);
        assert!(parse::<Create>(Response::new("{}".into())).is_err());
    }
}
