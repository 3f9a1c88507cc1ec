//! Inbox previews: how an e-mail of Design Studio looks in e-mail clients on their devices.
//!
//! [`ListClients`] lists the clients for which there can be previews, and [`Submit`] requests them, which costs
//! [credits](Credits). It returns the number of a run: call [`Get`] until [`is_processed`](Job::is_processed), and
//! [`Capture`] fetches each image.

use crate::operation_info::operations;

mod client;
mod job;

operations! {
    /// The operations on inbox previews.
    samples;
    submit::Submit = POST "/v1/design_studio/emails/{id}/inbox_previews";
    get::Get = GET "/v1/design_studio/emails/{id}/inbox_previews/{run_id}";
    capture::Capture = GET "/v1/design_studio/emails/{id}/inbox_previews/{run_id}/captures/{client_id}";
    list_clients::ListClients = GET "/v1/design_studio/inbox_previews/clients";
    credits::Credits = GET "/v1/design_studio/inbox_previews/credits";
    list_jobs::ListJobs = GET "/v1/design_studio/inbox_previews/jobs";
}

pub use self::{
    capture::{CaptureVariant, Image},
    client::{DeviceCategory, PreviewClient},
    credits::{Credit, CreditTier},
    job::{Job, Preview, PreviewError, PreviewErrorKind, PreviewStatus},
    submit::Submitted,
};
