//! An address that the mail provider suppresses, as responses have it.

use crate::{
    BuildError, Path, Timestamp,
    entity::{entity, open_enum},
    page::listed,
    path::Part,
};

entity! {
    /// An e-mail address to which Customer.io's mail provider delivers nothing.
    pub struct Suppression {
        /// The address.
        pub email: Option<String>,
        /// Why, in the words of the server that refused a message.
        pub reason: Option<String>,
        /// The status with which that server refused it, usually `550`.
        pub status: Option<String>,
        /// Since when.
        pub created: Option<Timestamp>,
    }
}

listed!(Suppression in "suppressions" = r#"{"email":"ada@example.com","reason":"no such user","status":"550","created":1700000000}"#);

open_enum! {
    /// Why an address is suppressed.
    pub enum SuppressionType {
        /// The server blocks messages.
        Blocks = "blocks",
        /// Messages came back.
        Bounces = "bounces",
        /// The person marked a message as spam.
        SpamReports = "spam_reports",
        /// There is no such address.
        InvalidEmails = "invalid_emails",
    }
}

impl Part for SuppressionType {
    fn check(&self) -> Result<(), BuildError> {
        Ok(())
    }
    fn write(&self, path: &mut Path) -> Result<(), BuildError> {
        path.segment("the type of the suppression", self.as_str(), usize::MAX)
    }
}
