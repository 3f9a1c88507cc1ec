//! `DELETE /v1/assets/files/{id}`: delete a file among the assets.

use crate::{AssetId, macros::plain};

plain! {
    /// Deletes a file among the assets.
    ///
    /// Messages that show it no longer do.
    ///
    /// Send it with [`Client::call`](crate::Client::call).
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/deleteAsset>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{Prepared, app::assets::DeleteFile, limits::Limits};
    ///
    /// let request = Prepared::new(DeleteFile::new(12), &Limits::default())?;
    /// assert_eq!((request.method().as_str(), request.path()), ("DELETE", "/v1/assets/files/12"));
    /// # Ok::<(), customerio::BuildError>(())
    /// ```
    #[doc(alias = "delete_asset")]
    pub struct DeleteFile { id: AssetId = 12 }
    "app.assets.delete_file" = DELETE "/v1/assets/files/{id}" -> ();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{plain, refused_app, wire_app};

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(DeleteFile::new(12)), plain("DELETE /v1/assets/files/12"));
        assert!(refused_app(DeleteFile::new(0)).to_string().contains("the asset's id"));
    }
}
