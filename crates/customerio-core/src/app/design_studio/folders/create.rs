//! `POST /v1/design_studio/folders`: create a folder in Design Studio.

use http::Method;
use serde::Serialize;

use super::{Folder, folder::check};
use crate::{
    App, Body, BuildError, FolderId, Limits, Operation,
    macros::{opaque_debug, sample, setters},
    path::Part as _,
    text::Text,
};

/// Creates a folder in Design Studio.
///
/// It is not retried after a lost response, because that could create a second folder of the same name.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `Folder`.
///
/// Limits: 170 characters of the name, and none of `< > : " / \ | ? * .`; 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/createFolder>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::design_studio::folders::Create, limits::Limits};
///
/// let request = Prepared::new(Create::new("Autumn"), &Limits::default())?;
/// assert_eq!(request.body(), r#"{"name":"Autumn"}"#);
///
/// let error = Prepared::new(Create::new("2026/10"), &Limits::default()).unwrap_err();
/// assert!(error.to_string().starts_with("the folder's name is not valid"));
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone, Serialize)]
#[doc(alias = "create_folder")]
pub struct Create {
    name: Text,
    parent_folder_id: Option<FolderId>,
}

impl Create {
    /// Creates a folder with this name, in no other folder.
    #[must_use]
    pub fn new(name: impl AsRef<str>) -> Self {
        Self { name: Text::new(name), parent_folder_id: None }
    }

    setters! {
        /// The folder that it goes into. Default: none.
        with_folder, parent_folder_id: into FolderId;
    }
}

impl Operation for Create {
    type Api = App;
    type Output = Folder;
    const NAME: &'static str = "app.design_studio.folders.create";
    const METHOD: Method = Method::POST;
    const ROUTE: &'static str = "/v1/design_studio/folders";

    fn body(self, _: &Limits) -> Result<Body, BuildError> {
        check(&self.name)?;
        self.parent_folder_id.as_ref().map_or(Ok(()), FolderId::check)?;
        Body::json(&self)
    }
}

opaque_debug!(Create);
sample!(Create: Self::new("LEAK-name").with_folder("LEAK-folder"));

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
        let create = Create::new("Autumn").with_folder("f-0");
        assert_eq!(create.replay(), Replay::OnlyIfNotSent);
        assert_eq!(
            wire_app(create),
            "POST https://api.customer.io/v1/design_studio/folders\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 42\n\
             \n\
             {\"name\":\"Autumn\",\"parent_folder_id\":\"f-0\"}"
        );
        assert_eq!(body(Create::new("Autumn")), r#"{"name":"Autumn"}"#);
    }

    #[test]
    fn what_the_service_does_not_take_is_refused() {
        for (create, expected) in [
            (Create::new(" "), "the folder's name has only whitespace or invisible characters"),
            (
                Create::new("v1.2"),
                r#"the folder's name is not valid: it can have none of < > : " / \ | ? * and the dot"#,
            ),
            (Create::new("a").with_folder(""), "the folder's id is empty"),
        ] {
            assert_eq!(refused_app(create).to_string(), expected);
        }
    }

    #[test]
    fn the_response_has_the_folder() {
        let json = r#"{"folder":{"id":"f-1","name":"Autumn","parent_folder_id":null}}"#;
        let folder = parse::<Create>(Response::new(json.into())).unwrap();
        assert_eq!((folder.id.as_str(), folder.parent_folder_id), ("f-1", None));
        assert!(parse::<Create>(Response::new(r#"{"folder":{}}"#.into())).is_err());
    }
}
