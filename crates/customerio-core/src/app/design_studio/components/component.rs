//! A component in Design Studio, as responses have it, and what it can be called.

use crate::{
    BuildError, ComponentId, FolderId, Timestamp,
    app::design_studio::nodes::check_name,
    entity::{entity, returned},
    page::listed,
    unseen::check_visible,
};

entity! {
    /// A piece of HTML that e-mails in Design Studio have as a tag.
    pub struct Component: Debug {
        /// The id.
        pub id: ComponentId,
        /// The name.
        pub name: Option<String>,
        /// The name of the tag that it replaces in e-mails.
        pub tag: Option<String>,
        /// The folder that it is in, if any.
        pub parent_folder_id: Option<FolderId>,
        /// When it was created.
        pub created: Option<Timestamp>,
        /// When it was last changed.
        pub updated: Option<Timestamp>,
        /// The HTML. Lists do not have it: [`Get`](super::Get) does.
        pub content: Option<String>,
    }
}

returned!(Component in "component" = r#"{"id":"1f6b1f0e-2b7a-4a55-8a53-0f4f6e1d2c3b","name":"Footer","tag":"x-footer"}"#);
listed!(Component in "components" = r#"{"id":"1f6b1f0e-2b7a-4a55-8a53-0f4f6e1d2c3b","name":"Footer","tag":"x-footer"}"#);

/// Refuses a name or a tag that the service does.
pub(super) fn check(name: Option<&str>, tag: Option<&str>) -> Result<(), BuildError> {
    name.map_or(Ok(()), |name| check_name("the component's name", name, 255))?;
    tag.map_or(Ok(()), |tag| check_visible("the component's tag", tag))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::survives_changes;

    #[test]
    fn a_component_is_read_field_by_field() {
        let component = json!({
            "id": "c-1", "name": "Footer", "tag": "x-footer", "parent_folder_id": "f-0", "content": "<p>Bye</p>",
            "created": 1_700_000_000, "updated": 1_700_000_001,
        });
        let read: Component = serde_json::from_value(component.clone()).unwrap();
        assert_eq!((read.id, read.parent_folder_id), ("c-1".into(), Some("f-0".into())));
        assert_eq!((read.name.as_deref(), read.tag.as_deref()), (Some("Footer"), Some("x-footer")));
        assert_eq!((read.created, read.updated), (Some(1_700_000_000.into()), Some(1_700_000_001.into())));
        assert_eq!((read.content.as_deref(), read.extra.is_empty()), (Some("<p>Bye</p>"), true));
        survives_changes::<Component>(&component, &["id"]);
    }
}
