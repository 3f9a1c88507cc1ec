//! `GET /v1/design_studio/folders/{id}`: one folder in Design Studio.

use super::Folder;
use crate::{FolderId, macros::plain};

plain! {
    /// Reads a folder in Design Studio.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Folder`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/getFolder>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::design_studio::folders::Get, http::Response, operation::parse};
    ///
    /// let json = r#"{"folder":{"id":"0d5c4d4e-6a0e-4c6c-9f7e-3a1b2c4d5e6f","name":"Autumn"}}"#;
    /// let folder = parse::<Get>(Response::new(json.into()))?;
    /// assert_eq!(folder.name.as_deref(), Some("Autumn"));
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "get_folder")]
    pub struct Get { id: FolderId = "LEAK-folder" }
    "app.design_studio.folders.get" = GET "/v1/design_studio/folders/{id}" -> Folder;
}

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;
    use crate::{
        parse,
        testing::{plain, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(Get::new("f-1")), plain("GET /v1/design_studio/folders/f-1"));
        assert_eq!(refused_app(Get::new("")).to_string(), "the folder's id is empty");
    }

    #[test]
    fn the_response_has_the_folder() {
        let json = r#"{"folder":{"id":"f-1","name":"Autumn"}}"#;
        assert_eq!(parse::<Get>(Response::new(json.into())).unwrap().id, "f-1".into());
        for json in [r#"{"folder":{"name":"Autumn"}}"#, r#"{"folder":null}"#, r#"{"id":"f-1"}"#] {
            assert!(parse::<Get>(Response::new(json.into())).is_err(), "{json}");
        }
    }
}
