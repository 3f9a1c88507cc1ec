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
    server::reply::{Refusal, Reply},
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
    ("custom_data", May, STRINGS),
    ("custom_payload", May, Shape::Object(&[("ios", May, IOS), ("android", May, ANDROID)])),
    ("custom_device", May, DEVICE),
    MESSAGE_DATA,
    DISABLE_MESSAGE_RETENTION,
    SEND_TO_UNSUBSCRIBED,
    QUEUE_DRAFT,
    SEND_AT,
    LANGUAGE,
    AUTO_CREATE,
]);

/// What goes to iOS devices: by Apple's service as it is, by Google's in an envelope.
const IOS: Shape = Shape::Open(
    &[
        APS,
        CIO,
        (
            "message",
            May,
            Shape::Open(
                &[(
                    "apns",
                    Must,
                    Shape::Open(
                        &[("headers", May, OBJECT), ("payload", Must, Shape::Open(&[APS, CIO], &Shape::Any))],
                        &Shape::Any,
                    ),
                )],
                &Shape::Any,
            ),
        ),
    ],
    &Shape::Any,
);

/// What Customer.io's SDK in the app reads.
const CIO: Field = (
    "CIO",
    May,
    Shape::Open(
        &[(
            "push",
            Must,
            Shape::Open(
                &[
                    ("title", May, Shape::Text),
                    ("body", May, Shape::Text),
                    ("image", May, Shape::Text),
                    ("link", May, Shape::Text),
                ],
                &Shape::Any,
            ),
        )],
        &Shape::Any,
    ),
);

/// What Apple's service reads.
const APS: Field = (
    "aps",
    May,
    Shape::Open(
        &[
            ("alert", May, Shape::Either("a string or an object", &[Shape::Text, ALERT])),
            ("badge", May, Shape::Integer),
            ("sound", May, Shape::Either("a string or an object", &[Shape::Text, CRITICAL_SOUND])),
            ("thread-id", May, Shape::Text),
            ("category", May, Shape::Text),
            ("content-available", May, Shape::Integer),
            ("mutable-content", May, Shape::Integer),
            ("target-content-id", May, Shape::Text),
            ("interruption-level", May, Shape::OneOf(&["passive", "active", "time-sensitive", "critical"])),
            ("relevance-score", May, Shape::Number),
        ],
        &Shape::Any,
    ),
);

const ALERT: Shape = Shape::Open(
    &[
        ("title", May, Shape::Text),
        ("subtitle", May, Shape::Text),
        ("body", May, Shape::Text),
        ("launch-image", May, Shape::Text),
        ("title-loc-key", May, Shape::Text),
        ("title-loc-args", May, TEXTS),
        ("subtitle-loc-key", May, Shape::Text),
        ("subtitle-loc-args", May, TEXTS),
        ("loc-key", May, Shape::Text),
        ("loc-args", May, TEXTS),
    ],
    &Shape::Any,
);

const CRITICAL_SOUND: Shape = Shape::Open(
    &[("critical", May, Shape::Integer), ("name", May, Shape::Text), ("volume", May, Shape::Number)],
    &Shape::Any,
);

const TEXTS: Shape = Shape::List(&Shape::Text, 0, usize::MAX);

const ANDROID: Shape = Shape::Object(&[(
    "message",
    Must,
    Shape::Open(&[("notification", May, OBJECT), ("data", May, STRINGS), ("android", May, OBJECT)], &Shape::Any),
)]);

const STRINGS: Shape = Shape::Open(&[], &Shape::Text);

const DEVICE: Shape = Shape::Object(&[
    ("token", Must, Shape::Filled),
    ("platform", Must, device_body::PLATFORM),
    device_body::LAST_USED,
    // Clients write `null` for a device without attributes.
    ("attributes", May, Shape::Taken(&ATTRIBUTES, &Shape::Null)),
]);

const ATTRIBUTES: Shape = Shape::Open(&[("_last_status", May, device_body::READ_ONLY), PUSH_ENABLED], &Shape::Text);

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
    fn a_payload_for_ios_is_as_apple_has_it() {
        let emulator = emulator();
        let send = |ios: serde_json::Value| {
            let payload = json!({"ios": ios});
            let push = json!({"transactional_message_id": 1, "identifiers": {"id": "42"}, "custom_payload": payload});
            call(&emulator, "POST /v1/send/push", &push)
        };
        let alert = json!({"title": "Hi", "loc-args": ["a"]});
        let sound = json!({"critical": 1, "name": "bell", "volume": 0.5});
        let aps = json!({"alert": alert, "sound": sound, "badge": 0, "interruption-level": "active", "own": {}});
        for good in [
            json!({}),
            json!({"aps": {"alert": "Hi", "sound": "default"}, "CIO": {"push": {"link": "app://1"}}}),
            json!({"message": {"apns": {"headers": {"apns-priority": "5"}, "payload": {"aps": aps}}}}),
        ] {
            assert_eq!(send(good.clone()).0, 200, "{good}");
        }
        let place = "custom_payload.ios";
        for (bad, reason) in [
            (json!({"aps": "Hi"}), "aps must be an object"),
            (json!({"aps": [1]}), "aps must be an object"),
            (json!({"aps": {"badge": "1"}}), "aps.badge must be an integer"),
            (json!({"aps": {"alert": {"title": 1}}}), "aps.alert must be a string or an object"),
            (json!({"CIO": {}}), "CIO.push is missing"),
            (json!({"message": {"apns": {"payload": {"aps": 1}}}}), "message.apns.payload.aps must be an object"),
        ] {
            let error = format!("{place}.{reason}");
            assert_eq!(send(bad), (400, json!({"meta": {"error": error}})));
        }
    }

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
