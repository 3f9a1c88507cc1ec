//! Live notifications: one that stays on a person's phone and shows how something goes on, such as a delivery.
//!
//! [`Start`] shows one, [`Update`] changes what it shows, and [`End`] ends it. Each request has the whole state: what it leaves
//! out is gone.

mod alert;
mod live_notification;
mod parts;
mod state;

use crate::operation_info::operations;

operations! {
    /// The operations on live notifications.
    samples;
    start::Start = POST "/v1/live_notifications/start";
    update::Update = POST "/v1/live_notifications/update";
    end::End = POST "/v1/live_notifications/end";
    get::Get = GET "/v1/live_notifications/{instance_id}";
}

pub use self::{
    alert::LiveAlert,
    live_notification::{
        LiveDelivery, LiveDeliveryStatus, LiveInstance, LiveNotification, LiveNotificationState, LiveOperation,
    },
    state::{Countdown, MultiStep},
};
