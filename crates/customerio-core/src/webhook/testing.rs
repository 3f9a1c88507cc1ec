//! What the tests of the object types share.

use serde_json::{Value, json};

use super::{Event, Kind};

/// Reads an event with this data, and writes it back.
pub(super) fn kind(object_type: &str, metric: &str, data: &Value) -> Kind {
    let json = json!({
        "event_id": "01HZX3V7N8Q2M4K6J8G0F2D4B6",
        "object_type": object_type,
        "metric": metric,
        "timestamp": 1_713_484_800,
        "data": data,
    });
    let text = json.to_string();
    let event = Event::from_json(text.as_bytes()).unwrap();
    assert_eq!(serde_json::to_string(&event).unwrap(), text);
    assert_eq!(serde_json::to_value(&event).unwrap(), json);
    assert_eq!((event.object_type(), event.metric()), (Some(object_type), Some(metric)));
    assert_eq!(event.event_id(), Some("01HZX3V7N8Q2M4K6J8G0F2D4B6"));
    assert_eq!(event.timestamp(), Some(1_713_484_800.into()));
    event.kind().clone()
}

#[expect(clippy::unnecessary_wraps, reason = "it writes the value of a field")]
pub(super) fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}
