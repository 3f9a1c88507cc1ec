//! `/v1/segments`: manual segments, and who is in them.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    call::{Call, Handler::Fallible},
    contract::shape::{
        Need::{May, Must},
        Shape,
    },
    route::Route,
    server::answer::{Refusal, Reply},
};

pub(crate) const ROUTES: &[Route] = &[
    Route::app("/v1/segments", &SEGMENT, Fallible(create)),
    Route::app_read(Method::GET, "/v1/segments/{segment}/membership", Fallible(membership)).with_query(&PAGE),
];

const SEGMENT: Shape = Shape::Object(&[(
    "segment",
    Must,
    Shape::Object(&[("name", Must, Shape::Filled), ("description", May, Shape::Text)]),
)]);

const PAGE: Shape = Shape::Object(&[("start", May, Shape::Text), ("limit", May, Shape::Text)]);

/// The most people on a page, and how many there are by default.
const LIMIT: (usize, usize) = (30_000, 1_000);

/// A segment as the API shows it.
pub(crate) fn shown(id: u32, name: &str) -> Value {
    json!({ "id": id, "name": name, "type": "manual", "state": "finished" })
}

fn create(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let name = call.body["segment"]["name"].as_str().unwrap_or_default().to_owned();
    let last = call.state.segments.last_key_value().map_or(0, |(id, _)| *id);
    let id = last.checked_add(1).ok_or_else(|| Refusal::bad("there are no more numbers for segments"))?;
    let segment = shown(id, &name);
    call.state.add_segment(id, name)?;
    Ok(Reply::json(json!({ "segment": segment })))
}

fn membership(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let unknown = || Refusal::new(StatusCode::NOT_FOUND, "the segment does not exist");
    let segment = call.segments[0].parse::<u32>().ok().filter(|id| call.state.segments.contains_key(id));
    let segment = segment.ok_or_else(unknown)?;
    let number = |name: &str| call.query.get(name).and_then(Value::as_str).map(str::parse::<usize>).transpose();
    let start = number("start").map_err(|_| Refusal::bad("start must come from `next` of another page"))?.unwrap_or(0);
    let limit = number("limit").map_err(|_| Refusal::bad("limit must be a number"))?.unwrap_or(LIMIT.1);
    if !(1..=LIMIT.0).contains(&limit) {
        return Err(Refusal::bad(format!("limit must be from 1 to {}", LIMIT.0)));
    }
    let mut members: Vec<_> = call.state.people.all().filter(|person| person.segments.contains(&segment)).collect();
    members.sort_by(|one, other| one.cio_id.cmp(&other.cio_id));
    let page = members.iter().skip(start).take(limit);
    let ids: Vec<_> = page.clone().filter_map(|person| person.id.clone()).collect();
    let identifiers: Vec<_> =
        page.map(|person| json!({ "id": person.id, "email": person.email, "cio_id": person.cio_id })).collect();
    let next = start + identifiers.len();
    let next = if next < members.len() { next.to_string() } else { String::new() };
    Ok(Reply::json(json!({ "segment_id": segment, "ids": ids, "identifiers": identifiers, "next": next })))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{accept, call, emulator};

    #[test]
    fn a_segment_is_made_and_its_members_come_page_by_page() {
        let emulator = emulator();
        let (_, made) = call(&emulator, "POST /v1/segments", &json!({"segment": {"name": "VIPs"}}));
        let id = made["segment"]["id"].as_u64().unwrap();
        let ids: Vec<_> = (0..5).map(|number| number.to_string()).collect();
        for id in &ids {
            accept(&emulator, &format!("PUT /api/v1/customers/{id}"), &json!({}));
        }
        accept(&emulator, &format!("POST /api/v1/segments/{id}/add_customers"), &json!({"ids": ids}));
        let (mut found, mut start) = (Vec::new(), String::new());
        loop {
            let line = format!("GET /v1/segments/{id}/membership?limit=2&start={start}");
            let line = if start.is_empty() { line.replace("&start=", "") } else { line };
            let (_, page) = call(&emulator, &line, &Value::Null);
            found.extend(page["ids"].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()));
            page["next"].as_str().unwrap().clone_into(&mut start);
            if start.is_empty() {
                break;
            }
        }
        found.sort();
        assert_eq!(found, ids);
    }

    #[test]
    fn what_does_not_exist_is_a_404_and_what_is_wrong_is_refused() {
        let emulator = emulator();
        emulator.create_segment(7);
        for (line, body, status) in [
            ("GET /v1/segments/8/membership", Value::Null, 404),
            ("GET /v1/segments/7/membership?limit=0", Value::Null, 400),
            ("GET /v1/segments/7/membership?limit=x", Value::Null, 400),
            ("GET /v1/segments/7/membership?start=x", Value::Null, 400),
            ("POST /v1/segments", json!({"segment": {}}), 400),
            ("GET /v1/segments/7/membership?page=2", Value::Null, 400),
        ] {
            assert_eq!(call(&emulator, line, &body).0, status, "{line}");
        }
    }
}
