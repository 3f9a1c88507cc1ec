//! Events in bodies, and how they are kept.

use customerio_core::{EventId, Timestamp, limits, track::EventType};
use serde_json::{Map, Value};

use crate::{
    call::Call,
    contract::{
        identifier::{VISITOR, spelled},
        mailbox::MAILBOX,
        shape::{
            Field,
            Need::{May, Must},
            Shape,
        },
    },
    store::{body::Text, record::Event},
};

/// Surrounding blanks are cut off, so they do not count.
pub(crate) const NAME: Field = (
    "name",
    Must,
    Shape::Rule("a name of 1 to 100 bytes", |name| (1..=limits::EVENT_NAME).contains(&name.trim().len())),
);

/// The name of a page is its URL, which may be of any length.
pub(crate) const NAME_OF_PAGE: Field = ("name", Must, Shape::Filled);

pub(crate) const TYPE: Field = ("type", May, Shape::OneOf(&["event", "page", "screen"]));
pub(crate) const ID: Field = ("id", May, Shape::Rule("a ULID", |text| text.parse::<EventId>().is_ok()));
pub(crate) const TIMESTAMP: Field = ("timestamp", May, Shape::Timestamp);
pub(crate) const ANONYMOUS_ID: Field = ("anonymous_id", May, VISITOR);
pub(crate) const FROM_ADDRESS: Field = ("from_address", May, MAILBOX);
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
    if let Some(id) = id.as_deref().filter(|id| !call.state.event_ids.note(id)) {
        return call
            .state
            .people
            .ignore(format!("an event with the id {id:.200} is known already, so this one is dropped"));
    }
    let event_type = match text("type").as_deref() {
        Some("page") => EventType::Page,
        Some("screen") => EventType::Screen,
        _ => EventType::Event,
    };
    let name = text("name").unwrap_or_default().trim().to_owned();
    let anonymous_id = fields.get("anonymous_id").and_then(spelled);
    let timestamp = fields.get("timestamp").and_then(Value::as_i64).map_or(now.into(), Timestamp::from);
    let data = Text::object(fields.get("data").and_then(Value::as_object));
    let event = Event { id, event_type, name, person, anonymous_id, group_id: None, timestamp, data };
    call.state.events.push(event);
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
                data: Text::object(body["data"].as_object()),
            }
        );
        assert_eq!((events[1].event_type, events[1].timestamp), (EventType::Page, NOW.into()));
        assert_eq!((&events[1].person, &events[1].id), (&None, &None));
        assert_eq!(emulator.events_of("42"), events[..1]);
    }

    #[test]
    fn the_name_of_a_page_is_its_url_of_any_length() {
        let emulator = emulator();
        let url = format!("https://example.com/?{}", "x".repeat(2_000));
        let page = |name: &str| json!({"name": name, "type": "page"});
        accept(&emulator, OF_ADA, &page(&url));
        accept(&emulator, ANONYMOUS, &of_a_visitor(page(&url)));
        let entity = json!({"type": "person", "identifiers": {"id": "42"}, "action": "page", "name": url});
        accept(&emulator, "POST /api/v2/entity", &entity);
        assert!(emulator.events().iter().all(|event| event.name == url && event.event_type == EventType::Page));
        assert_eq!(emulator.events().len(), 3);
        refuse(&emulator, OF_ADA, &page(" "), "name must not be empty");
        let mut screen = page(&url);
        screen["type"] = "screen".into();
        refuse(&emulator, OF_ADA, &screen, "name must be a name of 1 to 100 bytes");
    }

    #[test]
    fn an_address_may_have_a_name_and_an_id_may_be_a_number() {
        let emulator = emulator();
        let data = json!({"from_address": "\"Shop, Inc.\" <shop@example.com>"});
        accept(&emulator, OF_ADA, &json!({"name": "e", "data": data}));
        accept(&emulator, ANONYMOUS, &json!({"name": "e", "anonymous_id": 7, "data": null}));
        assert_eq!(emulator.events()[1].anonymous_id.as_deref(), Some("7"));
        let noted = emulator.request_log()[1].deviations.iter().map(ToString::to_string).collect::<Vec<_>>();
        let expected = ["/anonymous_id: anonymous_id must be a string", "/data: data must be an object"];
        assert_eq!(noted, expected);
        accept(&emulator, "PUT /api/v1/customers/42", &json!({"anonymous_id": 7}));
        accept(&emulator, ANONYMOUS, &json!({"name": "e", "anonymous_id": 7}));
        assert_eq!(emulator.events_of("42").len(), 3);
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
