//! Imports of CSV files.

mod import;
mod running;

use crate::operation_info::operations;

operations! {
    /// The operations on imports.
    samples;
    create::Create = POST "/v1/imports";
    get::Get = GET "/v1/imports/{import_id}";
}

pub use self::{
    import::{DataToProcess, Import, ImportKind, ImportState},
    running::RunningImport,
};
