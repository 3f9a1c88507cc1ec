//! `DELETE /v1/design_studio/folders/{id}`: delete a folder in Design Studio.

use crate::{FolderId, macros::plain};

plain! {
    /// Deletes a folder in Design Studio.
    ///
    /// The service refuses it, with the status 409, where something depends on what is in it.
    ///
    /// Send it with [`Client::call`](crate::Client::call).
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/deleteFolder>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{Prepared, app::design_studio::folders::Delete, limits::Limits};
    ///
    /// let request =
    ///     Prepared::new(Delete::new("0d5c4d4e-6a0e-4c6c-9f7e-3a1b2c4d5e6f"), &Limits::default())?;
    /// assert_eq!(request.path(), "/v1/design_studio/folders/0d5c4d4e-6a0e-4c6c-9f7e-3a1b2c4d5e6f");
    /// # Ok::<(), customerio::BuildError>(())
    /// ```
    #[doc(alias = "delete_folder")]
    pub struct Delete { id: FolderId = "LEAK-folder" }
    "app.design_studio.folders.delete" = DELETE "/v1/design_studio/folders/{id}" -> ();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{plain, refused_app, wire_app};

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(Delete::new("f-1")), plain("DELETE /v1/design_studio/folders/f-1"));
        assert_eq!(
            refused_app(Delete::new(" ")).to_string(),
            "the folder's id has only whitespace or invisible characters"
        );
    }
}
