//! Events in bodies, and how they are kept.

use customerio_core::{EventId, Timestamp, limits, track::EventType};
use serde_json::{Map, Value};

use crate::{
    call::Call,
    contract::{
        identifier::EMAIL,
        shape::{
            Field,
            Need::{May, Must},
            Shape,
        },
    },
    store::record::Event,
};

pub(crate) const NAME: Field = ("name", Must, NAME_OF_EVENT);

/// Surrounding blanks are cut off, so they do not count.
pub(crate) const NAME_OF_EVENT: Shape =
    Shape::Rule("a name of 1 to 100 bytes", |name| (1..=limits::EVENT_NAME).contains(&name.trim().len()));

pub(crate) const TYPE: Field = ("type", May, Shape::OneOf(&["event", "page", "screen"]));
pub(crate) const ID: Field = ("id", May, Shape::Rule("a ULID", |text| text.parse::<EventId>().is_ok()));
pub(crate) const TIMESTAMP: Field = ("timestamp", May, Shape::Timestamp);
pub(crate) const ANONYMOUS_ID: Field = ("anonymous_id", May, Shape::Filled);
pub(crate) const FROM_ADDRESS: Field = ("from_address", May, EMAIL);
pub(crate) const REPLY_TO: Field = ("reply_to", May, Shape::Text);

/// What a person's event says.
pub(crate) const DATA: Shape = Shape::Open(&[("recipient", May, Shape::Text), FROM_ADDRESS, REPLY_TO], &Shape::Any);

/// Keeps the event, unless one with its id is known.
pub(crate) fn record(call: &mut Call<'_>, mut fields: Map<String, Value>, person: Option<String>) {
    let now = call.now();
    let mut text = |name: &str| match fields.remove(name) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    };
    // The same ULID may be written in lower case.
    let id = text("id").map(|id| id.to_ascii_uppercase());
    if id.as_deref().is_some_and(|id| !call.state.event_ids.note(id)) {
        return;
    }
    let event_type = match text("type").as_deref() {
        Some("page") => EventType::Page,
        Some("screen") => EventType::Screen,
        _ => EventType::Event,
    };
    let name = text("name").unwrap_or_default().trim().to_owned();
    let anonymous_id = text("anonymous_id");
    let timestamp = fields.get("timestamp").and_then(Value::as_i64).map_or(now.into(), Timestamp::from);
    let data = match fields.remove("data") {
        Some(Value::Object(data)) => data,
        _ => Map::new(),
    };
    let event = Event { id, event_type, name, person, anonymous_id, group_id: None, timestamp, data };
    call.state.events.push(event, call.bytes);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{NOW, accept, emulator, refuse};

    const OF_ADA: &str = "POST /api/v1/customers/42/events";
    const ANONYMOUS: &str = "POST /api/v1/events";

    /// The event, of a visitor if it does not say otherwise.
    fn of_a_visitor(mut event: Value) -> Value {
        event.as_object_mut().unwrap().entry("anonymous_id").or_insert("cookie".into());
        event
    }

    #[test]
    fn an_event_is_kept_whole_and_adds_its_person() {
        let emulator = emulator();
        let body = json!({
            "name": " purchase ", "type": "event", "id": "01ARZ3NDEKTSV4RRFFQ69G5FAV", "timestamp": 5,
            "anonymous_id": "cookie", "data": {"price": 23.45, "recipient": "{{customer.email}}"},
        });
        accept(&emulator, OF_ADA, &body);
        accept(&emulator, ANONYMOUS, &json!({"name": "/pricing", "type": "page", "anonymous_id": "other"}));
        let events = emulator.events();
        assert_eq!(
            events[0],
            Event {
                id: Some("01ARZ3NDEKTSV4RRFFQ69G5FAV".into()),
                event_type: EventType::Event,
                name: "purchase".into(),
                person: Some(emulator.person("42").unwrap().cio_id),
                anonymous_id: Some("cookie".into()),
                group_id: None,
                timestamp: 5.into(),
                data: body["data"].as_object().cloned().unwrap(),
            }
        );
        assert_eq!((events[1].event_type, events[1].timestamp), (EventType::Page, NOW.into()));
        assert_eq!((&events[1].person, &events[1].id), (&None, &None));
        assert_eq!(emulator.events_of("42"), events[..1]);
    }

    #[test]
    fn a_repeat_is_recognised_by_its_id() {
        let emulator = emulator();
        let event = |id: &str| json!({"name": "e", "id": id});
        for id in ["01ARZ3NDEKTSV4RRFFQ69G5FAV", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "01arz3ndektsv4rrffq69g5fav"] {
            accept(&emulator, OF_ADA, &event(id));
            accept(&emulator, ANONYMOUS, &of_a_visitor(event(id)));
        }
        assert_eq!(emulator.events().len(), 1);
        accept(&emulator, OF_ADA, &event("01ARZ3NDEKTSV4RRFFQ69G5FAW"));
        accept(&emulator, OF_ADA, &json!({"name": "e"}));
        accept(&emulator, OF_ADA, &json!({"name": "e"}));
        assert_eq!(emulator.events().len(), 4);
    }

    #[test]
    fn what_the_contract_does_not_allow_is_refused() {
        let emulator = emulator();
        let data = |bytes: usize| json!({"name": "e", "data": {"a": "x".repeat(bytes - 8)}});
        let name = "name must be a name of 1 to 100 bytes";
        for (body, reason) in [
            (json!({}), "name is missing"),
            (json!({"name": " "}), name),
            (json!({"name": 1}), name),
            (json!({"name": "x".repeat(101)}), name),
            (json!({"name": "e", "type": "click"}), "type must be one of event, page, screen"),
            (json!({"name": "e", "id": "order-17"}), "id must be a ULID"),
            (
                json!({"name": "e", "timestamp": 1_700_000_000_000_i64}),
                "timestamp must be in seconds, and can only be in milliseconds",
            ),
            (json!({"name": "e", "anonymous_id": " "}), "anonymous_id must not be empty"),
            (json!({"name": "e", "data": []}), "data must be an object"),
            (json!({"name": "e", "data": {"from_address": "ada"}}), "data.from_address must be an e-mail address"),
            (json!({"name": "e", "data": {"reply_to": 1}}), "data.reply_to must be a string"),
            (json!({"name": "e", "attributes": {}}), "attributes is not a field of this call"),
            (data(100_001), "data has 100001 bytes; the most is 100000"),
        ] {
            refuse(&emulator, OF_ADA, &body, reason);
            refuse(&emulator, ANONYMOUS, &of_a_visitor(body), reason);
        }
        let nobody = "the body needs an anonymous_id, or as an invite a data.recipient";
        refuse(&emulator, ANONYMOUS, &json!({"name": "e", "data": {"a": 1}}), nobody);
        assert_eq!(emulator.events(), []);
        accept(&emulator, ANONYMOUS, &json!({"name": "invited", "data": {"recipient": "friend@example.com"}}));
        accept(&emulator, OF_ADA, &data(100_000));
        accept(&emulator, OF_ADA, &json!({"name": format!(" {} ", "x".repeat(100))}));
    }
}
