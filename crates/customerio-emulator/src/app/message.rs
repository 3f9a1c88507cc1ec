//! Transactional messages: what the channels have in common.

use customerio_core::limits;
use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    call::Call,
    contract::{
        identifier::{IDENTIFIERS, Identifier},
        shape::{
            Field,
            Need::{May, Must},
            Shape, undocumented,
        },
    },
    render::Draft,
    server::reply::{Refusal, Reply},
    store::{
        body::Text,
        record::{Channel, Message, Outcome},
        state::State,
    },
    webhooks::plan::plan,
};

pub(crate) const TEMPLATE_ID: Shape = Shape::Either("an integer or a trigger name", &[Shape::Natural, Shape::Filled]);
pub(crate) const OBJECT: Shape = Shape::Open(&[], &Shape::Any);

pub(crate) const TEMPLATE: Field = ("transactional_message_id", Must, TEMPLATE_ID);
pub(crate) const PERSON: Field = ("identifiers", Must, IDENTIFIERS);
pub(crate) const PHONE: Field = ("to", Must, Shape::Rule("a phone number in E.164 form, or Liquid", is_phone));
pub(crate) const MESSAGE_DATA: Field = ("message_data", May, OBJECT);
pub(crate) const TRACKED: Field = ("tracked", May, Shape::Boolean);
pub(crate) const DISABLE_MESSAGE_RETENTION: Field = ("disable_message_retention", May, Shape::Boolean);
/// As [`DISABLE_MESSAGE_RETENTION`], of channels that have it not in the contract and in the vendor's clients.
pub(crate) const ANY_MESSAGE_RETENTION: Field = undocumented(DISABLE_MESSAGE_RETENTION.0, &Shape::Boolean);
pub(crate) const SEND_TO_UNSUBSCRIBED: Field = ("send_to_unsubscribed", May, Shape::Boolean);
pub(crate) const QUEUE_DRAFT: Field = ("queue_draft", May, Shape::Boolean);
pub(crate) const SEND_AT: Field = ("send_at", May, Shape::Timestamp);
pub(crate) const LANGUAGE: Field = ("language", May, Shape::Text);
pub(crate) const AUTO_CREATE: Field = ("auto_create", May, Shape::Boolean);

