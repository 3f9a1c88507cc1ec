//! `PUT /v1/snippets`: create or change a snippet.

use http::Method;
use serde::Serialize;

use super::{Snippet, snippet::Contents};
use crate::{
    App, Body, BuildError, Limits, Operation,
    macros::{opaque_debug, sample},
};

/// Creates a snippet, or changes the one with that name.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `Snippet`.
///
/// Limits: a name of 150 characters; the length of the text depends on the workspace, by default 16,000 characters; 10
/// requests a second for the workspace. <https://docs.customer.io/integrations/api/app/#operation/updateSnippets>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::snippets::Update, limits::Limits};
///
/// let request = Prepared::new(Update::new("address", "1 Main St"), &Limits::default())?;
/// assert_eq!(request.body(), r#"{"name":"address","value":"1 Main St"}"#);
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone, Serialize)]
#[serde(transparent)]
#[doc(alias = "update_snippet")]
pub struct Update(Contents);

impl Update {
    /// Creates the operation for the snippet with this name and this text, which can have Liquid.
    #[must_use]
    pub fn new(name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        Self(Contents::new(name, value))
    }
}

impl Operation for Update {
    type Api = App;
    type Output = Snippet;
    const NAME: &'static str = "app.snippets.update";
    const METHOD: Method = Method::PUT;
    const ROUTE: &'static str = "/v1/snippets";

    fn body(self, _: &Limits) -> Result<Body, BuildError> {
        self.0.check()?;
        Body::json(&self)
    }
}

opaque_debug!(Update);
sample!(Update: Self::new("LEAK-name", "LEAK-value"));

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;
    use crate::{
        Replay, parse,
        testing::{refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(
            wire_app(Update::new("address", "1 Main St")),
            "PUT https://api.customer.io/v1/snippets\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 38\n\
             \n\
             {\"name\":\"address\",\"value\":\"1 Main St\"}"
        );
        assert_eq!(Update::new("a", "b").replay(), Replay::Safe);
        assert!(wire_app(Update::new("é".repeat(150), "b")).ends_with(r#","value":"b"}"#));
        for (name, value, what) in [
            (" ", "b", "the snippet's name"),
            ("a", "", "the snippet's value"),
            (&*"é".repeat(151), "b", "the snippet's name"),
        ] {
            assert!(refused_app(Update::new(name, value)).to_string().starts_with(what), "{what}");
        }
    }

    #[test]
    fn the_response_has_the_snippet() {
        let json = r#"{"snippet":{"name":"address","value":"1 Main St"}}"#;
        assert_eq!(parse::<Update>(Response::new(json.into())).unwrap().name, "address");
    }
}
