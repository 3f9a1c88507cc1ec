//! An export, as responses have it.

use crate::{
    Awaited, ExportId, Timestamp,
    entity::{entity, open_enum, returned},
    page::listed,
};

entity! {
    /// An export of people or of deliveries, as they were when it was started.
    pub struct Export: Debug {
        /// The id.
        pub id: ExportId,
        /// The kind of export.
        pub kind: Option<ExportKind> = "type",
        /// Whether it can be downloaded.
        pub status: Option<ExportStatus>,
        /// Whether it failed, which [`status`](Self::status) says too.
        pub failed: Option<bool>,
        /// How many rows it has: 0 until it is done.
        pub total: Option<u64>,
        /// The description of what was selected.
        pub description: Option<String>,
        /// How often it was downloaded.
        pub downloads: Option<u64>,
        /// The number of the user who started it; 0 where that was an API key.
        pub user_id: Option<u64>,
        /// The e-mail address of that user.
        pub user_email: Option<String>,
        /// The id and the time of the last change: the value differs after each change. It is not an idempotency key.
        pub deduplicate_id: Option<String>,
        /// When it was started.
        pub created_at: Option<Timestamp>,
        /// When it was last changed.
        pub updated_at: Option<Timestamp>,
    }
}

returned!(Export in "export" = r#"{"id":110,"type":"customers","status":"done","total":1234}"#);
listed!(Export in "exports" = r#"{"id":110,"type":"customers","status":"done","total":1234}"#);

impl Export {
    /// Whether it has ended: `Some(true)` if it can be downloaded, `Some(false)` if it failed, and `None` while it is
    /// under way.
    #[must_use]
    pub fn is_ready(&self) -> Option<bool> {
        match &self.status {
            _ if self.failed == Some(true) => Some(false),
            Some(ExportStatus::Failed) => Some(false),
            Some(ExportStatus::Done) => Some(true),
            _ => None,
        }
    }
}

impl Awaited for Export {
    fn has_ended(&self) -> Option<bool> {
        self.is_ready()
    }

    fn state(&self) -> Option<&str> {
        self.status.as_ref().map(ExportStatus::as_str)
    }
}

open_enum! {
    /// The kind of export.
    pub enum ExportKind {
        /// People: [`ExportPeople`](super::ExportPeople).
        Customers = "customers",
        /// Deliveries: [`ExportDeliveries`](super::ExportDeliveries).
        Deliveries = "deliveries",
    }
}

open_enum! {
    /// The state of an export.
    pub enum ExportStatus {
        /// Not ready.
        Pending = "pending",
        /// Ready for download.
        Done = "done",
        /// Failed: there is nothing to download.
        Failed = "failed",
    }
}