fn is_phone(text: &str) -> bool {
    let of_e164 = |digits: &str| {
        (2..=15).contains(&digits.len()) && !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    text.contains("{{") || text.strip_prefix('+').is_some_and(of_e164)
}

/// A message of a channel that has nothing of its own.
pub(crate) fn send(call: &mut Call<'_>, channel: Channel) -> Result<Reply, Refusal> {
    check(call, channel, 0)?;
    Ok(keep(call, channel))
}

/// What the channels have in common. `attachments` is how many bytes of the body are attachments.
pub(crate) fn check(call: &Call<'_>, channel: Channel, attachments: usize) -> Result<(), Refusal> {
    if call.state.disabled.contains(&channel) {
        return Err(Refusal::new(StatusCode::FORBIDDEN, "the workspace may not send messages of this channel"));
    }
    let bytes = call.raw.len().saturating_sub(attachments);
    if bytes > limits::MESSAGE {
        let most = limits::MESSAGE;
        return Err(Refusal::bad(format!("the message has {bytes} bytes; the most is {most}")));
    }
    let ahead = i64::try_from(limits::SEND_AHEAD.as_secs()).unwrap_or(i64::MAX);
    if call.body["send_at"].as_i64().is_some_and(|send_at| send_at.saturating_sub(call.now()) > ahead) {
        return Err(Refusal::bad("send_at must be at most 90 days ahead"));
    }
    Ok(())
}

/// The `cio_id` of the person that the message is about, if they are known: a send adds nobody.
pub(crate) fn person(call: &Call<'_>) -> Option<String> {
    let identifier = call.body["identifiers"].as_object().and_then(Identifier::of_body)?;
    call.state.people.find(&identifier)
}

/// Keeps the message and returns its id. A message about someone who is suppressed is not kept.
pub(crate) fn keep(call: &mut Call<'_>, channel: Channel) -> Reply {
    let now = call.now();
    let identifier = call.body["identifiers"].as_object().and_then(Identifier::of_body);
    let person = person(call);
    let state = &mut *call.state;
    state.deliveries += 1;
    let delivery_id = delivery_id(call.config.number, state.deliveries);
    let send_at = call.body["send_at"].as_i64().filter(|send_at| *send_at > now);
    let template = &call.body["transactional_message_id"];
    if !template.is_null() {
        // If there is no room for one more, the message is sent all the same.
        let _ = state.library.templates.obtain(template, now);
    }
    if let Some(identifier) = identifier.filter(|identifier| state.people.is_suppressed(identifier)) {
        state.people.ignore(format!("the {identifier:.200} is suppressed, so no message is sent"));
    } else {
        let composed = state.compose(&Draft {
            channel,
            fields: &call.body,
            template: state.library.templates.find(template),
            data: &call.body["message_data"],
            person: person.as_deref(),
            delivery_id: &delivery_id,
            workspace: call.config.number,
            origin: &call.origin,
        });
        let mut message = Message {
            channel,
            delivery_id: delivery_id.as_str().into(),
            person,
            to: composed.to,
            template: serde_json::from_value(template.clone()).ok(),
            broadcast: None,
            trigger: None,
            subject: composed.subject,
            preview: composed.preview,
            is_draft: call.body["queue_draft"] == true,
            queued_at: now.into(),
            send_at: send_at.map(Into::into),
            outcomes: Vec::new(),
            request: None,
            body: Text::copy(&call.raw),
            rendered: composed.rendered,
        };
        let unwanted = unwanted(state, &message, &call.body).map(Outcome::Undeliverable);
        plan(state, &mut message, unwanted.or(composed.failure.map(Outcome::Failed)));
        state.messages.push(message);
    }
    let mut response = json!({"delivery_id": delivery_id, "queued_at": now});
    if let Some(send_at) = send_at {
        response["send_at"] = send_at.into();
    }
    Reply::json(response)
}

/// Why a message is not sent to a person who wants none. It is where neither the request nor, without it, the template keeps
/// it back.
fn unwanted(state: &State, message: &Message, body: &Value) -> Option<String> {
    let template = state.library.templates.find_of(message).and_then(|id| state.library.templates.get(id));
    let by_request = body["send_to_unsubscribed"].as_bool();
    let sends = by_request.or(template.and_then(|template| template.send_to_unsubscribed)).unwrap_or(true);
    let person = state.people.get(message.person.as_deref()?)?;
    if sends || !message.channel.heeds_subscriptions() || !person.unsubscribed() {
        return None;
    }
    let by = if by_request.is_some() { "the request" } else { "the template" };
    Some(format!("the person is unsubscribed, and send_to_unsubscribed of {by} is false"))
}

/// What ids begin with that say of which workspace they are.
const MARK: &str = "emulated";

/// What an id of the workspace with a number begins with.
pub(crate) fn workspace_mark(workspace: u16) -> String {
    format!("{MARK}{workspace:04x}")
}

/// The id of the delivery with a number, in the workspace with a number.
pub(crate) fn delivery_id(workspace: u16, number: u64) -> String {
    format!("{MARK}{workspace:04x}{number:012x}")
}

/// The number of the workspace of the first such id that a text has: a path, or a body.
#[cfg(feature = "server")]
pub(crate) fn workspace_in(text: &[u8]) -> Option<u16> {
    let start = text.windows(MARK.len()).position(|window| window == MARK.as_bytes())? + MARK.len();
    let digits = std::str::from_utf8(text.get(start..start + 4)?).ok()?;
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        store::library::Template,
        testing::{NOW, accept, call, emulator},
    };

    const CHANNELS: [(Channel, &str); 6] = [
        (Channel::Email, "POST /v1/send/email"),
        (Channel::Push, "POST /v1/send/push"),
        (Channel::Sms, "POST /v1/send/sms"),
        (Channel::WhatsApp, "POST /v1/send/whatsapp"),
        (Channel::InApp, "POST /v1/send/in_app"),
        (Channel::Inbox, "POST /v1/send/inbox_message"),
    ];

    /// The least that the channel takes, with more.
    fn message(channel: Channel, more: &Value) -> Value {
        let mut message = json!({"transactional_message_id": "welcome", "identifiers": {"id": "42"}});
        match channel {
            Channel::Email => message["to"] = "ada@example.com".into(),
            Channel::Sms | Channel::WhatsApp => message["to"] = "+15551234567".into(),
            Channel::Push | Channel::InApp | Channel::Inbox => {}
        }
        message.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        message
    }

    #[test]
    fn each_channel_keeps_its_messages() {
        let emulator = emulator();
        accept(&emulator, "PUT /api/v1/customers/42", &json!({}));
        let person = emulator.person("42").unwrap().cio_id;
        for (channel, line) in CHANNELS {
            let body = message(channel, &json!({"message_data": {"a": [1]}, "send_at": NOW + 60, "queue_draft": true}));
            let (status, response) = call(&emulator, line, &body);
            let kept = emulator.messages().pop().unwrap();
            let expected = json!({"delivery_id": kept.delivery_id, "queued_at": NOW, "send_at": NOW + 60});
            assert_eq!((status, response), (200, expected), "{line}");
            assert_eq!((kept.channel, kept.person.as_ref(), kept.body()), (channel, Some(&person), body.clone()));
            assert_eq!((kept.to.as_deref(), kept.send_at), (body["to"].as_str(), Some((NOW + 60).into())));
        }
        let mut ids = emulator.messages().into_iter().map(|message| message.delivery_id).collect::<Vec<_>>();
        ids.dedup();
        assert_eq!(ids.len(), 6);
    }

    #[test]
    fn a_time_in_the_past_is_now() {
        let emulator = emulator();
        let (_, response) = call(&emulator, "POST /v1/send/in_app", &message(Channel::InApp, &json!({"send_at": NOW})));
        assert_eq!(response.get("send_at"), None);
        assert_eq!(emulator.messages()[0].send_at, None);
    }

    #[test]
    fn what_the_contract_does_not_allow_is_refused_by_every_channel() {
        let emulator = emulator();
        let ahead = NOW + 90 * 24 * 60 * 60;
        for (channel, line) in CHANNELS {
            for (more, reason) in [
                (json!({"nonsense": 1}), "nonsense is not a field of this call"),
                (
                    json!({"transactional_message_id": ""}),
                    "transactional_message_id must be an integer or a trigger name",
                ),
                (
                    json!({"transactional_message_id": null}),
                    "transactional_message_id must be an integer or a trigger name",
                ),
                (json!({"identifiers": {}}), "identifiers must be an object of exactly one of id, email, cio_id"),
                (json!({"identifiers": {"id": -42}}), "identifiers.id must be a string"),
                (
                    json!({"transactional_message_id": -1}),
                    "transactional_message_id must be an integer or a trigger name",
                ),
                (json!({"message_data": []}), "message_data must be an object"),
                (json!({"queue_draft": 1}), "queue_draft must be true or false"),
                (json!({"language": 1}), "language must be a string"),
                (json!({"send_at": NOW * 1_000}), "send_at must be in seconds, and can only be in milliseconds"),
                (json!({"send_at": ahead + 1}), "send_at must be at most 90 days ahead"),
            ] {
                let expected = (400, json!({"meta": {"error": reason}}));
                assert_eq!(call(&emulator, line, &message(channel, &more)), expected, "{line} {more}");
            }
            assert_eq!(call(&emulator, line, &message(channel, &json!({"send_at": ahead}))).0, 200, "{line}");
            let large = message(channel, &json!({"message_data": {"a": "x".repeat(1_000_000)}}));
            let (status, response) = call(&emulator, line, &large);
            let reason = format!("the message has {} bytes; the most is 1000000", large.to_string().len());
            assert_eq!((status, response), (400, json!({"meta": {"error": reason}})), "{line}");
        }
        assert_eq!(emulator.messages().len(), CHANNELS.len());
    }

    #[test]
    fn each_channel_has_its_own_fields() {
        use Channel::{Email, InApp, Inbox, Push, Sms, WhatsApp};
        let emulator = emulator();
        let flag = |name: &str| json!({name: true});
        let device = |more| json!({"custom_device": more});
        for (more, channels) in [
            (flag("auto_create"), &[Email, Push, Sms, InApp, Inbox][..]),
            (flag("tracked"), &[Email, Sms, WhatsApp]),
            (flag("disable_message_retention"), &[Email, Push, Sms, WhatsApp, InApp, Inbox]),
            (json!({"disable_message_retention": 1}), &[]),
            (flag("send_to_unsubscribed"), &[Email, Push, Sms, WhatsApp]),
            (json!({"from": "ACME"}), &[Email, Sms, WhatsApp]),
            (json!({"to": "{{customer.phone}}"}), &[Email, Push, Sms, WhatsApp, Inbox]),
            (json!({"to": "5551234567"}), &[Push, Inbox]),
            (json!({"to": "+05551234567"}), &[Push, Inbox]),
            (json!({"to": "+1555123456789012"}), &[Push, Inbox]),
            (json!({"to": "ada@example.com"}), &[Email, Push, Inbox]),
            (json!({"auto_create": "true"}), &[]),
            (json!({"title": "Hi", "message": "Ho", "sound": "none", "link": "app://x"}), &[Push]),
            (json!({"sound": "loud"}), &[]),
            (json!({"custom_data": {"a": "b"}}), &[Push]),
            (json!({"custom_data": {"a": 1}}), &[]),
            (json!({"custom_payload": {"ios": {"aps": {"badge": 1}}}}), &[Push]),
            (json!({"custom_payload": {"android": {"message": {"data": {"a": "b"}}}}}), &[Push]),
            (json!({"custom_payload": {"android": {"message": {"data": {"a": 1}}}}}), &[]),
            (json!({"custom_payload": {"android": {}}}), &[]),
            (json!({"custom_payload": {"web": {}}}), &[]),
            (device(json!({"token": "t", "platform": "ios", "attributes": {"push_enabled": true}})), &[Push]),
            (device(json!({"id": "t", "platform": "ios"})), &[]),
            (device(json!({"token": "t", "platform": "web"})), &[]),
            (device(json!({"token": "t", "platform": "ios", "attributes": {"_last_status": "sent"}})), &[]),
            (json!({"subject": "Hi"}), &[Email]),
        ] {
            for (channel, line) in CHANNELS {
                let status = if channels.contains(&channel) { 200 } else { 400 };
                assert_eq!(call(&emulator, line, &message(channel, &more)).0, status, "{line} {more}");
            }
        }
    }

    #[test]
    fn a_channel_can_be_forbidden() {
        let emulator = emulator();
        for (channel, line) in CHANNELS {
            emulator.set_channel(channel, false);
            let reason = "the workspace may not send messages of this channel";
            let expected = (403, json!({"meta": {"error": reason}}));
            assert_eq!(call(&emulator, line, &message(channel, &json!({}))), expected);
            emulator.set_channel(channel, true);
            assert_eq!(call(&emulator, line, &message(channel, &json!({}))).0, 200);
        }
    }

    #[test]
    fn who_wants_no_messages_gets_those_alone_that_say_so() {
        let emulator = emulator();
        emulator.report_to("http://example.com/hook").unwrap();
        emulator.set_outcomes([(std::time::Duration::ZERO, Outcome::Sent)]);
        for template in [
            json!({"id": 1}),
            json!({"id": 2, "send_to_unsubscribed": false}),
            json!({"id": 3, "send_to_unsubscribed": true}),
        ] {
            let id = template["id"].as_u64().unwrap();
            let sends = template["send_to_unsubscribed"].as_bool();
            let template = Template { name: format!("of {id}"), send_to_unsubscribed: sends, ..Template::default() };
            emulator.state().library.templates.set(id, template);
            let (_, shown) = call(&emulator, &format!("GET /v1/transactional/{id}"), &Value::Null);
            assert_eq!(shown["message"]["send_to_unsubscribed"], sends.unwrap_or(true));
        }
        for (id, attributes) in [("42", json!({"unsubscribed": true})), ("43", json!({}))] {
            accept(&emulator, &format!("PUT /api/v1/customers/{id}"), &attributes);
        }
        let of_request = "the person is unsubscribed, and send_to_unsubscribed of the request is false";
        let of_template = "the person is unsubscribed, and send_to_unsubscribed of the template is false";
        for (channel, line) in CHANNELS {
            let heeds = channel.heeds_subscriptions();
            for (template, sends, id, reason) in [
                (1, None, "42", None),
                (1, Some(true), "42", None),
                (1, Some(false), "42", Some(of_request)),
                (1, Some(false), "43", None),
                (2, None, "42", Some(of_template)),
                (2, Some(true), "42", None),
                (3, None, "42", None),
                (3, Some(false), "42", Some(of_request)),
            ] {
                let mut body =
                    message(channel, &json!({"transactional_message_id": template, "identifiers": {"id": id}}));
                if let Some(sends) = sends.filter(|_| heeds) {
                    body["send_to_unsubscribed"] = sends.into();
                }
                let (status, response) = call(&emulator, line, &body);
                assert_eq!(status, 200, "{line} {body}: {response}");
                let kept = emulator.messages().pop().unwrap();
                assert_eq!(response["delivery_id"], kept.delivery_id.as_str());
                let outcomes: Vec<_> = kept.outcomes.into_iter().map(|(_, outcome)| outcome).collect();
                let expected = match reason.filter(|_| heeds) {
                    Some(reason) => vec![Outcome::Undeliverable(reason.to_owned())],
                    None if channel == Channel::Inbox => Vec::new(),
                    None => vec![Outcome::Sent],
                };
                assert_eq!(outcomes, expected, "{line} {body}");
                if expected.is_empty() {
                    continue;
                }
                let call = emulator.next_webhook().unwrap();
                emulator.webhook_responded(&call, crate::WebhookResponse::Status(StatusCode::OK));
                let event: Value = serde_json::from_slice(call.request().body()).unwrap();
                assert_eq!(
                    (&event["metric"], event["data"]["failure_message"].as_str()),
                    (&json!(expected[0].metric()), expected[0].detail())
                );
                let path = format!("GET /v1/messages/{}", kept.delivery_id);
                let (_, read) = crate::testing::call(&emulator, &path, &Value::Null);
                assert_eq!(read["message"]["failure_message"].as_str(), expected[0].detail());
                assert_eq!(read["message"]["metrics"].get("undeliverable").is_some(), reason.is_some() && heeds);
            }
        }
    }

    #[test]
    fn a_message_about_someone_suppressed_is_not_kept() {
        let emulator = emulator();
        accept(&emulator, "POST /api/v1/customers/42/suppress", &Value::Null);
        assert_eq!(call(&emulator, "POST /v1/send/sms", &message(Channel::Sms, &json!({}))).0, 200);
        assert_eq!(emulator.messages(), []);
    }
}
