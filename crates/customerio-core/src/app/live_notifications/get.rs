//! `GET /v1/live_notifications/{instance_id}`: how it goes with a live notification.

use super::LiveNotification;
use crate::{LiveNotificationId, macros::plain};

plain! {
    /// Reads the state of a live notification.
    ///
    /// One that was just started can return a 404, because starts are asynchronous: try again a little later.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `LiveNotification`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/getLiveNotification>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{
    ///     app::live_notifications::{Get, LiveNotificationState}, http::Response, operation::parse,
    /// };
    ///
    /// let json = r#"{"instance_id":"01JZ8Z5V6T3W9KQ4N7R2C8M0XD","platform":"ios","state":"active"}"#;
    /// let notification = parse::<Get>(Response::new(json.into()))?;
    /// assert_eq!(notification.state, Some(LiveNotificationState::Active));
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "get_live_notification")]
    pub struct Get { instance_id: LiveNotificationId = "LEAK0000000000000000000000" }
    "app.live_notifications.get" = GET "/v1/live_notifications/{instance_id}" -> LiveNotification;
}

#[cfg(test)]
mod tests {
    use http::Response;
    use serde_json::json;

    use super::*;
    use crate::{
        app::live_notifications::{LiveDelivery, LiveDeliveryStatus, LiveNotificationState, LiveOperation},
        parse,
        testing::{plain, refused_app, survives_changes, wire_app},
    };

    const ID: &str = "01JZ8Z5V6T3W9KQ4N7R2C8M0XD";

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(Get::new(ID)), plain("GET /v1/live_notifications/01JZ8Z5V6T3W9KQ4N7R2C8M0XD"));
        assert_eq!(
            refused_app(Get::new("42")).to_string(),
            "the live notification's id is not valid: it must be a ULID, which has 26 letters and digits"
        );
    }

    #[test]
    fn a_live_notification_is_read_field_by_field() {
        let delivery = json!({
            "id": "01JZ8Z6A", "operation": "update", "source": "api", "status": "undeliverable", "created_at": 1_700_000_060,
        });
        let json = json!({
            "instance_id": ID, "notification_type": "com.example.game", "platform": "ios", "state": "failed",
            "started_at": 1_700_000_000, "expires_at": 1_700_021_600, "ended_at": 1_700_000_090,
            "failure_reason": "no token", "last_delivery": delivery,
        });
        let read = parse::<Get>(Response::new(json.to_string().into())).unwrap();
        assert_eq!((read.instance_id.as_str(), read.state.as_ref()), (ID, Some(&LiveNotificationState::Failed)));
        assert_eq!(
            (read.notification_type.as_deref(), read.platform.as_deref(), read.failure_reason.as_deref()),
            (Some("com.example.game"), Some("ios"), Some("no token"))
        );
        assert_eq!(
            [read.started_at, read.expires_at, read.ended_at],
            [1_700_000_000, 1_700_021_600, 1_700_000_090].map(|at| Some(at.into()))
        );
        let last = read.last_delivery.as_ref().unwrap();
        assert_eq!((last.id.clone(), last.source.as_deref()), (Some("01JZ8Z6A".into()), Some("api")));
        assert_eq!(
            (last.operation.as_ref(), last.status.as_ref(), last.created_at),
            (Some(&LiveOperation::Update), Some(&LiveDeliveryStatus::Undeliverable), Some(1_700_000_060.into()))
        );
        assert!(read.extra.is_empty() && last.extra.is_empty());
        survives_changes::<LiveNotification>(&json, &["instance_id"]);
        survives_changes::<LiveDelivery>(&delivery, &[]);
    }

    #[test]
    fn what_has_no_value_yet_is_none() {
        let json =
            r#"{"instance_id":"01JZ8Z5V6T3W9KQ4N7R2C8M0XD","state":"active","ended_at":null,"last_delivery":null}"#;
        let read = parse::<Get>(Response::new(json.into())).unwrap();
        assert_eq!((read.ended_at, read.last_delivery, read.extra["ended_at"].is_null()), (None, None, true));
        assert!(parse::<Get>(Response::new(r#"{"state":"active"}"#.into())).is_err());
    }
}
