//! Exports of people and of deliveries, as CSV files.
//!
//! An export is started, takes a while, and is then a file on another host, to which the API returns a link. The
//! operations are the single steps. [`Client::start_export`](crate::Client::start_export) and
//! [`Client::export`](crate::Client::export) do them all, and read the file piece by piece or, with the feature `csv`,
//! row by row.

mod export;
mod fetch;
mod file;
mod file_error;
#[cfg(feature = "csv")]
mod row_error;
#[cfg(feature = "csv")]
mod row_reader;
#[cfg(feature = "csv")]
mod rows;

use crate::operation_info::operations;

operations! {
    /// The operations on exports.
    samples;
    list::List = GET "/v1/exports";
    people::ExportPeople = POST "/v1/exports/customers";
    deliveries::ExportDeliveries = POST "/v1/exports/deliveries";
    get::Get = GET "/v1/exports/{export_id}";
    download::Download = GET "/v1/exports/{export_id}/download";
}

pub use self::{
    download::SignedUrl,
    export::{Export, ExportKind, ExportStatus},
    file::ExportFile,
    file_error::{ExportError, FileError, FileErrorKind},
};
#[cfg(feature = "csv")]
pub use self::{
    row_error::{MalformedRow, MalformedRowKind, RowError},
    rows::Rows,
};
