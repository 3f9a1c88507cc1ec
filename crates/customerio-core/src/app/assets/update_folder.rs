//! `PUT /v1/assets/folders/{id}`: rename or move a folder of assets.

use http::Method;
use serde::Serialize;

use crate::{
    App, AssetFolderId, Body, BuildError, BuildErrorKind, Limits, Operation, Path,
    change::Change,
    macros::{opaque_debug, sample, setters},
    path::Part,
    text::Text,
    unseen::check_visible,
};

/// Renames or moves a folder of assets.
///
/// Fields that are not set stay unchanged.
///
/// The service refuses to move it into itself or into a folder in it.
///
/// Send it with [`Client::call`](crate::Client::call).
///
/// Limits: 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/updateAssetFolder>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::assets::UpdateFolder, limits::Limits};
///
/// let limits = Limits::default();
/// assert_eq!(
///     Prepared::new(UpdateFolder::new(4).with_folder(3), &limits)?.body(),
///     r#"{"parent_folder_id":3}"#
/// );
/// assert_eq!(
///     Prepared::new(UpdateFolder::new(4).without_folder(), &limits)?.body(),
///     r#"{"parent_folder_id":null}"#
/// );
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone, Serialize)]
#[doc(alias = "update_asset_folder")]
pub struct UpdateFolder {
    #[serde(skip)]
    id: AssetFolderId,
    name: Option<Text>,
    parent_folder_id: Option<Change<AssetFolderId>>,
}

impl UpdateFolder {
    /// Creates the operation for the folder with this number.
    #[must_use]
    pub fn new(id: impl Into<AssetFolderId>) -> Self {
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

impl Operation for UpdateFolder {
    type Api = App;
    type Output = ();
    const NAME: &'static str = "app.assets.update_folder";
    const METHOD: Method = Method::PUT;
    const ROUTE: &'static str = "/v1/assets/folders/{id}";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.id.write(path)
    }
    fn body(self, _: &Limits) -> Result<Body, BuildError> {
        self.name.as_ref().map_or(Ok(()), |name| check_visible("the folder's name", name))?;
        Change::check(self.parent_folder_id.as_ref())?;
        if matches!(self.parent_folder_id, Some(Change::Set(folder)) if folder == self.id) {
            let reason = "a folder cannot be moved into itself: name another, or use `without_folder`";
            return Err(BuildError::new("the folder's id", BuildErrorKind::Invalid(reason.into())));
        }
        Body::json(&self)
    }
}

opaque_debug!(UpdateFolder);
sample!(UpdateFolder: Self::new(4).with_name("LEAK-name").with_folder(3));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Replay,
        testing::{body, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        let update = UpdateFolder::new(4).with_name("Logos").with_folder(3);
        assert_eq!(update.replay(), Replay::Safe);
        assert_eq!(
            wire_app(update),
            "PUT https://api.customer.io/v1/assets/folders/4\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 37\n\
             \n\
             {\"name\":\"Logos\",\"parent_folder_id\":3}"
        );
        assert_eq!(body(UpdateFolder::new(4).with_name("Logos")), r#"{"name":"Logos"}"#);
        assert_eq!(body(UpdateFolder::new(4).without_folder().with_folder(3)), r#"{"parent_folder_id":3}"#);
        assert_eq!(body(UpdateFolder::new(4).with_folder(3).without_folder()), r#"{"parent_folder_id":null}"#);
    }

    #[test]
    fn what_the_service_does_not_take_is_refused() {
        for (update, expected) in [
            (UpdateFolder::new(4).with_name(""), "the folder's name is empty"),
            (UpdateFolder::new(4).with_folder(0), "the folder's id is not valid: it must be a positive number"),
            (UpdateFolder::new(0).without_folder(), "the folder's id is not valid: it must be a positive number"),
            (
                UpdateFolder::new(4).with_folder(4),
                "the folder's id is not valid: a folder cannot be moved into itself: name another, or use `without_folder`",
            ),
        ] {
            assert_eq!(refused_app(update).to_string(), expected);
        }
    }
}
