//! `PUT /v1/assets/files/{id}`: rename or move a file among the assets.

use http::Method;
use serde::Serialize;

use crate::{
    App, AssetFolderId, AssetId, Body, BuildError, Limits, Operation, Path,
    change::Change,
    macros::{opaque_debug, sample, setters},
    path::Part,
    text::Text,
    unseen::check_visible,
};

/// Renames or moves a file among the assets.
///
/// Fields that are not set stay unchanged.
///
/// Send it with [`Client::call`](crate::Client::call).
///
/// Limits: 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/updateAsset>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::assets::UpdateFile, limits::Limits};
///
/// let limits = Limits::default();
/// assert_eq!(
///     Prepared::new(UpdateFile::new(12).with_folder(3), &limits)?.body(),
///     r#"{"parent_folder_id":3}"#
/// );
/// assert_eq!(
///     Prepared::new(UpdateFile::new(12).without_folder(), &limits)?.body(),
///     r#"{"parent_folder_id":null}"#
/// );
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone, Serialize)]
#[doc(alias = "update_asset")]
pub struct UpdateFile {
    #[serde(skip)]
    id: AssetId,
    name: Option<Text>,
    parent_folder_id: Option<Change<AssetFolderId>>,
}

impl UpdateFile {
    /// Creates the operation for the file with this number.
    #[must_use]
    pub fn new(id: impl Into<AssetId>) -> Self {
        Self { id: id.into(), name: None, parent_folder_id: None }
    }

    setters! {
        /// The new name.
        with_name, name: text;
        /// Moves it into this folder.
        with_folder, parent_folder_id: change AssetFolderId;
        /// Moves it out of its folder.
        without_folder, parent_folder_id: clear;
    }
}

impl Operation for UpdateFile {
    type Api = App;
    type Output = ();
    const NAME: &'static str = "app.assets.update_file";
    const METHOD: Method = Method::PUT;
    const ROUTE: &'static str = "/v1/assets/files/{id}";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.id.write(path)
    }
    fn body(self, _: &Limits) -> Result<Body, BuildError> {
        self.name.as_ref().map_or(Ok(()), |name| check_visible("the asset's name", name))?;
        Change::check(self.parent_folder_id.as_ref())?;
        Body::json(&self)
    }
}

opaque_debug!(UpdateFile);
sample!(UpdateFile: Self::new(12).with_name("LEAK-name").without_folder());

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{body, refused_app, wire_app};

    #[test]
    fn the_whole_request() {
        assert_eq!(
            wire_app(UpdateFile::new(12).with_name("logo.png").with_folder(3)),
            "PUT https://api.customer.io/v1/assets/files/12\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 40\n\
             \n\
             {\"name\":\"logo.png\",\"parent_folder_id\":3}"
        );
        assert_eq!(body(UpdateFile::new(12)), "{}");
        assert_eq!(body(UpdateFile::new(12).with_folder(3).without_folder()), r#"{"parent_folder_id":null}"#);
        for (update, what) in [
            (UpdateFile::new(12).with_name(" "), "the asset's name"),
            (UpdateFile::new(12).with_folder(0), "the folder's id"),
            (UpdateFile::new(0), "the asset's id"),
        ] {
            assert!(refused_app(update).to_string().starts_with(what), "{what}");
        }
    }
}
