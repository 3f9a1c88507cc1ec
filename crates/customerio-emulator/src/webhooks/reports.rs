//! What the service reports of a message: the event's JSON.

use std::time::Duration;

use bytes::Bytes;
use customerio_core::EventId;
use serde_json::{Map, Value, json};

use crate::store::{
    clock::seconds,
    record::{Channel, Message, Outcome, Person},
};

/// The number of the action of a broadcast that sends its messages: it has one.
const ACTION: u64 = 1;

/// What a reporting webhook calls the event.
pub(crate) fn name(channel: Channel, outcome: &Outcome) -> String {
    format!("{}_{}", channel.name(), outcome.metric())
}

/// The id and the JSON of the event, or nothing if the channel has no such event.
pub(crate) fn event(
    message: &Message,
    person: Option<&Person>,
    outcome: &Outcome,
    at: Duration,
) -> Option<(String, Bytes)> {
    if !outcome.is_of(message.channel) {
        return None;
    }
    let milliseconds = u64::try_from(at.as_millis()).unwrap_or(u64::MAX);
    let event_id = EventId::from_parts(milliseconds, fastrand::u128(..)).to_string();
    let event = json!({
        "metric": outcome.metric(),
        "event_id": event_id,
        "object_type": message.channel.name(),
        "timestamp": seconds(at),
        "data": data(message, person, outcome),
    });
    Some((event_id, event.to_string().into()))
}

fn data(message: &Message, person: Option<&Person>, outcome: &Outcome) -> Map<String, Value> {
    let mut data = Map::new();
    let id = person.and_then(|person| person.id.as_deref());
    data.insert("customer_id".into(), id.unwrap_or_default().into());
    data.insert("identifiers".into(), identifiers(message, person));
    data.insert("delivery_id".into(), message.delivery_id.as_str().into());
    match (message.broadcast, &message.template) {
        (Some(broadcast), _) => {
            let ids = [
                ("broadcast_id", json!(broadcast)),
                ("trigger_id", json!(message.trigger)),
                ("action_id", ACTION.into()),
            ];
            data.extend(ids.into_iter().map(|(name, value)| (name.to_owned(), value)));
        }
        (None, Some(template)) => {
            data.insert("transactional_message_id".into(), json!(template));
        }
        (None, None) => {}
    }
    match message.channel {
        Channel::Push => {
            data.insert("recipients".into(), devices(person, outcome));
        }
        Channel::Email => {
            data.insert("recipient".into(), message.to.as_deref().into());
            data.insert("subject".into(), message.subject.as_deref().unwrap_or_default().into());
        }
        Channel::InApp => {
            data.insert("recipient".into(), id.or(person.and_then(|person| person.email.as_deref())).into());
        }
        Channel::Sms | Channel::WhatsApp | Channel::Inbox => {
            data.insert("recipient".into(), message.to.as_deref().into());
        }
    }
    match outcome {
        Outcome::Clicked(href) => {
            data.insert("href".into(), href.as_str().into());
            data.insert("link_id".into(), 1.into());
        }
        // A push notification has a reason for each device.
        Outcome::Bounced(reason) if message.channel != Channel::Push => {
            data.insert("failure_message".into(), reason.as_str().into());
        }
        Outcome::Failed(reason) | Outcome::Undeliverable(reason) => {
            data.insert("failure_message".into(), reason.as_str().into());
        }
        Outcome::Unsubscribed => {
            data.insert("email_address".into(), person.and_then(|person| person.email.as_deref()).into());
        }
        _ => {}
    }
    data
}

/// Those of the person, or of someone who is not known as the call had them.
fn identifiers(message: &Message, person: Option<&Person>) -> Value {
    match person {
        Some(person) => json!({"id": person.id, "email": person.email, "cio_id": person.cio_id}),
        None => message.body()["identifiers"].take(),
    }
}

fn devices(person: Option<&Person>, outcome: &Outcome) -> Value {
    let devices = person.map(|person| person.devices.as_slice()).unwrap_or_default();
    let device = |device: &crate::Device| {
        let mut entry = json!({"device_id": device.id, "device_platform": device.platform});
        if let Outcome::Bounced(reason) = outcome {
            entry["failure_message"] = reason.as_str().into();
        }
        entry
    };
    devices.iter().map(device).collect()
}

#[cfg(test)]
mod tests {
    use customerio_core::webhook::{Email, Event, InApp, Kind, Push, Sms, WhatsApp};

    use super::*;
    use crate::testing::{NOW, accept, call, emulator};

    fn outcomes() -> [Outcome; 7] {
        let clicked = Outcome::Clicked("https://example.com/offer".into());
        let bounced = Outcome::Bounced("mailbox full".into());
        let [sent, delivered, opened] = [Outcome::Sent, Outcome::Delivered, Outcome::Opened];
        [sent, delivered, opened, clicked, Outcome::Converted, bounced, Outcome::Unsubscribed]
    }

