//! An import, as responses have it.

use crate::{
    App, Awaited, Client, ExportId, ImportId, ObjectTypeId, Timestamp,
    app::exports::ExportFile,
    entity::{entity, open_enum, returned},
};

entity! {
    /// An import of a CSV file.
    pub struct Import: Debug {
        /// The id.
        pub id: ImportId,
        /// The name.
        pub name: Option<String>,
        /// The description.
        pub description: Option<String>,
        /// The kind of rows.
        pub kind: Option<ImportKind> = "type",
        /// The state.
        pub state: Option<ImportState>,
        /// By which column people are found: `id`, `email` or `cio_id`.
        pub identifier: Option<String>,
        /// Which rows are taken.
        pub data_to_process: Option<DataToProcess>,
        /// The type of the objects.
        pub object_type_id: Option<ObjectTypeId>,
        /// How many rows of the file can be imported.
        pub rows_to_import: Option<u64>,
        /// How many rows were imported.
        pub rows_imported: Option<u64>,
        /// Why it failed.
        pub error: Option<String>,
        /// The export that has the rows that could not be imported, and why: [`errors`](Self::errors) reads it.
        pub error_export_id: Option<ExportId>,
        /// The export that has the rows with a warning: [`warnings`](Self::warnings) reads it.
        pub warning_export_id: Option<ExportId>,
        /// When it was started.
        pub created_at: Option<Timestamp>,
        /// When it was last changed.
        pub updated_at: Option<Timestamp>,
    }
}

returned!(Import in "import" = r#"{"id":30,"name":"May","type":"people","state":"imported","rows_imported":3}"#);

impl Import {
    /// Whether it has ended: `Some(true)` if the rows were imported (the [errors](Self::error_export_id) have those
    /// that were not), `Some(false)` if it failed or was canceled, and `None` while it is under way.
    #[must_use]
    pub fn is_done(&self) -> Option<bool> {
        match self.state {
            Some(ImportState::Imported) => Some(true),
            Some(ImportState::Failed | ImportState::Canceled) => Some(false),
            _ => None,
        }
    }

    /// The file of the rows that could not be imported, and why; `None` if there is none. Reading it waits until it is
    /// ready.
    #[must_use]
    pub fn errors(&self, client: &Client<App>) -> Option<ExportFile> {
        self.error_export_id.map(|id| client.export(id))
    }

    /// The file of the rows that were imported with a warning; `None` if there is none. Reading it waits until it is
    /// ready.
    #[must_use]
    pub fn warnings(&self, client: &Client<App>) -> Option<ExportFile> {
        self.warning_export_id.map(|id| client.export(id))
    }
}

impl Awaited for Import {
    fn has_ended(&self) -> Option<bool> {
        self.is_done()
    }

    fn state(&self) -> Option<&str> {
        self.state.as_ref().map(ImportState::as_str)
    }
}

open_enum! {
    /// The kind of rows of an import.
    pub enum ImportKind {
        /// People.
        People = "people",
        /// Events of people.
        Event = "event",
        /// Objects.
        Object = "object",
        /// Relationships of people to objects.
        Relationship = "relationship",
    }
}

open_enum! {
    /// The state of an import.
    pub enum ImportState {
        /// The file is being read.
        Preprocessing = "preprocessing",
        /// The file was read.
        Preprocessed = "preprocessed",
        /// The rows are being checked.
        Validating = "validating",
        /// The rows were checked.
        Validated = "validated",
        /// The rows are being imported.
        Importing = "importing",
        /// Done.
        Imported = "imported",
        /// Failed.
        Failed = "failed",
        /// Canceled.
        Canceled = "canceled",
    }
}

open_enum! {
    /// Which rows of an import are taken.
    pub enum DataToProcess {
        /// All.
        All = "all",
        /// Only those of people or objects that do not exist yet.
        OnlyNew = "only_new",
        /// Only those of people or objects that exist.
        OnlyExisting = "only_existing",
    }
}
