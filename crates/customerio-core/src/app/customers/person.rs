//! A person, as responses have them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, value::RawValue};

use crate::{
    Identifiers, Timestamp,
    entity::{entity, returned},
    fields::Fields,
    page::Listed,
};

entity! {
    /// A person, with everything that the workspace knows about them.
    pub struct Person {
        /// The identifiers.
        pub identifiers: Option<Identifiers>,
        /// The id; [`identifiers`](Self::identifiers) has it too.
        pub id: Option<String>,
        /// The attributes. The service returns all of them as text, even those sent as a number, a boolean or JSON.
        pub attributes: Map<String, Value>,
        /// When each attribute was last changed.
        pub timestamps: BTreeMap<String, Timestamp>,
        /// Whether the person wants no messages.
        pub unsubscribed: Option<bool>,
        /// The devices.
        pub devices: Vec<PersonDevice>,
    }
}

returned!(Person in "customer" = r#"{"identifiers":{"id":"42","email":null,"cio_id":"a3000001"},"attributes":{"plan":"pro"}}"#);

/// In a list each has its own field.
impl Listed for Person {
    const NAMES: &'static [&'static str] = &["customers"];
    const EXAMPLE: &'static str = r#"{"customers":[{"customer":{"id":"42","attributes":{"plan":"pro"}}}]}"#;
    #[cfg(feature = "samples")]
    const SHAPE: crate::Shape = crate::Shape::Object(&[(&["customer"], &<Self as crate::fields::Read>::SHAPE)]);

    fn read(json: &RawValue) -> Option<Self> {
        <Self as crate::fields::Read>::read(Fields::new(json)?.get("customer")?)
    }
}

entity! {
    /// A device of a person.
    pub struct PersonDevice {
        /// The token.
        pub id: String,
        /// `ios` or `android`.
        pub platform: Option<String>,
        /// When it was last used.
        pub last_used: Option<Timestamp>,
        /// The attributes, such as `device_os`.
        pub attributes: Map<String, Value>,
    }
}