    /// Sends a message of each channel to a known person, and reads what is reported of it.
    fn reported(line: &str, to: &str) -> Vec<Option<Event>> {
        let emulator = emulator();
        accept(&emulator, "PUT /api/v1/customers/42", &json!({"email": "ada@example.com"}));
        let device = json!({"device": {"id": "token", "platform": "ios"}});
        accept(&emulator, "PUT /api/v1/customers/42/devices", &device);
        let mut body = json!({"transactional_message_id": 44, "identifiers": {"id": "42"}});
        if !to.is_empty() {
            body["to"] = to.into();
        }
        assert_eq!(call(&emulator, line, &body).0, 200);
        let (message, person) = (&emulator.messages()[0], emulator.person("42"));
        let at = Duration::from_secs(NOW.unsigned_abs());
        let read = |outcome| {
            let (event_id, json) = event(message, person.as_ref(), &outcome, at)?;
            let event = Event::from_json(&json).unwrap();
            let common = event.common();
            assert_eq!((event.event_id(), event.timestamp()), (Some(&event_id[..]), Some(NOW.into())));
            assert_eq!(event.metric(), Some(outcome.metric()));
            assert_eq!(common.identifiers.id.as_deref(), Some("42"));
            assert_eq!(common.identifiers.email.as_deref(), Some("ada@example.com"));
            assert_eq!(common.delivery_id.as_ref(), Some(&message.delivery_id));
            assert_eq!(common.transactional_message_id, Some(44.into()));
            Some(event)
        };
        outcomes().into_iter().map(read).collect()
    }

    fn kinds(events: &[Option<Event>]) -> Vec<Option<&Kind>> {
        events.iter().map(|event| event.as_ref().map(Event::kind)).collect()
    }

    #[test]
    fn an_email_has_all_of_them() {
        let events = reported("POST /v1/send/email", "ada@example.com");
        let kinds = kinds(&events);
        let [
            Some(Kind::Email(Email::Sent(sent))),
            Some(Kind::Email(Email::Delivered(_))),
            Some(Kind::Email(Email::Opened(_))),
            Some(Kind::Email(Email::Clicked(clicked))),
            Some(Kind::Email(Email::Converted(_))),
            Some(Kind::Email(Email::Bounced(bounced))),
            Some(Kind::Email(Email::Unsubscribed(unsubscribed))),
        ] = kinds[..]
        else {
            panic!("{kinds:?}")
        };
        assert_eq!(sent.recipient.as_deref(), Some("ada@example.com"));
        assert_eq!((clicked.href.as_deref(), clicked.link_id), (Some("https://example.com/offer"), Some(1)));
        assert_eq!(bounced.failure_message.as_deref(), Some("mailbox full"));
        assert_eq!(unsubscribed.email_address.as_deref(), Some("ada@example.com"));
    }

    #[test]
    fn a_push_notification_names_devices() {
        let events = reported("POST /v1/send/push", "");
        let kinds = kinds(&events);
        let [
            Some(Kind::Push(Push::Sent(sent))),
            Some(Kind::Push(Push::Delivered(_))),
            Some(Kind::Push(Push::Opened(_))),
            Some(Kind::Push(Push::Clicked(_))),
            Some(Kind::Push(Push::Converted(_))),
            Some(Kind::Push(Push::Bounced(bounced))),
            Some(Kind::Customer(_)),
        ] = kinds[..]
        else {
            panic!("{kinds:?}")
        };
        assert_eq!(sent.recipients[0].device_id.as_deref(), Some("token"));
        assert_eq!(bounced.recipients[0].failure_message.as_deref(), Some("mailbox full"));
    }

    #[test]
    fn a_channel_has_no_events_but_its_own() {
        let events = reported("POST /v1/send/sms", "+15551234567");
        let kinds_of_sms = kinds(&events);
        let [
            Some(Kind::Sms(Sms::Sent(_))),
            Some(Kind::Sms(Sms::Delivered(_))),
            None,
            Some(Kind::Sms(Sms::Clicked(_))),
            Some(Kind::Sms(Sms::Converted(_))),
            Some(Kind::Sms(Sms::Bounced(_))),
            Some(Kind::Customer(_)),
        ] = kinds_of_sms[..]
        else {
            panic!("{kinds_of_sms:?}")
        };
        let events = reported("POST /v1/send/in_app", "");
        let kinds_of_in_app = kinds(&events);
        let [
            Some(Kind::InApp(InApp::Sent(_))),
            None,
            Some(Kind::InApp(InApp::Opened(_))),
            Some(Kind::InApp(InApp::Clicked(_))),
            Some(Kind::InApp(InApp::Converted(_))),
            None,
            Some(Kind::Customer(_)),
        ] = kinds_of_in_app[..]
        else {
            panic!("{kinds_of_in_app:?}")
        };
        let events = reported("POST /v1/send/whatsapp", "+15551234567");
        assert!(matches!(events[2].as_ref().map(Event::kind), Some(Kind::WhatsApp(WhatsApp::Opened(_)))));
        assert_eq!(reported("POST /v1/send/inbox_message", "").iter().flatten().count(), 0);
    }
}
