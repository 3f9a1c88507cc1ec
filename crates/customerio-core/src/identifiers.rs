//! By what a person is known.

use crate::{entity::entity, page::listed};

entity! {
    /// By what a person is known.
    pub struct Identifiers: Default {
        /// The id that you gave.
        pub id: Option<String>,
        /// The e-mail address, in workspaces that identify people by it.
        pub email: Option<String>,
        /// The id that Customer.io gave, which never changes.
        pub cio_id: Option<String>,
    }
}

listed!(Identifiers in "identifiers" | "results" = r#"{"id":"42","email":"ada@example.com","cio_id":"a3000001"}"#);
