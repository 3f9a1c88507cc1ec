//! `DELETE /v1/assets/folders/{id}`: delete a folder of assets.

use crate::{AssetFolderId, macros::plain};

plain! {
    /// Deletes a folder of assets.
    ///
    /// Send it with [`Client::call`](crate::Client::call).
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/deleteAssetFolder>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{Prepared, app::assets::DeleteFolder, limits::Limits};
    ///
    /// let request = Prepared::new(DeleteFolder::new(3), &Limits::default())?;
    /// assert_eq!((request.method().as_str(), request.path()), ("DELETE", "/v1/assets/folders/3"));
    /// # Ok::<(), customerio::BuildError>(())
    /// ```
    #[doc(alias = "delete_asset_folder")]
    pub struct DeleteFolder { id: AssetFolderId = 3 }
    "app.assets.delete_folder" = DELETE "/v1/assets/folders/{id}" -> ();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{plain, refused_app, wire_app};

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(DeleteFolder::new(3)), plain("DELETE /v1/assets/folders/3"));
        assert_eq!(
            refused_app(DeleteFolder::new(0)).to_string(),
            "the folder's id is not valid: it must be a positive number"
        );
    }
}
