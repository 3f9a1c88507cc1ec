//! Numbers arrive as they were sent, also where another crate of the program has changed how `serde_json` keeps them:
//! `.ci/run` runs this with its features `arbitrary_precision`, `float_roundtrip` and `preserve_order`.

use customerio_core::{
    Client, DeliveryId,
    app::SentMessage,
    webhook::{Email, Event, Kind},
};
use customerio_emulator::Emulator;
use serde_json::{Value, json};

#[tokio::test]
async fn numbers_arrive_as_they_were_sent() {
    let emulator = Emulator::new();
    let client = Client::new(emulator.track_endpoint().unwrap(), emulator.clone());
    let numbers = json!({"a": 1.5, "b": -0.25, "c": 1e-7, "d": 7, "e": -7, "f": u64::MAX, "g": [0.1, {"h": 2.5}]});
    client.identify("1", numbers.clone()).await.unwrap();
    client.track("1", "e", numbers.clone()).await.unwrap();
    let Value::Object(numbers) = numbers else { panic!("it is an object") };
    let person = emulator.person("1").unwrap();
    assert_eq!((person.attributes, emulator.events()[0].data()), (numbers.clone(), numbers.clone()));
    for (name, number) in [("a", 1.5), ("b", -0.25), ("c", 1e-7)] {
        assert_eq!(numbers[name].as_f64(), Some(number));
        assert!(emulator.events()[0].data()[name].is_number(), "{name}");
    }
}

#[test]
fn responses_and_webhooks_are_read_whatever_numbers_they_have() {
    let sent = r#"{"delivery_id":"d","queued_at":1700000000,"cost":1.5,"more":{"x":[0.25]}}"#;
    let sent: SentMessage = serde_json::from_str(sent).unwrap();
    assert_eq!((sent.delivery_id, sent.queued_at), (DeliveryId::from("d"), Some(1_700_000_000.into())));
    assert_eq!((sent.extra["cost"].as_f64(), sent.extra["more"]["x"][0].as_f64()), (Some(1.5), Some(0.25)));

    let event = r#"{"event_id":"1","object_type":"email","metric":"sent","timestamp":1700000000,"score":1.5,
        "data":{"delivery_id":"d","customer_id":"1","cost":0.25}}"#;
    let event = Event::from_json(event.as_bytes()).unwrap();
    assert!(matches!(event.kind(), Kind::Email(Email::Sent(_))), "{event:?}");
    assert_eq!(event.timestamp(), Some(1_700_000_000.into()));
}
