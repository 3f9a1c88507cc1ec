//! Live notifications, which stay on a person's phone and show the progress of something, such as a delivery.
//!
//! [`Start`] shows one, [`Update`] changes what it shows, and [`End`] ends it. Each request has the whole state: what
//! it leaves out is removed. A workspace without live notifications responds with a 404 to each of them.
//!
//! ```
//! # use customerio_core::facade as customerio;
//! use customerio::{
//!     Prepared, app::live_notifications::{MultiStep, Start, Update}, http::Response,
//!     limits::Limits, operation::parse,
//! };
//!
//! let start = Start::multi_step("42", "Your order", MultiStep::new("Packed", 1, 4));
//! assert_eq!(Prepared::new(start, &Limits::default())?.path(), "/v1/live_notifications/start");
//!
//! let started =
//!     parse::<Start>(Response::new(r#"{"instance_id":"01JZ8Z5V6T3W9KQ4N7R2C8M0XD"}"#.into()))?;
//! let update = Update::new(&started.instance_id, MultiStep::new("On its way", 2, 4));
//! assert_eq!(
//!     Prepared::new(update, &Limits::default())?.body(),
//!     "{\"instance_id\":\"01JZ8Z5V6T3W9KQ4N7R2C8M0XD\",\
//!      \"content_state\":{\"status\":\"On its way\",\"segmentsTotal\":4,\"segmentsComplete\":2}}"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

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
