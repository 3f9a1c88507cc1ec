//! A collection, as responses have it.

use crate::{
    CollectionId, Timestamp,
    entity::{entity, returned},
    page::listed,
};

entity! {
    /// A collection, without its contents: [`Contents`](super::Contents) reads those.
    pub struct Collection: Debug {
        /// The id.
        pub id: CollectionId,
        /// The name, by which Liquid finds it.
        pub name: Option<String>,
        /// How large its contents are, in bytes.
        pub bytes: Option<u64>,
        /// How many rows it has.
        pub rows: Option<u64>,
        /// The names of the fields that its rows have. Not each row needs to have them all.
        pub schema: Vec<String>,
        /// When it was created.
        pub created_at: Option<Timestamp>,
        /// When it was last changed.
        pub updated_at: Option<Timestamp>,
    }
}

returned!(Collection in "collection" = r#"{"id":5,"name":"events","bytes":296,"rows":2,"schema":["city","name"]}"#);
listed!(Collection in "collections" = r#"{"id":5,"name":"events","bytes":296,"rows":2,"schema":["city","name"]}"#);
