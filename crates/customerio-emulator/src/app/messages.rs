//! `/v1/messages`: the transactional messages that were taken.

use std::collections::HashMap;

use customerio_core::{DeliveryId, Quota};
use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use crate::{
    app::{
        named::{self, ID_TYPE, identifiers},
        paging::{FLAG, LIMIT, Paging, START, number, oldest_first, text},
    },
    call::{Call, Handler::Fallible},
    contract::shape::{Field, Need::May, Shape, undocumented},
    route::Route,
    server::reply::{Refusal, Reply},
    store::{
        kept::Key,
        record::{Channel, Message, Metric, Outcome},
        state::State,
    },
};

pub(crate) const ROUTES: &[Route] = &[
    Route::app_read(Method::GET, "/v1/messages", Fallible(list)).with_query(&LIST),
    Route::app_read(Method::GET, "/v1/messages/{message}", Fallible(get)).with_query(&ONE),
    Route::app_read(Method::GET, "/v1/messages/{message}/archived_message", Fallible(archived))
        .with_quota(Quota::ArchivedMessages),
    Route::app_read(Method::GET, "/v1/customers/{customer}/messages", Fallible(of_person)).with_query(&OF_PERSON),
];

const LIST: Shape = Shape::Joined(&[
    DELIVERIES,
    &[
        ("type", May, Shape::OneOf(&["email", "webhook", "twilio", "slack", "push", "in_app", "whatsapp"])),
        ("drafts", May, FLAG),
        ("campaign_id", May, Shape::Text),
        ("newsletter_id", May, Shape::Text),
        ("action_id", May, Shape::Text),
    ],
    CLIENTS,
]);

/// What the vendor's client for Node can ask for beside it.
const CLIENTS: &[Field] = &[
    undocumented("transactional_id", &Shape::Text),
    undocumented("trigger_id", &Shape::Text),
    undocumented("template_id", &Shape::Text),
    undocumented("content_id", &Shape::Text),
    undocumented("associations", &FLAG),
];

/// What every list of messages takes, but that of a person.
pub(crate) const DELIVERIES: &[Field] = &[
    START,
    LIMIT,
    ("metric", May, Shape::Text),
    ("start_ts", May, Shape::Text),
    ("end_ts", May, Shape::Text),
    ("get_tracked_responses", May, FLAG),
];

const OF_PERSON: Shape =
    Shape::Object(&[ID_TYPE, START, LIMIT, ("start_ts", May, Shape::Text), ("end_ts", May, Shape::Text)]);

const ONE: Shape = Shape::Object(&[
    ("get_tracked_responses", May, FLAG),
    undocumented("archived_message", &FLAG),
    undocumented("associations", &FLAG),
]);

/// How many messages are on a page: by default, and at most.
const MESSAGES: (usize, usize) = (50, 1_000);

/// No list is longer than six months.
const LONGEST: i64 = 183 * 24 * 60 * 60;

/// As the API names a channel.
const fn type_of(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "email",
        Channel::Push => "push",
        Channel::Sms => "twilio",
        Channel::WhatsApp => "whatsapp",
        Channel::InApp => "in_app",
        Channel::Inbox => "inbox",
    }
}

/// What was reported, by the message that it is about.
pub(crate) type Reported<'a> = HashMap<&'a DeliveryId, Vec<&'a Metric>>;

pub(crate) fn reported<'a>(metrics: impl Iterator<Item = &'a Metric>) -> Reported<'a> {
    let mut reported = Reported::new();
    for metric in metrics {
        reported.entry(&metric.delivery_id).or_default().push(metric);
    }
    reported
}

/// The outcomes of a message until now, and when: that it was made, what a test said of it, and what was reported.
pub(crate) fn metrics(reported: &Reported<'_>, message: &Message, now: i64) -> Map<String, Value> {
    let happened = message.outcomes.iter().map(|(at, outcome)| (at.unix_seconds(), outcome.metric()));
    let happened = happened.filter(|(at, _)| *at <= now);
    let reported = reported.get(&message.delivery_id).into_iter().flatten();
    let reported = reported.map(|metric| (metric.timestamp.unix_seconds(), metric.metric.as_str()));
    let created = (message.queued_at.unix_seconds(), "created");
    let all = [created].into_iter().chain(happened).chain(reported);
    all.map(|(at, metric)| (metric.to_owned(), at.into())).collect()
}

