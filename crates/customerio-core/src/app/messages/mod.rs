//! Deliveries: the messages that were sent to people, with their state and content.

use crate::operation_info::operations;

operations! {
    /// The operations on messages.
    samples;
    list::List = GET "/v1/messages";
    get::Get = GET "/v1/messages/{message_id}";
    archived::Archived = GET "/v1/messages/{message_id}/archived_message";
}

pub use self::archived::ArchivedMessage;
