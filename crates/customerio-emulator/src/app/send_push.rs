//! `POST /v1/send/push`: a push notification.

use crate::{
    app::message::{
        AUTO_CREATE, DISABLE_MESSAGE_RETENTION, LANGUAGE, MESSAGE_DATA, OBJECT, PERSON, QUEUE_DRAFT, SEND_AT,
        SEND_TO_UNSUBSCRIBED, TEMPLATE, check, keep, person,
    },
    call::{Call, Handler::Fallible},
    contract::shape::{
        Field,
        Need::{May, Must},
        Shape,
    },
    route::Route,
    server::answer::{Refusal, Reply},
    store::record::Channel,
    track::device_body,
};

pub(crate) const ROUTE: Route = Route::send("/v1/send/push", &BODY, Fallible(send_push));

const BODY: Shape = Shape::Object(&[
    TEMPLATE,
    PERSON,
    ("to", May, Shape::Filled),
    ("title", May, Shape::Text),
    ("message", May, Shape::Text),
    ("image_url", May, Shape::Text),
    ("link", May, Shape::Text),
    ("sound", May, Shape::OneOf(&["default", "none"])),
    ("custom_data", May, OBJECT),
    ("custom_payload", May, Shape::Object(&[("ios", May, OBJECT), ("android", May, ANDROID)])),
    ("custom_device", May, DEVICE),
    MESSAGE_DATA,
    DISABLE_MESSAGE_RETENTION,
    SEND_TO_UNSUBSCRIBED,
    QUEUE_DRAFT,
    SEND_AT,
    LANGUAGE,
    AUTO_CREATE,
]);

const ANDROID: Shape = Shape::Object(&[(
    "message",
    Must,
    Shape::Open(&[("notification", May, OBJECT), ("data", May, STRINGS), ("android", May, OBJECT)], &Shape::Any),
)]);

const STRINGS: Shape = Shape::Open(&[], &Shape::Text);

const DEVICE: Shape = Shape::Object(&[
    ("token", Must, Shape::Filled),
    ("platform", Must, device_body::PLATFORM),
    ("last_used", May, Shape::Timestamp),
    ("attributes", May, Shape::Open(&[("_last_status", May, device_body::READ_ONLY), PUSH_ENABLED], &Shape::Text)),
]);

/// The contract calls it a string and lists booleans.
const PUSH_ENABLED: Field =
    ("push_enabled", May, Shape::Either("true or false", &[Shape::Boolean, Shape::OneOf(&["true", "false"])]));

fn send_push(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    check(call, Channel::Push, 0)?;
    if let (Some(device), Some(person)) = (call.body.get("custom_device"), person(call)) {
        let device = device_body::read(device, "token", call.now());
        call.state.people.put_device(&person, device)?;
    }
    Ok(keep(call, Channel::Push))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{accept, call, emulator};

    #[test]
    fn a_push_can_bring_its_device() {
        let emulator = emulator();
        accept(&emulator, "PUT /api/v1/customers/42", &json!({}));
        let device = json!({"token": "t", "platform": "ios"});
        let push = json!({"transactional_message_id": "welcome", "identifiers": {"id": "42"}, "custom_device": device});
        assert_eq!(call(&emulator, "POST /v1/send/push", &push).0, 200);
        assert_eq!(emulator.person("42").unwrap().devices[0].id, "t");
    }
}
