//! A live notification, as responses have it.

use crate::{
    DeliveryId, LiveNotificationId, Timestamp,
    entity::{entity, open_enum, returned},
};

entity! {
    /// The live notification that a request was about.
    pub struct LiveInstance: Debug {
        /// The id.
        pub instance_id: LiveNotificationId,
    }
}

returned!(LiveInstance = r#"{"instance_id":"01JZ8Z5V6T3W9KQ4N7R2C8M0XD"}"#);

entity! {
    /// A live notification and its state.
    pub struct LiveNotification: Debug {
        /// The id.
        pub instance_id: LiveNotificationId,
        /// The type, as the app registered it.
        pub notification_type: Option<String>,
        /// `ios` or `android`.
        pub platform: Option<String>,
        /// The state.
        pub state: Option<LiveNotificationState>,
        /// When it started.
        pub started_at: Option<Timestamp>,
        /// When it expires.
        pub expires_at: Option<Timestamp>,
        /// When it ended.
        pub ended_at: Option<Timestamp>,
        /// Why it failed.
        pub failure_reason: Option<String>,
        /// The last message that was sent to the phone.
        pub last_delivery: Option<LiveDelivery>,
    }
}

returned!(
    LiveNotification =
        r#"{"instance_id":"01JZ8Z5V6T3W9KQ4N7R2C8M0XD","platform":"ios","state":"active","started_at":1700000000}"#
);

entity! {
    /// A message that was sent to the phone for a live notification.
    pub struct LiveDelivery: Debug {
        /// The id.
        pub id: Option<DeliveryId>,
        /// The operation of the message.
        pub operation: Option<LiveOperation>,
        /// The source: the API, or the phone.
        pub source: Option<String>,
        /// The state.
        pub status: Option<LiveDeliveryStatus>,
        /// When it was created.
        pub created_at: Option<Timestamp>,
    }
}

open_enum! {
    /// The state of a live notification.
    pub enum LiveNotificationState {
        /// Shown on the phone.
        Active = "active",
        /// Ended.
        Ended = "ended",
        /// The time ran out.
        Expired = "expired",
        /// Failed, for the [`LiveNotification::failure_reason`].
        Failed = "failed",
    }
}

open_enum! {
    /// An operation on a live notification.
    pub enum LiveOperation {
        /// Starts it.
        Start = "start",
        /// Changes its content.
        Update = "update",
        /// Ends it.
        End = "end",
    }
}

open_enum! {
    /// The state of what is sent to the phone.
    pub enum LiveDeliveryStatus {
        /// Waiting.
        Queued = "queued",
        /// Sent.
        Sent = "sent",
        /// Failed.
        Failed = "failed",
        /// Undeliverable.
        Undeliverable = "undeliverable",
    }
}
