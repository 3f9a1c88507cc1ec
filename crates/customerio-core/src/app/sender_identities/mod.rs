//! Sender identities: the names and addresses that messages are from.

mod sender;

use crate::operation_info::operations;

operations! {
    /// The operations on senders.
    samples;
    list::List = GET "/v1/sender_identities";
    get::Get = GET "/v1/sender_identities/{sender_id}";
    used_by::UsedBy = GET "/v1/sender_identities/{sender_id}/used_by";
}

pub use self::sender::SenderIdentity;