/// A message as the API shows it at a time.
fn shown(state: &State, reported: &Reported<'_>, message: &Message, now: i64) -> Value {
    let person = message.person.as_ref().and_then(|cio_id| state.people.get(cio_id));
    let created = message.queued_at.unix_seconds();
    let failed = message.outcomes.iter().find(|(at, outcome)| {
        let is_failure = matches!(outcome, Outcome::Bounced(_)) || outcome.is_final();
        is_failure && at.unix_seconds() <= now
    });
    json!({
        "id": message.delivery_id,
        "type": type_of(message.channel),
        "customer_id": person.and_then(|person| person.id.clone()),
        "customer_identifiers": person.map(identifiers),
        "recipient": message.to,
        "subject": message.subject,
        "metrics": metrics(reported, message, now),
        "created": created,
        "failure_message": failed.and_then(|(_, outcome)| outcome.detail()),
        "campaign_id": null,
        "newsletter_id": null,
        "broadcast_id": message.broadcast,
        "action_id": null,
        "forgotten": false,
    })
}

/// A page of messages, which come with their numbers: those among them that the query asks for.
pub(crate) fn page<'a>(
    call: &Call<'_>,
    state: &'a State,
    messages: impl Iterator<Item = (u64, &'a Message)>,
) -> Result<Reply, Refusal> {
    let query = &call.query;
    let paging = Paging::of(query, MESSAGES)?;
    let until = number(query, "end_ts")?.unwrap_or(i64::MAX);
    let from = number(query, "start_ts")?.unwrap_or(i64::MIN).max(until.min(call.now()).saturating_sub(LONGEST));
    let reported = reported(state.metrics.iter());
    let now = call.now();
    let reached = |message: &Message, name: &str| metrics(&reported, message, now).contains_key(name);
    let chosen = |message: &Message| {
        let created = message.queued_at.unix_seconds();
        let is_draft = message.is_draft;
        let is_in_state = |state: &str| if state == "drafted" { is_draft } else { reached(message, state) };
        text(query, "type").is_none_or(|name| name == type_of(message.channel))
            && text(query, "drafts").is_none_or(|drafts| is_draft == (drafts == "true"))
            && text(query, "metric").is_none_or(|name| reached(message, name))
            && text(query, "state").is_none_or(is_in_state)
            && (from <= created && created < until)
    };
    let messages = messages.map(|(number, message)| (oldest_first(number), message));
    let page = paging.page_of(messages, |message| chosen(message));
    let messages: Vec<_> = page.rows.into_iter().map(|message| shown(state, &reported, message, now)).collect();
    Ok(Reply::json(json!({ "messages": messages, "next": page.next })))
}

fn list(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    // They are transactional, or of a broadcast: nothing else has sent one.
    let parents = ["newsletter_id", "action_id", "template_id", "content_id"];
    let has_parent = parents.iter().any(|name| call.query.contains_key(*name));
    let named = |name: &'static str| {
        let number = number(&call.query, name)?.map(u64::try_from).transpose();
        number.map_err(|_| Refusal::bad(format!("{name} must not be negative")))
    };
    // A broadcast is a campaign where it is asked for.
    let (of, broadcast, trigger) = (named("transactional_id")?, named("campaign_id")?, named("trigger_id")?);
    let templates = &call.state.library.templates;
    let is_of = |message: &Message| {
        !has_parent
            && of.is_none_or(|of| message.broadcast.is_none() && templates.find_of(message) == Some(of))
            && broadcast.is_none_or(|of| message.broadcast.is_some_and(|broadcast| broadcast.get() == of))
            && trigger.is_none_or(|of| message.trigger.is_some_and(|trigger| trigger.get() == of))
    };
    page(call, call.state, call.state.messages.numbered().filter(|(_, message)| is_of(message)))
}

fn of_person(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let key = Key::Person(named::person(call)?.cio_id.clone());
    page(call, call.state, call.state.messages.numbered_of(&key))
}

/// The message that the path names.
fn named<'a>(call: &'a Call<'_>) -> Result<&'a Message, Refusal> {
    let key = Key::Delivery(call.segments[0].as_str().into());
    let message = call.state.messages.of(&key).next();
    message.ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "the message does not exist"))
}

