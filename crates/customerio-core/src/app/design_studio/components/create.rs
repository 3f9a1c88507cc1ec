//! `POST /v1/design_studio/components`: create a component in Design Studio.

use http::Method;
use serde::Serialize;

use super::{Component, component::check};
use crate::{
    App, Body, BuildError, FolderId, Limits, Operation,
    macros::{opaque_debug, sample, setters},
    path::Part as _,
    text::Text,
};

/// Creates a component in Design Studio.
///
/// It is not retried after a lost response, because that could create a second component.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `Component`.
///
/// Limits: 255 characters of the name; 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/createComponent>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::design_studio::components::Create, limits::Limits};
///
/// let request =
///     Prepared::new(Create::new("Footer", "x-footer", "<p>Bye</p>"), &Limits::default())?;
/// assert_eq!(request.body(), r#"{"name":"Footer","tag":"x-footer","content":"<p>Bye</p>"}"#);
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone, Serialize)]
#[doc(alias = "create_component")]
pub struct Create {
    name: Text,
    tag: Text,
    content: String,
    parent_folder_id: Option<FolderId>,
}

impl Create {
    /// Creates a component with this name, in no folder: `content` is the HTML that replaces the tag `tag` in e-mails.
    #[must_use]
    pub fn new(name: impl AsRef<str>, tag: impl AsRef<str>, content: impl Into<String>) -> Self {
        Self { name: Text::new(name), tag: Text::new(tag), content: content.into(), parent_folder_id: None }
    }

    setters! {
        /// The folder that it goes into. Default: none.
        with_folder, parent_folder_id: into FolderId;
    }
}

impl Operation for Create {
    type Api = App;
    type Output = Component;
    const NAME: &'static str = "app.design_studio.components.create";
    const METHOD: Method = Method::POST;
    const ROUTE: &'static str = "/v1/design_studio/components";

    fn body(self, _: &Limits) -> Result<Body, BuildError> {
        check(Some(&self.name), Some(&self.tag))?;
        self.parent_folder_id.as_ref().map_or(Ok(()), FolderId::check)?;
        Body::json(&self)
    }
}

opaque_debug!(Create);
sample!(Create: Self::new("LEAK-name", "LEAK-tag", "LEAK-content").with_folder("LEAK-folder"));

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;
    use crate::{
        Replay, parse,
        testing::{body, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        let create = Create::new("Footer", "x-footer", "<p>Bye</p>").with_folder("f-0");
        assert_eq!(create.replay(), Replay::OnlyIfNotSent);
        assert_eq!(
            wire_app(create),
            "POST https://api.customer.io/v1/design_studio/components\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 82\n\
             \n\
             {\"name\":\"Footer\",\"tag\":\"x-footer\",\"content\":\"<p>Bye</p>\",\"parent_folder_id\":\"f-0\"}"
        );
        assert_eq!(body(Create::new("a", "b", "")), r#"{"name":"a","tag":"b","content":""}"#);
    }

    #[test]
    fn what_the_service_does_not_take_is_refused() {
        let long = "ü".repeat(256);
        assert!(body(Create::new(&long[2..], "b", "")).contains('ü'));
        for (create, expected) in [
            (Create::new("", "b", ""), "the component's name is empty"),
            (
                Create::new(&long, "b", ""),
                "the component's name is not valid: it has 256 characters, and the limit is 255",
            ),
            (Create::new("a", " ", ""), "the component's tag has only whitespace or invisible characters"),
            (Create::new("a", "b", "").with_folder(""), "the folder's id is empty"),
        ] {
            assert_eq!(refused_app(create).to_string(), expected);
        }
    }

    #[test]
    fn the_response_has_the_component() {
        let json = r#"{"component":{"id":"c-1","name":"Footer","tag":"x-footer","content":"<p>Bye</p>"}}"#;
        let component = parse::<Create>(Response::new(json.into())).unwrap();
        assert_eq!((component.id.as_str(), component.tag.as_deref()), ("c-1", Some("x-footer")));
        assert!(parse::<Create>(Response::new(r#"{"component":{}}"#.into())).is_err());
    }
}
