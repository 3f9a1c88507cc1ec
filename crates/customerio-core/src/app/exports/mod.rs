//! Exports of people and of deliveries, as CSV files.

mod export;

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
};
