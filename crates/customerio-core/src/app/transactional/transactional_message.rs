//! A transactional message, as responses have it.

use crate::{
    Timestamp, TransactionalId,
    entity::{entity, returned},
    page::listed,
};

entity! {
    /// A transactional message: the template, not one that was sent.
    pub struct TransactionalMessage: Debug {
        /// The number, which [`SendEmail`](crate::app::SendEmail) and the others take.
        pub id: TransactionalId,
        /// The name.
        pub name: Option<String>,
        /// The description.
        pub description: Option<String>,
        /// Whether people who want no messages get it.
        pub send_to_unsubscribed: Option<bool>,
        /// Whether clicks on links are tracked.
        pub link_tracking: Option<bool>,
        /// Whether opens are tracked.
        pub open_tracking: Option<bool>,
        /// Whether the body is not kept.
        pub hide_message_body: Option<bool>,
        /// Whether messages are drafts until somebody sends them.
        pub queue_drafts: Option<bool>,
        /// When it was created.
        pub created_at: Option<Timestamp>,
        /// When it was last changed.
        pub updated_at: Option<Timestamp>,
    }
}

returned!(TransactionalMessage in "message" = r#"{"id":44,"name":"Password reset"}"#);
listed!(TransactionalMessage in "messages" = r#"{"id":44,"name":"Password reset"}"#);
