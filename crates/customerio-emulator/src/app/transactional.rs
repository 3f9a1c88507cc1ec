//! `/v1/transactional`: the transactional messages that sends have named, and those that a test has made.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    app::messages,
    call::{
        Call,
        Handler::{Fallible, Infallible},
    },
    contract::shape::{Need::May, Shape},
    route::Route,
    server::reply::{Refusal, Reply},
    store::library::Template,
};

pub(crate) const ROUTES: &[Route] = &[
    Route::app_read(Method::GET, "/v1/transactional", Infallible(list)),
    Route::app_read(Method::GET, "/v1/transactional/{message}", Fallible(get)),
    Route::app_read(Method::GET, "/v1/transactional/{message}/messages", Fallible(deliveries)).with_query(&DELIVERIES),
];

const DELIVERIES: Shape = Shape::Joined(&[
    messages::DELIVERIES,
    &[("state", May, Shape::OneOf(&["failed", "sent", "drafted", "attempted"]))],
]);

fn shown(id: u64, template: &Template) -> Value {
    json!({
        "id": id,
        "name": template.name,
        "description": "",
        "send_to_unsubscribed": template.send_to_unsubscribed.unwrap_or(true),
        "link_tracking": true,
        "open_tracking": true,
        "hide_message_body": false,
        "queue_drafts": false,
        "created_at": template.created_at,
        "updated_at": template.created_at,
    })
}

fn list(call: &mut Call<'_>) -> Reply {
    let messages: Vec<_> = call.state.library.templates.iter().map(|(id, template)| shown(id, template)).collect();
    Reply::json(json!({ "messages": messages }))
}

/// The number of the one that the path names, and it.
fn named<'a>(call: &'a Call<'_>) -> Result<(u64, &'a Template), Refusal> {
    let id = call.segments[0].parse::<u64>().ok();
    let found = id.and_then(|id| Some((id, call.state.library.templates.get(id)?)));
    found.ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "the transactional message does not exist"))
}

fn get(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let (id, template) = named(call)?;
    Ok(Reply::json(json!({ "message": shown(id, template) })))
}

/// The messages that were made of it.
fn deliveries(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let (id, _) = named(call)?;
    let templates = &call.state.library.templates;
    let made = call.state.messages.numbered();
    let of_it = made.filter(|(_, message)| message.broadcast.is_none() && templates.find_of(message) == Some(id));
    messages::page(call, call.state, of_it)
}
