//! `/v1/reporting_webhooks`: who gets the events about messages. None of them gets their content.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    app::audience::URL,
    call::{
        Call,
        Handler::{Fallible, Infallible},
    },
    contract::shape::{
        Field,
        Need::{May, Must},
        Shape,
    },
    route::Route,
    server::reply::{Refusal, Reply},
    store::library::Webhook,
};

pub(crate) const ROUTES: &[Route] = &[
    Route::app_read(Method::GET, "/v1/reporting_webhooks", Infallible(list)),
    Route::app("/v1/reporting_webhooks", &NEW, Fallible(create)),
    Route::app_read(Method::GET, "/v1/reporting_webhooks/{webhook}", Fallible(get)),
    Route::app_change(Method::PUT, "/v1/reporting_webhooks/{webhook}", &CHANGE, Fallible(update)),
    Route::app_read(Method::DELETE, "/v1/reporting_webhooks/{webhook}", Fallible(delete)),
];

/// The vendor's client for Node takes one without a name.
const NEW: Shape = Shape::Taken(
    &WHOLE,
    &Shape::Joined(&[&[("name", May, Shape::Text), ("endpoint", Must, URL), ("events", Must, EVENTS)], OPTIONS]),
);

/// The vendor's client for Node sends what is to change alone.
const CHANGE: Shape = Shape::Taken(
    &WHOLE,
    &Shape::Joined(&[&[("name", May, Shape::Text), ("endpoint", May, URL), ("events", May, EVENTS)], OPTIONS]),
);

const WHOLE: Shape =
    Shape::Joined(&[&[("name", Must, Shape::Filled), ("endpoint", Must, URL), ("events", Must, EVENTS)], OPTIONS]);

/// Events get new names without notice, so any name is taken.
const EVENTS: Shape = Shape::List(&Shape::Filled, 1, MOST_EVENTS);

const OPTIONS: &[Field] = &[
    ("disabled", May, Shape::Boolean),
    ("full_resolution", May, Shape::Boolean),
    ("with_content", May, Shape::Boolean),
    // These are read only: what they say changes nothing.
    ("id", May, Shape::Natural),
    ("type", May, Shape::OneOf(&["webhook", "js"])),
];

/// Most events of a webhook. The emulator's own.
const MOST_EVENTS: usize = 1_000;

/// Most webhooks. The emulator's own: each message is compared with all.
const MOST_WEBHOOKS: usize = 100;

fn shown(id: u64, webhook: &Webhook) -> Value {
    json!({
        "id": id,
        "name": webhook.name,
        "type": "webhook",
        "endpoint": webhook.endpoint,
        "events": webhook.events,
        "disabled": webhook.disabled,
        "full_resolution": webhook.full_resolution,
        "with_content": webhook.with_content,
    })
}

/// The webhook of a body; what that does not say is as it was `before`.
fn read(body: &Value, before: Option<&Webhook>) -> Webhook {
    let text = |name: &str, before: Option<&String>| {
        body[name].as_str().map(str::to_owned).or_else(|| before.cloned()).unwrap_or_default()
    };
    let events = body["events"].as_array().map(|events| events.iter().filter_map(Value::as_str).map(str::to_owned));
    let events = events.map(Iterator::collect).or_else(|| before.map(|before| before.events.clone()));
    let flag = |name: &str, before: Option<bool>| body[name].as_bool().or(before).unwrap_or(false);
    Webhook {
        name: text("name", before.map(|before| &before.name)),
        endpoint: text("endpoint", before.map(|before| &before.endpoint)),
        events: events.unwrap_or_default(),
        disabled: flag("disabled", before.map(|before| before.disabled)),
        full_resolution: flag("full_resolution", before.map(|before| before.full_resolution)),
        with_content: flag("with_content", before.map(|before| before.with_content)),
    }
}

fn list(call: &mut Call<'_>) -> Reply {
    let webhooks: Vec<_> = call.state.library.webhooks.iter().map(|(id, webhook)| shown(*id, webhook)).collect();
    Reply::json(json!({ "reporting_webhooks": webhooks }))
}

fn create(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let webhooks = &mut call.state.library.webhooks;
    if webhooks.iter().count() >= MOST_WEBHOOKS {
        return Err(Refusal::full("reporting webhooks", MOST_WEBHOOKS));
    }
    let webhook = read(&call.body, None);
    let mut shown = shown(0, &webhook);
    shown["id"] = webhooks.add(webhook)?.into();
    Ok(Reply::json(shown))
}

/// The number of the webhook that the path names, and the webhook.
fn named<'a>(call: &'a Call<'_>) -> Result<(u64, &'a Webhook), Refusal> {
    let id = call.segments[0].parse::<u64>().ok();
    let found = id.and_then(|id| Some((id, call.state.library.webhooks.get(&id)?)));
    found.ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "the webhook does not exist"))
}

fn get(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let (id, webhook) = named(call)?;
    Ok(Reply::json(shown(id, webhook)))
}

/// What waits for one that is disabled is forgotten.
fn update(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let (id, before) = named(call)?;
    let webhook = read(&call.body, Some(before));
    if webhook.disabled {
        call.state.outbox.forget(id);
    }
    let shown = shown(id, &webhook);
    call.state.library.webhooks.put(id, webhook)?;
    Ok(Reply::json(shown))
}

/// The contract says 200, where other deletions are a 204.
fn delete(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let (id, _) = named(call)?;
    call.state.library.webhooks.remove(&id);
    call.state.outbox.forget(id);
    Ok(Reply::no_content().with_status(StatusCode::OK))
}
