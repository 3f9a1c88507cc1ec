//! The identifiers of a person.

use crate::{entity::entity, page::listed};

entity! {
    /// The identifiers of a person.
    pub struct Identifiers: Default {
        /// Your own id.
        pub id: Option<String>,
        /// The e-mail address, in workspaces that identify people by it.
        pub email: Option<String>,
        /// Customer.io's own id, which never changes.
        pub cio_id: Option<String>,
    }
}

listed!(Identifiers in "identifiers" | "results" = r#"{"id":"42","email":"ada@example.com","cio_id":"a3000001"}"#);
