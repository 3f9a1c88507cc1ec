//! `/v1/segments`: manual segments, and who is in them.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    app::{
        named::identifiers,
        newsletters,
        paging::{LIMIT, Paging, START},
    },
    call::{
        Call,
        Handler::{Fallible, Infallible},
    },
    contract::shape::{
        Need::{May, Must},
        Shape,
    },
    route::Route,
    server::reply::{Refusal, Reply},
    store::library::Segment,
};

pub(crate) const ROUTES: &[Route] = &[
    Route::app_read(Method::GET, "/v1/segments", Infallible(list)),
    Route::app("/v1/segments", &SEGMENT, Fallible(create)),
    Route::app_read(Method::GET, "/v1/segments/{segment}", Fallible(get)),
    Route::app_read(Method::DELETE, "/v1/segments/{segment}", Fallible(delete)),
    Route::app_read(Method::GET, "/v1/segments/{segment}/customer_count", Fallible(customer_count)),
    Route::app_read(Method::GET, "/v1/segments/{segment}/used_by", Fallible(used_by)),
    Route::app_read(Method::GET, "/v1/segments/{segment}/membership", Fallible(membership)).with_query(&PAGE),
];

const SEGMENT: Shape = Shape::Object(&[(
    "segment",
    Must,
    Shape::Object(&[("name", Must, Shape::Filled), ("description", May, Shape::Text)]),
)]);

const PAGE: Shape = Shape::Object(&[START, LIMIT]);

/// How many people are on a page: by default, and at most.
const MEMBERS: (usize, usize) = (1_000, 30_000);

/// A segment as the API shows it.
pub(crate) fn shown(id: u32, segment: &Segment) -> Value {
    let Segment { name, description, created_at } = segment;
    json!({
        "id": id,
        "deduplicate_id": format!("{id}:{created_at}"),
        "name": name,
        "description": description,
        "type": "manual",
        "state": "finished",
        "progress": null,
        "tags": null,
        "created_at": created_at,
        "updated_at": created_at,
    })
}

fn create(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let text = |name: &str| call.body["segment"][name].as_str().unwrap_or_default().to_owned();
    let segment = Segment { name: text("name"), description: text("description"), created_at: call.now() };
    let id = call.state.library.segments.add(segment)?;
    let segment = call.state.library.segments.get(&id).map(|segment| shown(id, segment));
    Ok(Reply::json(json!({ "segment": segment })))
}

fn list(call: &mut Call<'_>) -> Reply {
    let segments: Vec<_> = call.state.library.segments.iter().map(|(id, segment)| shown(*id, segment)).collect();
    Reply::json(json!({ "segments": segments }))
}

/// The segment that the path names.
fn named(call: &Call<'_>) -> Result<u32, Refusal> {
    let id = call.segments[0].parse::<u32>().ok().filter(|id| call.state.library.segments.get(id).is_some());
    id.ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "the segment does not exist"))
}

fn get(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let id = named(call)?;
    let segment = call.state.library.segments.get(&id).map(|segment| shown(id, segment));
    Ok(Reply::json(json!({ "segment": segment })))
}

/// Its people stay.
fn delete(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let id = named(call)?;
    call.state.remove_segment(id);
    Ok(Reply::no_content())
}

fn customer_count(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let id = named(call)?;
    Ok(Reply::json(json!({ "segment_id": id, "count": call.state.people.members_count(id) })))
}

fn used_by(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let id = named(call)?;
    let users = newsletters::users(call, |newsletter| newsletters::is_to(newsletter, id));
    Ok(Reply::json(json!({ "segment_id": id, "used_by": users })))
}

fn membership(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let segment = named(call)?;
    let paging = Paging::of(&call.query, MEMBERS)?;
    let people = call.state.people.all().map(|person| (&person.cio_id, person));
    let page = paging.page_of(people, |person| person.segments.contains(&segment));
    let ids: Vec<_> = page.rows.iter().filter_map(|person| person.id.clone()).collect();
    let identifiers: Vec<_> = page.rows.into_iter().map(identifiers).collect();
    Ok(Reply::json(json!({ "segment_id": segment, "ids": ids, "identifiers": identifiers, "next": page.next })))
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
    fn a_segment_is_listed_read_counted_and_deleted_and_its_people_stay() {
        let emulator = emulator();
        emulator.create_segment(7);
        accept(&emulator, "PUT /api/v1/customers/1", &json!({}));
        accept(&emulator, "POST /api/v1/segments/7/add_customers", &json!({"ids": ["1"]}));
        let get = |path: &str| call(&emulator, &format!("GET /v1/segments{path}"), &Value::Null).1;
        assert_eq!(get("")["segments"][0]["id"], 7);
        assert_eq!(get("/7")["segment"]["type"], "manual");
        assert_eq!(get("/7/customer_count"), json!({"segment_id": 7, "count": 1}));
        assert_eq!(get("/7/used_by")["used_by"]["campaigns"], json!([]));
        assert_eq!(call(&emulator, "DELETE /v1/segments/7", &Value::Null).0, 204);
        assert_eq!(get("")["segments"], json!([]));
        assert!(emulator.person("1").unwrap().segments.is_empty());
        for line in ["GET /v1/segments/7", "DELETE /v1/segments/7", "GET /v1/segments/x/customer_count"] {
            assert_eq!(call(&emulator, line, &Value::Null).0, 404, "{line}");
        }
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
