//! An object, as responses have it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::{
    ObjectTypeId, Timestamp,
    app::customers::ObjectIdentifiers,
    entity::{entity, returned},
};

entity! {
    /// An object, with everything that the workspace knows about it.
    pub struct Object {
        /// The number of its type.
        pub object_type_id: Option<ObjectTypeId>,
        /// The identifiers.
        pub identifiers: Option<ObjectIdentifiers>,
        /// The attributes.
        pub attributes: Map<String, Value>,
        /// When each attribute was last changed.
        pub timestamps: BTreeMap<String, Timestamp>,
    }
}

returned!(
    Object in "object" =
        r#"{"object_type_id":"1","identifiers":{"object_id":"acme","cio_object_id":"ob01"},"attributes":{"name":"Acme"}}"#
);
