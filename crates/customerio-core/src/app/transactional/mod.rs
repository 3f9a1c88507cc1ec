//! Transactional messages as the workspace has them. [`send`](super::send) sends them.

mod transactional_message;

use crate::operation_info::operations;

operations! {
    /// The operations on transactional messages.
    samples;
    list::List = GET "/v1/transactional";
    get::Get = GET "/v1/transactional/{transactional_id}";
    messages::Messages = GET "/v1/transactional/{transactional_id}/messages";
    metrics::Metrics = GET "/v1/transactional/{transactional_id}/metrics";
    links::Links = GET "/v1/transactional/{transactional_id}/metrics/links";
}

pub use self::transactional_message::TransactionalMessage;
