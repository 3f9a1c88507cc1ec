//! `POST /api/v1/push/events`: what happened to a push notification.

use http::Method;

use crate::{
    call::{Call, Handler::Infallible},
    contract::shape::{
        Need::{May, Must},
        Shape,
    },
    route::Route,
    server::reply::Reply,
    track::delivery_report::{DELIVERY_ID, TIMESTAMP, keep},
};

pub(crate) const ROUTE: Route =
    Route::track(Method::POST, "/api/v1/push/events", Infallible(report_push_metric)).with_body(&BODY).open();

const BODY: Shape = Shape::Object(&[
    DELIVERY_ID,
    TIMESTAMP,
    ("event", Must, Shape::OneOf(&["opened", "converted", "delivered"])),
    ("device_id", May, Shape::Text),
]);

fn report_push_metric(call: &mut Call<'_>) -> Reply {
    keep(call, "event");
    Reply::empty()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{emulator, refuse};

    const PUSH: &str = "POST /api/v1/push/events";

    #[test]
    fn a_push_report_has_three_events() {
        let emulator = emulator();
        for (body, reason) in [
            (json!({"event": "opened"}), "delivery_id is missing"),
            (json!({"delivery_id": "RPIL"}), "event is missing"),
            (json!({"delivery_id": "RPIL", "event": "clicked"}), "event must be one of opened, converted, delivered"),
            (json!({"delivery_id": "RPIL", "event": "opened", "device_id": 1}), "device_id must be a string"),
            (
                json!({"delivery_id": "RPIL", "event": "opened", "metric": "opened"}),
                "metric is not a field of this call",
            ),
        ] {
            refuse(&emulator, PUSH, &body, reason);
        }
    }
}
