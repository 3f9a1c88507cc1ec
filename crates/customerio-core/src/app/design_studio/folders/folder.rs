//! A folder in Design Studio, as responses have it, and what it can be called.

use serde::Deserialize as _;
use serde_json::{Map, Value};

use crate::{
    BuildError, BuildErrorKind, FolderId, Timestamp,
    app::design_studio::checks::check_name,
    entity::{entity, returned},
    page::listed,
};

entity! {
    /// A folder in Design Studio.
    pub struct Folder: Debug {
        /// The id.
        pub id: FolderId,
        /// The name.
        pub name: Option<String>,
        /// The folder that it is in, if any.
        pub parent_folder_id: Option<FolderId>,
        /// When it was created.
        pub created: Option<Timestamp>,
        /// When it was last changed.
        pub updated: Option<Timestamp>,
    }
}

returned!(Folder in "folder" = r#"{"id":"0d5c4d4e-6a0e-4c6c-9f7e-3a1b2c4d5e6f","name":"Autumn"}"#);
listed!(Folder in "folders" = r#"{"id":"0d5c4d4e-6a0e-4c6c-9f7e-3a1b2c4d5e6f","name":"Autumn"}"#);

/// The folders that a response lists beside something else, of which `extra` is what else it has.
pub(in crate::app::design_studio) fn read_all(extra: &Map<String, Value>) -> Vec<Folder> {
    let folders = extra.get("folders").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    folders.iter().filter_map(|folder| Folder::deserialize(folder).ok()).collect()
}

/// Refuses a name that the service does.
pub(super) fn check(name: &str) -> Result<(), BuildError> {
    check_name("the folder's name", name, 170)?;
    if name.contains(['<', '>', ':', '"', '/', '\\', '|', '?', '*', '.']) {
        let reason = r#"it can have none of < > : " / \ | ? * and the dot"#;
        return Err(BuildError::new("the folder's name", BuildErrorKind::Invalid(reason.into())));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::survives_changes;

    #[test]
    fn a_folder_is_read_field_by_field() {
        let folder = json!({
            "id": "f-1", "name": "Autumn", "parent_folder_id": "f-0", "created": 1_700_000_000, "updated": 1_700_000_001,
        });
        let read: Folder = serde_json::from_value(folder.clone()).unwrap();
        assert_eq!((read.id, read.parent_folder_id), ("f-1".into(), Some("f-0".into())));
        assert_eq!((read.created, read.updated), (Some(1_700_000_000.into()), Some(1_700_000_001.into())));
        assert_eq!((read.name.as_deref(), read.extra.is_empty()), (Some("Autumn"), true));
        survives_changes::<Folder>(&folder, &["id"]);
    }

    #[test]
    fn folders_beside_something_else_are_those_that_can_be_read() {
        let read = |json: Value| read_all(json.as_object().unwrap()).len();
        assert_eq!(read(json!({"folders": [{"id": "f-1"}, {"name": "no id"}, 7, {"id": "f-2"}]})), 2);
        for json in [json!({}), json!({"folders": null}), json!({"folders": {"id": "f-1"}})] {
            assert_eq!(read(json), 0);
        }
    }

    #[test]
    fn a_name_has_no_characters_that_paths_have() {
        assert_eq!(check("Herbst 2026 & Söhne"), Ok(()));
        for character in r#"<>:"/\|?*."#.chars() {
            let error = check(&format!("a{character}b")).unwrap_err().to_string();
            assert_eq!(error, r#"the folder's name is not valid: it can have none of < > : " / \ | ? * and the dot"#);
        }
        assert_eq!(check(&"ü".repeat(170)), Ok(()));
        let error = check(&"u".repeat(171)).unwrap_err().to_string();
        assert_eq!(error, "the folder's name is not valid: it has 171 characters, and the limit is 170");
    }
}
