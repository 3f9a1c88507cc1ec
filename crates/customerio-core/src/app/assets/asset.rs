//! A file among the assets, as responses have it.

use crate::{
    AssetFolderId, AssetId, Timestamp,
    entity::{entity, returned},
    page::listed,
};

entity! {
    /// A file that messages show.
    pub struct Asset: Debug {
        /// The id.
        pub id: AssetId,
        /// The name.
        pub name: Option<String>,
        /// The URL of the file.
        pub path: Option<String>,
        /// The folder that it is in, if any.
        pub parent_folder_id: Option<AssetFolderId>,
        /// How many bytes it has.
        pub size: Option<u64>,
        /// When it was created.
        pub created: Option<Timestamp>,
        /// When it was last changed.
        pub updated: Option<Timestamp>,
    }
}

returned!(Asset in "asset" = r#"{"id":12,"name":"logo.png","path":"https://example.com/logo.png","size":2048}"#);
listed!(Asset in "assets" = r#"{"id":12,"name":"logo.png","path":"https://example.com/logo.png","size":2048}"#);
