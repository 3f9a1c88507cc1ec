//! A version of an e-mail, as responses have it.

use crate::{
    EmailId, Timestamp, VersionId,
    entity::{entity, open_enum},
    page::listed,
};

entity! {
    /// A version of an e-mail: what it said when it was saved.
    pub struct Version: Debug {
        /// The id.
        pub id: VersionId,
        /// The e-mail that it is of.
        pub email_id: Option<EmailId> = "node_id",
        /// The type of what it is a version of: an e-mail.
        pub kind: Option<NodeKind> = "node_type",
        /// The name.
        pub name: Option<String>,
        /// The description, if there is one.
        pub description: Option<String>,
        /// When it was saved.
        pub created: Option<Timestamp>,
        /// Whether it was saved because the e-mail was published: such a one cannot be deleted.
        pub created_on_publish: Option<bool>,
        /// Whether there is feedback on it.
        pub feedback: Option<bool>,
    }
}

listed!(Version in "versions" = r#"{"id":"2c5ea4c0-4067-11ef-9454-0242ac120002","name":"Before the sale"}"#);

open_enum! {
    /// The type of an entry in Design Studio.
    pub enum NodeKind {
        /// An e-mail, or one in a language.
        Email = "EMAIL",
        /// A component.
        Component = "COMPONENT",
    }
}
