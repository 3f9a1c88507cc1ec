//! The triggers of broadcasts, and what was wrong with those that failed.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    app::paging::{self, LIMIT, START, number},
    call::{Call, Handler::Fallible},
    contract::shape::Shape,
    route::Route,
    server::reply::{Refusal, Reply},
    store::record::Trigger,
};

pub(crate) const ROUTES: &[Route] = &[
    Route::app_read(Method::GET, "/v1/broadcasts/{broadcast}/triggers", Fallible(list)),
    Route::app_read(Method::GET, "/v1/campaigns/{broadcast}/triggers/{trigger}", Fallible(get)),
    Route::app_read(Method::GET, "/v1/campaigns/{broadcast}/triggers/{trigger}/errors", Fallible(errors))
        .with_query(&PAGE),
];

const PAGE: Shape = Shape::Object(&[START, LIMIT]);

fn shown(trigger: &Trigger) -> Value {
    let at = trigger.triggered_at.unix_seconds();
    let processed_at = trigger.processed_at.map(customerio_core::Timestamp::unix_seconds);
    json!({ "id": trigger.id, "broadcast_id": trigger.broadcast_id, "created_at": at, "processed_at": processed_at })
}

/// The broadcast that the path names.
fn broadcast(call: &Call<'_>) -> Result<u64, Refusal> {
    let id = call.segments[0].parse::<u64>().ok().filter(|id| call.state.broadcasts.get(id).is_some());
    id.ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "the broadcast does not exist"))
}

/// Those of a broadcast that are kept, also those that failed.
fn of_broadcast<'a>(call: &'a Call<'_>, broadcast: u64) -> impl Iterator<Item = (&'a Trigger, &'a [String])> {
    let all = call.state.triggers.iter().map(|trigger| (trigger, &*trigger.errors));
    all.filter(move |(trigger, _)| trigger.broadcast_id == broadcast)
}

/// The trigger that the path names, and what was wrong with it.
fn named<'a>(call: &'a Call<'_>) -> Result<(&'a Trigger, &'a [String]), Refusal> {
    let broadcast = broadcast(call)?;
    let id = call.segments[1].parse::<u64>().ok();
    let found = of_broadcast(call, broadcast).find(|(trigger, _)| Some(trigger.id) == id);
    found.ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "the trigger does not exist"))
}

fn list(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let mut triggers: Vec<_> = of_broadcast(call, broadcast(call)?).map(|(trigger, _)| trigger).collect();
    triggers.sort_by_key(|trigger| trigger.id);
    Ok(Reply::json(json!({ "triggers": triggers.into_iter().map(shown).collect::<Vec<_>>() })))
}

fn get(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    Ok(Reply::json(shown(named(call)?.0)))
}

/// Here a page starts at a number, which is how many errors came before.
fn errors(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let (_, errors) = named(call)?;
    let limit = paging::limit(&call.query, paging::UNSAID)?;
    let start = number(&call.query, START.0)?.map_or(Ok(0), usize::try_from);
    let start = start.map_err(|_| Refusal::bad("start must be the next of another page"))?;
    let page: Vec<_> = errors.iter().skip(start).take(limit).collect();
    let next = start.saturating_add(page.len());
    let mut body = json!({ "errors": page });
    if next < errors.len() {
        body["next"] = next.into();
    }
    Ok(Reply::json(body))
}
