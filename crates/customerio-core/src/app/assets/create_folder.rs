//! `POST /v1/assets/folders`: create a folder of assets.

use http::Method;
use serde::Serialize;

use super::Folder;
use crate::{
    App, AssetFolderId, Body, BuildError, Limits, Operation,
    macros::{opaque_debug, sample, setters},
    text::Text,
    unseen::check_visible,
};

/// Creates a folder of assets.
///
/// The service refuses it with a 409 if the parent folder already has one of this name.
///
/// It is not retried after a lost response: the folder would exist, and the retry would be refused.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `Folder`.
///
/// Limits: 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/createAssetFolder>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::assets::CreateFolder, limits::Limits};
///
/// let request = Prepared::new(CreateFolder::new("Logos").with_folder(3), &Limits::default())?;
/// assert_eq!(request.body(), r#"{"name":"Logos","parent_folder_id":3}"#);
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone, Serialize)]
#[doc(alias = "create_asset_folder")]
pub struct CreateFolder {
    name: Text,
    parent_folder_id: Option<AssetFolderId>,
}

impl CreateFolder {
    /// Creates a folder with this name, in no other folder.
    #[must_use]
    pub fn new(name: impl AsRef<str>) -> Self {
        Self { name: Text::new(name), parent_folder_id: None }
    }

    setters! {
        /// The folder that it goes into. Default: none.
        with_folder, parent_folder_id: into AssetFolderId;
    }
}

impl Operation for CreateFolder {
    type Api = App;
    type Output = Folder;
    const NAME: &'static str = "app.assets.create_folder";
    const METHOD: Method = Method::POST;
    const ROUTE: &'static str = "/v1/assets/folders";

    fn body(self, _: &Limits) -> Result<Body, BuildError> {
        check_visible("the folder's name", &self.name)?;
        self.parent_folder_id.map_or(Ok(()), AssetFolderId::check)?;
        Body::json(&self)
    }
}

opaque_debug!(CreateFolder);
sample!(CreateFolder: Self::new("LEAK-name").with_folder(3));

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
        let create = CreateFolder::new("Logos").with_folder(3);
        assert_eq!(create.replay(), Replay::OnlyIfNotSent);
        assert_eq!(
            wire_app(create),
            "POST https://api.customer.io/v1/assets/folders\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 37\n\
             \n\
             {\"name\":\"Logos\",\"parent_folder_id\":3}"
        );
        assert_eq!(body(CreateFolder::new("Logos")), r#"{"name":"Logos"}"#);
        for (create, expected) in [
            (CreateFolder::new(" "), "the folder's name has only whitespace or invisible characters"),
            (CreateFolder::new("a").with_folder(0), "the folder's id is not valid: it must be a positive number"),
        ] {
            assert_eq!(refused_app(create).to_string(), expected);
        }
    }

    #[test]
    fn the_response_has_the_folder() {
        let json = r#"{"folder":{"id":4,"name":"Logos","parent_folder_id":3}}"#;
        let folder = parse::<CreateFolder>(Response::new(json.into())).unwrap();
        assert_eq!((folder.id, folder.parent_folder_id), (4.into(), Some(3.into())));
        assert!(parse::<CreateFolder>(Response::new(r#"{"folder":{}}"#.into())).is_err());
    }
}
