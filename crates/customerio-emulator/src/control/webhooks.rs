//! The webhooks: the events that are reported, with their receivers and states; sent again, mixed up, or all at once.

use http::{Response, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    WebhookEvent,
    control::{
        asked::{Asked, json_reply},
        criteria::Criteria,
        deletion::{Removable, Removal},
        list::{Listed, Rows, unlike},
        problem::Problem,
        route::Parameter,
        schema::{INTEGER, Schema, TEXT, TIME},
        time::rfc3339,
        wanted::Wanted,
    },
    server::payload::Payload,
    store::{
        kept::{From, Key},
        state::State,
    },
    webhooks::fate::WebhookState,
};

/// The list of webhooks.
pub(crate) struct Webhooks;

/// An event that is reported, as lists show it.
const ITEM: Schema = Schema::Named(
    "Webhook",
    &Schema::Object(&[
        ("seq", Schema::Integer),
        ("event_id", Schema::Text),
        ("url", Schema::Text),
        ("metric", Schema::Text),
        ("object_type", Schema::Text),
        ("delivery_id", Schema::Text),
        ("at", Schema::Time),
        ("state", Schema::OneOf(&["waiting", "accepted", "failed", "given_up"])),
        ("attempts", Schema::Integer),
        ("last_status", INTEGER),
        ("last_error", TEXT),
        ("next_at", TIME),
    ]),
);

/// With its attempts, and the event itself.
pub(crate) const WHOLE: Schema = Schema::With(
    &ITEM,
    &[
        ("attempt_list", Schema::List(&Schema::Object(&[("at", Schema::Time), ("status", INTEGER), ("error", TEXT)]))),
        ("body", Schema::Map),
    ],
);

/// How what waits is mixed up.
pub(crate) const SCRAMBLE: Schema = Schema::Object(&[("seed", Schema::Maybe(&Schema::Integer))]);

/// How many events wait.
pub(crate) const WAITING: Schema = Schema::Object(&[("waiting", Schema::Integer)]);

/// How many were sent.
pub(crate) const SENT: Schema = Schema::Object(&[("sent", Schema::Integer)]);

/// The event that is sent again.
pub(crate) const EVENT_ID: Schema = Schema::Object(&[("event_id", Schema::Text)]);

impl Listed for Webhooks {
    type Row<'s> = &'s WebhookEvent;

    const KIND: &'static str = "webhooks";

    const ITEM: &'static Schema = &ITEM;

    const FILTERS: &'static [Parameter] = &[
        ("state", "waiting, accepted, failed or given_up"),
        ("metric", "what happened, such as opened"),
        ("delivery", "the id of the message that it happened to"),
        ("event", "the id of the event"),
    ];

    const REPORTED: bool = true;

    fn rows<'s>(state: &'s State, from: From, criteria: &Criteria) -> Rows<'s, Self> {
        let event = criteria.filter("event").map(|id| Key::Event(id.to_owned()));
        let delivery = || criteria.filter("delivery").map(|id| Key::Delivery(id.into()));
        let of_state = || criteria.filter("state").and_then(WebhookState::of_name).map(Key::Webhook);
        state.outbox.records.rows(from, event.or_else(delivery).or_else(of_state))
    }

    fn differs(_: &State, row: &WebhookEvent, filter: &str, value: &str) -> Option<String> {
        match filter {
            "state" => unlike("the state", Some(row.state.name()), value),
            "metric" => unlike("the metric", Some(row.metric), value),
            "delivery" => unlike("the delivery", Some(row.delivery_id.as_str()), value),
            _ => unlike("the event", Some(&row.event_id), value),
        }
    }

    fn contains(_: &State, row: &WebhookEvent, text: &Wanted) -> bool {
        text.is_in(&row.url)
            || text.is_in(row.state.name())
            || row.last_error().is_some_and(|error| text.is_in(error))
            || text.is_in_body(&row.body)
    }

    fn shown(_: &State, seq: u64, row: &WebhookEvent) -> Value {
        shown(seq, row).into()
    }

    fn named<'s>(state: &'s State, id: &str) -> Rows<'s, Self> {
        state.outbox.records.rows(From::Before(u64::MAX), Some(Key::Event(id.to_owned())))
    }
}

