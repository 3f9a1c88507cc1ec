//! `/v1/activities`: the events of people, newest first. What was done to people is not kept.

use customerio_core::{EventId, track::EventType};
use http::Method;
use serde_json::{Value, json};

use crate::{
    app::{
        named::{self, ID_TYPE, identifiers},
        paging::{FLAG, LIMIT, Paging, START, newest_first, text},
    },
    call::{Call, Handler::Fallible},
    contract::shape::{Field, Need::May, Shape},
    route::Route,
    server::reply::{Refusal, Reply},
    store::{kept::Key, record::Event, state::State},
};

pub(crate) const ROUTES: &[Route] = &[
    Route::app_read(Method::GET, "/v1/activities", Fallible(list)).with_query(&LIST),
    Route::app_read(Method::GET, "/v1/customers/{customer}/activities", Fallible(of_person)).with_query(&OF_PERSON),
];

const LIST: Shape = Shape::Joined(&[PAGE, &[("deleted", May, FLAG), ("customer_id", May, Shape::Filled)]]);
const OF_PERSON: Shape = Shape::Object(PAGE);
const PAGE: &[Field] = &[START, LIMIT, ("type", May, Shape::Text), ("name", May, Shape::Text), ID_TYPE];

/// How many activities are on a page: by default, and at most.
const ACTIVITIES: (usize, usize) = (10, 100);

fn type_of(event: &Event) -> &'static str {
    match event.event_type {
        EventType::Page => "page",
        EventType::Screen => "screen",
        _ => "event",
    }
}

/// An event, which has a number, as the API shows it.
fn shown(state: &State, number: u64, event: &Event) -> Value {
    let person = event.person.as_ref().and_then(|cio_id| state.people.get(cio_id));
    let timestamp = event.timestamp.unix_seconds();
    let milliseconds = u64::try_from(timestamp).unwrap_or(0).saturating_mul(1_000);
    let data = event.data();
    let url = data.get("url").cloned();
    let mut activity = json!({
        "id": EventId::from_parts(milliseconds, u128::from(number)).to_string(),
        "type": type_of(event),
        "timestamp": timestamp,
        "customer_id": person.and_then(|person| person.id.clone()),
        "customer_identifiers": person.map(identifiers),
        "data": data,
    });
    if event.event_type == EventType::Page {
        activity["url"] = url.unwrap_or_else(|| event.name.as_str().into());
    }
    activity["name"] = event.name.as_str().into();
    activity
}

/// A page of events, which come with their numbers, the newest first.
fn page<'a>(call: &Call<'_>, events: impl Iterator<Item = (u64, &'a Event)>) -> Result<Reply, Refusal> {
    let query = &call.query;
    let paging = Paging::of(query, ACTIVITIES)?;
    let events = events.map(|(number, event)| (newest_first(number), (number, event)));
    let page = paging.page_of(events, |(_, event)| {
        text(query, "type").is_none_or(|name| name == type_of(event))
            && text(query, "name").is_none_or(|name| name == event.name)
    });
    let shown: Vec<_> = page.rows.into_iter().map(|(number, event)| shown(call.state, number, event)).collect();
    Ok(Reply::json(json!({ "activities": shown, "next": page.next })))
}

/// With a person who does not exist, and of those who were deleted, there is nothing.
fn list(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let events = &call.state.events;
    if text(&call.query, "deleted") == Some("true") {
        return page(call, std::iter::empty());
    }
    match text(&call.query, "customer_id") {
        None => page(call, events.numbered().rev().filter(|(_, event)| event.person.is_some())),
        Some(id) => {
            let key = named::found(call, id).map(|person| Key::Person(person.cio_id.clone()));
            page(call, key.iter().flat_map(|key| events.numbered_of(key).rev()))
        }
    }
}

fn of_person(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let key = Key::Person(named::person(call)?.cio_id.clone());
    page(call, call.state.events.numbered_of(&key).rev())
}
