//! `GET /v1/assets/folders/{id}`: one folder of assets.

use super::Folder;
use crate::{AssetFolderId, macros::plain};

plain! {
    /// Reads a folder of assets.
    ///
    /// [`ListFiles`](super::ListFiles) and [`ListFolders`](super::ListFolders) list what is in it.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Folder`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/getAssetFolder>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::assets::GetFolder, http::Response, operation::parse};
    ///
    /// let folder = parse::<GetFolder>(Response::new(r#"{"folder":{"id":3,"name":"Logos"}}"#.into()))?;
    /// assert_eq!(folder.name.as_deref(), Some("Logos"));
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "get_asset_folder")]
    pub struct GetFolder { id: AssetFolderId = 3 }
    "app.assets.get_folder" = GET "/v1/assets/folders/{id}" -> Folder;
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
        assert_eq!(wire_app(GetFolder::new(3)), plain("GET /v1/assets/folders/3"));
        assert_eq!(
            refused_app(GetFolder::new(0)).to_string(),
            "the folder's id is not valid: it must be a positive number"
        );
    }

    #[test]
    fn the_response_has_the_folder() {
        let json = r#"{"folder":{"id":3,"name":"Logos","parent_folder_id":null}}"#;
        let folder = parse::<GetFolder>(Response::new(json.into())).unwrap();
        assert_eq!((folder.id, folder.parent_folder_id), (3.into(), None));
        for json in [r#"{"folder":{"name":"Logos"}}"#, r#"{"folder":null}"#, r#"{"id":3}"#] {
            assert!(parse::<GetFolder>(Response::new(json.into())).is_err(), "{json}");
        }
    }
}
