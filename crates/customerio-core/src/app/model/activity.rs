//! What a person did, or what was done to them.

use serde_json::Value;

use crate::{DeliveryId, Identifiers, Timestamp, app::Channel, entity::entity, page::listed};

entity! {
    /// An activity of a person: an event, a change of an attribute, a message.
    pub struct Activity {
        /// The id.
        pub id: String,
        /// The type, such as `event`, `attribute_change` or `delivered_email`: the vendor has over a hundred types, and
        /// adds more.
        pub kind: Option<String> = "type",
        /// The name of the event, or of the page.
        pub name: Option<String>,
        /// The URL of the page.
        pub url: Option<String>,
        /// When it was.
        pub timestamp: Option<Timestamp>,
        /// The person.
        pub customer_identifiers: Option<Identifiers>,
        /// The person's id; [`customer_identifiers`](Self::customer_identifiers) has it too.
        pub customer_id: Option<String>,
        /// The message that it is about.
        pub delivery_id: Option<DeliveryId>,
        /// The channel of that message.
        pub delivery_type: Option<Channel>,
        /// More: the data of an event, the old and the new value of each attribute.
        pub data: Option<Value>,
    }
}

listed!(Activity in "activities" = r#"{"id":"01E4","type":"event","name":"purchase","timestamp":1700000000}"#);
