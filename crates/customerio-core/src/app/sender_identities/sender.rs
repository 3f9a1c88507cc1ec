//! A sender, as responses have it.

use crate::{
    SenderId,
    entity::{entity, returned},
    page::listed,
};

entity! {
    /// A sender of messages.
    pub struct SenderIdentity: Debug {
        /// The id.
        pub id: SenderId,
        /// The name that people see.
        pub name: Option<String>,
        /// The e-mail address.
        pub email: Option<String>,
        /// Name and e-mail address together, such as `Shop <shop@example.com>`.
        pub address: Option<String>,
        /// The phone number.
        pub phone: Option<String>,
        /// `email` or `phone`.
        pub template_type: Option<String>,
        /// Whether Customer.io made it.
        pub auto_generated: Option<bool>,
        /// Whether it is hidden from people who write messages.
        pub hidden: Option<bool>,
        /// The id and the time of the last change: the value differs after each change. It is not an idempotency key.
        pub deduplicate_id: Option<String>,
    }
}

returned!(SenderIdentity in "sender_identity" = r#"{"id":1,"name":"Shop","email":"shop@example.com"}"#);
listed!(SenderIdentity in "sender_identities" = r#"{"id":1,"name":"Shop","email":"shop@example.com"}"#);