/// As the recipient gets it. Of one that is not to be retained, nothing.
fn archived(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let message = named(call)?;
    let body = message.body();
    let is_forgotten = body["disable_message_retention"] == true;
    let part = |name: &str| message.part(name).filter(|_| !is_forgotten);
    let said = |name: &str| if is_forgotten { &Value::Null } else { &body[name] };
    // They are sent as an object or as the text of a list, and read as the latter.
    let listed = |headers: &Map<String, Value>| {
        let list: Vec<_> = headers.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        json!(list).to_string().into()
    };
    let headers = said("headers");
    let archived = json!({
        "id": message.delivery_id,
        "body": part("html").or_else(|| part("message")).or_else(|| part("text")),
        "from": part("from"),
        "reply_to": part("reply_to"),
        "recipient": message.to.as_ref().filter(|_| !is_forgotten),
        "subject": message.subject.as_ref().filter(|_| !is_forgotten),
        "bcc": part("bcc"),
        "fake_bcc": said("fake_bcc"),
        "preheader_text": part("preheader"),
        "headers": headers.as_object().map_or_else(|| headers.clone(), listed),
        "forgotten": is_forgotten,
    });
    Ok(Reply::json(json!({ "archived_message": archived })))
}

fn get(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let message = named(call)?;
    let metrics = call.state.metrics.iter().filter(|metric| metric.delivery_id == message.delivery_id);
    Ok(Reply::json(json!({ "message": shown(call.state, &reported(metrics), message, call.now()) })))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{NOW, accept, call, emulator};

    #[test]
    fn messages_are_listed_page_by_page_and_read_by_their_ids() {
        let emulator = emulator();
        accept(&emulator, "PUT /api/v1/customers/42", &json!({"email": "ada@example.com"}));
        let email = json!({"transactional_message_id": 1, "identifiers": {"id": "42"}, "to": "ada@example.com"});
        let push = json!({"transactional_message_id": 1, "identifiers": {"id": "42"}});
        let id = call(&emulator, "POST /v1/send/email", &email).1["delivery_id"].as_str().unwrap().to_owned();
        (0..2).for_each(|_| assert_eq!(call(&emulator, "POST /v1/send/push", &push).0, 200));
        let get = |path: &str| call(&emulator, &format!("GET /v1/messages{path}"), &Value::Null);

        let (_, message) = get(&format!("/{id}"));
        let message = &message["message"];
        assert_eq!(
            (&message["type"], &message["customer_identifiers"]["email"]),
            (&json!("email"), &json!("ada@example.com"))
        );
        assert_eq!((&message["metrics"], &message["recipient"]), (&json!({"created": NOW}), &json!("ada@example.com")));

        let (mut count, mut start) = (0, String::new());
        loop {
            let (_, page) = get(&format!("?limit=2&start={start}"));
            count += page["messages"].as_array().unwrap().len();
            page["next"].as_str().unwrap().clone_into(&mut start);
            if start.is_empty() {
                break;
            }
        }
        assert_eq!(count, 3);
        for (query, expected) in [
            ("?type=push", 2),
            ("?type=twilio", 0),
            ("?metric=created", 3),
            ("?metric=opened", 0),
            ("?campaign_id=1", 0),
            ("?drafts=true", 0),
            ("?transactional_id=1", 3),
            ("?transactional_id=2", 0),
            ("?content_id=2&associations=true", 0),
            ("?drafts=false", 3),
            (&*format!("?end_ts={NOW}"), 0),
            (&*format!("?start_ts={NOW}"), 3),
        ] {
            assert_eq!(get(query).1["messages"].as_array().unwrap().len(), expected, "{query}");
        }
        assert!(emulator.request_log().pop().unwrap().deviations.is_empty());
        get("?content_id=2&associations=true");
        let taken = emulator.request_log().pop().unwrap().deviations;
        let taken: Vec<_> = taken.iter().map(ToString::to_string).collect();
        let expected = ["content_id", "associations"];
        assert_eq!(taken, expected.map(|name| format!("?{name}: {name} is not a field of this call")));
        for (path, status) in
            [("/other", 404), ("?limit=0", 400), ("?limit=1001", 400), ("?start=%2F", 400), ("?type=fax", 400)]
        {
            assert_eq!(get(path).0, status, "{path}");
        }
    }
}
