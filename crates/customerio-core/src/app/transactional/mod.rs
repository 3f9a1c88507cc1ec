//! Transactional messages of the workspace: read them, and change their content.
//!
//! [`send`](super::send) sends them to people.

mod check;
mod transactional_message;

use crate::operation_info::operations;

operations! {
    /// The operations on transactional messages.
    samples;
    list::List = GET "/v1/transactional";
    get::Get = GET "/v1/transactional/{transactional_id}";
    list_contents::ListContents = GET "/v1/transactional/{transactional_id}/contents";
    get_content::GetContent = GET "/v1/transactional/{transactional_id}/contents/{content_id}";
    update_content::UpdateContent = PUT "/v1/transactional/{transactional_id}/content/{content_id}";
    get_translation::GetTranslation = GET "/v1/transactional/{transactional_id}/language/{language}";
    update_translation::UpdateTranslation = PUT "/v1/transactional/{transactional_id}/language/{language}";
    messages::Messages = GET "/v1/transactional/{transactional_id}/messages";
    metrics::Metrics = GET "/v1/transactional/{transactional_id}/metrics";
    links::Links = GET "/v1/transactional/{transactional_id}/metrics/links";
}

pub use self::{
    check::{CheckError, MissingMessages},
    transactional_message::TransactionalMessage,
};
