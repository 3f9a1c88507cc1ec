//! `PUT /v1/design_studio/components/{id}`: change a component in Design Studio.

use http::Method;
use serde::Serialize;

use super::component::check;
use crate::{
    App, Body, BuildError, ComponentId, FolderId, Limits, Operation, Path,
    app::design_studio::nodes::check_changes,
    change::Change,
    macros::{opaque_debug, sample, setters},
    path::Part,
    text::Text,
};

/// Changes a component in Design Studio.
///
/// Fields that are not set stay unchanged.
///
/// Send it with [`Client::call`](crate::Client::call).
///
/// Limits: as for [`Create`](super::Create). <https://docs.customer.io/integrations/api/app/#operation/updateComponent>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::design_studio::components::Update, limits::Limits};
///
/// let limits = Limits::default();
/// let id = "1f6b1f0e-2b7a-4a55-8a53-0f4f6e1d2c3b";
/// assert_eq!(
///     Prepared::new(Update::new(id).with_content("<p>Hi</p>"), &limits)?.body(),
///     r#"{"content":"<p>Hi</p>"}"#
/// );
/// assert_eq!(
///     Prepared::new(Update::new(id).without_folder(), &limits)?.body(),
///     r#"{"parent_folder_id":null}"#
/// );
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone, Serialize)]
#[doc(alias = "update_component")]
pub struct Update {
    #[serde(skip)]
    id: ComponentId,
    name: Option<Text>,
    tag: Option<Text>,
    content: Option<String>,
    parent_folder_id: Option<Change<FolderId>>,
}

impl Update {
    /// Creates the operation for the component with this id. Something must be set.
    #[must_use]
    pub fn new(id: impl Into<ComponentId>) -> Self {
        Self { id: id.into(), name: None, tag: None, content: None, parent_folder_id: None }
    }

    setters! {
        /// The new name.
        with_name, name: text;
        /// The new name of its tag.
        with_tag, tag: text;
        /// The new HTML.
        with_content, content: into String;
        /// Moves it into this folder.
        with_folder, parent_folder_id: change FolderId;
        /// Moves it out of its folder.
        without_folder, parent_folder_id: clear;
    }

    fn changes(&self) -> bool {
        let Self { id: _, name, tag, content, parent_folder_id } = self;
        name.is_some() || tag.is_some() || content.is_some() || parent_folder_id.is_some()
    }
}

impl Operation for Update {
    type Api = App;
    type Output = ();
    const NAME: &'static str = "app.design_studio.components.update";
    const METHOD: Method = Method::PUT;
    const ROUTE: &'static str = "/v1/design_studio/components/{id}";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.id.write(path)
    }
    fn body(self, _: &Limits) -> Result<Body, BuildError> {
        check_changes(self.changes())?;
        check(self.name.as_deref(), self.tag.as_deref())?;
        Change::check(self.parent_folder_id.as_ref())?;
        Body::json(&self)
    }
}

opaque_debug!(Update);
sample!(Update: Self::new("LEAK-id")
    .with_name("LEAK-name")
    .with_tag("LEAK-tag")
    .with_content("LEAK-content")
    .with_folder("LEAK-folder"));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Replay,
        testing::{body, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        let update =
            Update::new("c-1").with_name("Footer").with_tag("x-f").with_content("<p>Hi</p>").with_folder("f-0");
        assert_eq!(update.replay(), Replay::Safe);
        assert_eq!(
            wire_app(update),
            "PUT https://api.customer.io/v1/design_studio/components/c-1\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 76\n\
             \n\
             {\"name\":\"Footer\",\"tag\":\"x-f\",\"content\":\"<p>Hi</p>\",\"parent_folder_id\":\"f-0\"}"
        );
    }

    #[test]
    fn each_field_is_left_or_set_and_the_folder_is_cleared() {
        for (update, expected) in [
            (Update::new("c-1").with_name("a"), r#"{"name":"a"}"#),
            (Update::new("c-1").with_tag("a"), r#"{"tag":"a"}"#),
            (Update::new("c-1").with_content(""), r#"{"content":""}"#),
            (Update::new("c-1").without_folder().with_folder("f-0"), r#"{"parent_folder_id":"f-0"}"#),
            (Update::new("c-1").with_folder("f-0").without_folder(), r#"{"parent_folder_id":null}"#),
        ] {
            assert_eq!(body(update), expected);
        }
    }

    #[test]
    fn what_the_service_does_not_take_is_refused() {
        for (update, expected) in [
            (Update::new("c-1"), "the update is not valid: it changes nothing: set what should change"),
            (Update::new("c-1").with_name(""), "the component's name is empty"),
            (Update::new("c-1").with_tag(""), "the component's tag is empty"),
            (Update::new("c-1").with_folder(""), "the folder's id is empty"),
            (Update::new("").with_name("a"), "the component's id is empty"),
        ] {
            assert_eq!(refused_app(update).to_string(), expected);
        }
    }
}