impl Removable for Webhooks {
    fn remove(state: &mut State, seq: u64) -> Removal {
        Removal::of(state.outbox.remove(seq))
    }
}

/// An event that is reported, as lists show it.
fn shown(seq: u64, row: &WebhookEvent) -> Map<String, Value> {
    let shown = json!({
        "seq": seq,
        "event_id": row.event_id,
        "url": row.url,
        "metric": row.metric,
        "object_type": row.object_type,
        "delivery_id": row.delivery_id,
        "at": rfc3339(row.at),
        "state": row.state.name(),
        "attempts": row.attempted,
        "last_status": row.last_status().map(|status| status.as_u16()),
        "last_error": row.last_error(),
        "next_at": row.next_at.map(rfc3339),
    });
    match shown {
        Value::Object(shown) => shown,
        _ => Map::new(),
    }
}

/// One event that is reported, whole: by its number, or by the id of the event, which several receivers can have.
pub(crate) fn get(asked: &Asked) -> Result<Response<Payload>, Problem> {
    let state = asked.emulator.state();
    let name = &asked.segments[0];
    let records = &state.outbox.records;
    let numbered = name.parse().ok().and_then(|seq| Some((seq, records.get(seq)?)));
    let found = numbered.or_else(|| records.numbered_of(&Key::Event(name.clone())).next());
    let missing = || Problem::missing(format!("there is no webhook {name:.200}, or it was forgotten for newer ones"));
    let (seq, row) = found.ok_or_else(missing)?;
    let attempts = row.attempts.iter().map(|attempt| {
        let status = attempt.status().map(|status| status.as_u16());
        json!({"at": rfc3339(attempt.at), "status": status, "error": attempt.error})
    });
    let mut item = shown(seq, row);
    item.extend([
        ("attempt_list".to_owned(), attempts.collect()),
        ("body".to_owned(), serde_json::from_slice(&row.body).unwrap_or_default()),
    ]);
    Ok(json_reply(&item))
}

/// Sends an event again.
pub(crate) fn resend(asked: &Asked) -> Result<Response<Payload>, Problem> {
    let event_id = &asked.segments[0];
    if asked.emulator.resend_webhook(event_id) > 0 {
        return Ok(json_reply(&json!({ "event_id": event_id })));
    }
    let is_known = asked.emulator.state().outbox.records.of(&Key::Event(event_id.clone())).next().is_some();
    Err(if is_known {
        let text =
            "the event cannot be sent again: its webhook was disabled or deleted, or too many events wait already";
        Problem::new(StatusCode::CONFLICT, text)
    } else {
        Problem::missing(format!("there is no event {event_id:.200}, or it was forgotten for newer ones"))
    })
}

/// How what waits is mixed up.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scramble {
    #[serde(default)]
    seed: u64,
}

/// Puts what waits into another order, and some of it in twice.
pub(crate) fn scramble(asked: &Asked) -> Result<Response<Payload>, Problem> {
    let Scramble { seed } = asked.body()?;
    asked.emulator.scramble_webhooks(seed);
    Ok(json_reply(&json!({"waiting": asked.emulator.webhooks_waiting()})))
}

/// Sends all, moving the clock.
pub(crate) async fn drain(asked: Asked) -> Result<Response<Payload>, Problem> {
    match asked.workspaces.drain_webhooks(&asked.emulator).await {
        Some(sent) => Ok(json_reply(&json!({ "sent": sent }))),
        None => Err(Problem::new(
            StatusCode::NOT_IMPLEMENTED,
            "this server sends no webhooks: Workspaces::set_webhook_transport says how they leave",
        )),
    }
}
