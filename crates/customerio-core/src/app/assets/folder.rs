//! A folder of assets, as responses have it.

use crate::{
    AssetFolderId, Timestamp,
    entity::{entity, returned},
    page::listed,
};

entity! {
    /// A folder of assets.
    pub struct Folder: Debug {
        /// The id.
        pub id: AssetFolderId,
        /// The name.
        pub name: Option<String>,
        /// The folder that it is in, if any.
        pub parent_folder_id: Option<AssetFolderId>,
        /// When it was created.
        pub created: Option<Timestamp>,
        /// When it was last changed.
        pub updated: Option<Timestamp>,
    }
}

returned!(Folder in "folder" = r#"{"id":3,"name":"Logos"}"#);
listed!(Folder in "folders" = r#"{"id":3,"name":"Logos"}"#);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::survives_changes;

    #[test]
    fn a_folder_is_read_field_by_field() {
        let folder = json!({
            "id": 4, "name": "Logos", "parent_folder_id": 3, "created": 1_700_000_000, "updated": 1_700_000_001,
        });
        let read: Folder = serde_json::from_value(folder.clone()).unwrap();
        assert_eq!((read.id, read.parent_folder_id), (4.into(), Some(3.into())));
        assert_eq!((read.created, read.updated), (Some(1_700_000_000.into()), Some(1_700_000_001.into())));
        assert_eq!((read.name.as_deref(), read.extra.is_empty()), (Some("Logos"), true));
        survives_changes::<Folder>(&folder, &["id"]);
    }
}
