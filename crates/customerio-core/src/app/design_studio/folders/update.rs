//! `PUT /v1/design_studio/folders/{id}`: rename or move a folder in Design Studio.

use http::Method;
use serde::Serialize;

use super::folder::check;
use crate::{
    App, Body, BuildError, FolderId, Limits, Operation, Path,
    app::design_studio::nodes::check_changes,
    change::Change,
    macros::{opaque_debug, sample, setters},
    path::Part,
    text::Text,
};

/// Renames or moves a folder in Design Studio.
///
/// Fields that are not set stay unchanged.
///
/// Send it with [`Client::call`](crate::Client::call).
///
/// Limits: as for [`Create`](super::Create). <https://docs.customer.io/integrations/api/app/#operation/updateFolder>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::design_studio::folders::Update, limits::Limits};
///
/// let limits = Limits::default();
/// let id = "0d5c4d4e-6a0e-4c6c-9f7e-3a1b2c4d5e6f";
/// assert_eq!(
///     Prepared::new(Update::new(id).with_name("Winter"), &limits)?.body(),
///     r#"{"name":"Winter"}"#
/// );
/// assert_eq!(
///     Prepared::new(Update::new(id).without_folder(), &limits)?.body(),
///     r#"{"parent_folder_id":null}"#
/// );
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone, Serialize)]
#[doc(alias = "update_folder")]
pub struct Update {
    #[serde(skip)]
    id: FolderId,
    name: Option<Text>,
    parent_folder_id: Option<Change<FolderId>>,
}

impl Update {
    /// Creates the operation for the folder with this id. Something must be set.
    #[must_use]
    pub fn new(id: impl Into<FolderId>) -> Self {
        Self { id: id.into(), name: None, parent_folder_id: None }
    }

    setters! {
        /// The new name.
        with_name, name: text;
        /// Moves it into this folder.
        with_folder, parent_folder_id: change FolderId;
        /// Moves it out of its folder.
        without_folder, parent_folder_id: clear;
    }
}

impl Operation for Update {
    type Api = App;
    type Output = ();
    const NAME: &'static str = "app.design_studio.folders.update";
    const METHOD: Method = Method::PUT;
    const ROUTE: &'static str = "/v1/design_studio/folders/{id}";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.id.write(path)
    }
    fn body(self, _: &Limits) -> Result<Body, BuildError> {
        check_changes(self.name.is_some() || self.parent_folder_id.is_some())?;
        self.name.as_deref().map_or(Ok(()), check)?;
        Change::check(self.parent_folder_id.as_ref())?;
        Body::json(&self)
    }
}

opaque_debug!(Update);
sample!(Update: Self::new("LEAK-id").with_name("LEAK-name").with_folder("LEAK-folder"));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Replay,
        testing::{body, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        let update = Update::new("f-1").with_name("Winter").with_folder("f-0");
        assert_eq!(update.replay(), Replay::Safe);
        assert_eq!(
            wire_app(update),
            "PUT https://api.customer.io/v1/design_studio/folders/f-1\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 42\n\
             \n\
             {\"name\":\"Winter\",\"parent_folder_id\":\"f-0\"}"
        );
    }

    #[test]
    fn a_folder_is_left_set_or_cleared() {
        assert_eq!(body(Update::new("f-1").with_name("Winter")), r#"{"name":"Winter"}"#);
        assert_eq!(body(Update::new("f-1").without_folder().with_folder("f-0")), r#"{"parent_folder_id":"f-0"}"#);
        assert_eq!(body(Update::new("f-1").with_folder("f-0").without_folder()), r#"{"parent_folder_id":null}"#);
    }

    #[test]
    fn what_the_service_does_not_take_is_refused() {
        for (update, expected) in [
            (Update::new("f-1"), "the update is not valid: it changes nothing: set what should change"),
            (Update::new("f-1").with_name(""), "the folder's name is empty"),
            (
                Update::new("f-1").with_name("a:b"),
                r#"the folder's name is not valid: it can have none of < > : " / \ | ? * and the dot"#,
            ),
            (Update::new("f-1").with_folder(""), "the folder's id is empty"),
            (Update::new("").without_folder(), "the folder's id is empty"),
        ] {
            assert_eq!(refused_app(update).to_string(), expected);
        }
    }
}
