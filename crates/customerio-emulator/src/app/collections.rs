//! `/v1/collections`: rows of data that messages could use. A collection of a `url` has no rows: nothing is fetched.

use std::collections::BTreeSet;

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    app::audience::URL,
    call::{
        Call,
        Handler::{Fallible, Infallible},
    },
    contract::{
        json,
        shape::{
            Need::{May, Must},
            Shape,
        },
    },
    route::Route,
    server::reply::{Refusal, Reply},
    store::{capacity::MOST_BYTES, library::Collection},
};

pub(crate) const ROUTES: &[Route] = &[
    Route::app_read(Method::GET, "/v1/collections", Infallible(list)),
    Route::app("/v1/collections", &NEW, Fallible(create)).with_payload(MOST_BODY, MOST_BYTES),
    Route::app_read(Method::GET, "/v1/collections/{collection}", Fallible(get)),
    Route::app_change(Method::PUT, "/v1/collections/{collection}", &CHANGE, Fallible(update))
        .with_payload(MOST_BODY, MOST_BYTES),
    Route::app_read(Method::DELETE, "/v1/collections/{collection}", Fallible(delete)),
    Route::app_read(Method::GET, "/v1/collections/{collection}/content", Fallible(content)),
    Route::app_change(Method::PUT, "/v1/collections/{collection}/content", &CONTENT, Fallible(update_content))
        .with_payload(MOST_BODY, MOST_BYTES),
];

const NEW: Shape = Shape::Also(
    &Shape::Object(&[("name", Must, Shape::Filled), ("data", May, ROWS), ("url", May, URL)]),
    |collection| {
        let has_one = collection.contains_key("data") != collection.contains_key("url");
        if has_one { Ok(()) } else { Err("must have exactly one of data and url") }
    },
);

const CHANGE: Shape = Shape::Also(
    &Shape::Object(&[("name", May, Shape::Filled), ("data", May, ROWS), ("url", May, URL)]),
    |collection| {
        let has_both = collection.contains_key("data") && collection.contains_key("url");
        if has_both { Err("must have at most one of data and url") } else { Ok(()) }
    },
);

const ROWS: Shape = Shape::List(&Shape::Encoded(&Shape::Open(&[], &Shape::Any), ROW), 0, usize::MAX);

/// The contract says an object; the vendor's client sends an array.
const CONTENT: Shape = Shape::Either("an object or an array", &[Shape::Open(&[], &Shape::Any), ANY_ROWS]);

const ANY_ROWS: Shape = Shape::List(&Shape::Encoded(&Shape::Any, ROW), 0, usize::MAX);

/// Most bytes of a row, and of a collection.
const ROW: usize = 10_000;
const COLLECTION: usize = 10_000_000;

/// Most bytes of a body: what is around the data is no part of it.
const MOST_BODY: usize = COLLECTION + 64 * 1024;

/// A collection as the API shows it, which is without its rows.
fn shown(id: u64, collection: &Collection) -> Value {
    let Collection { name, content, created_at, updated_at } = collection;
    let rows = content.as_array().map_or(std::slice::from_ref(content), Vec::as_slice);
    let schema: BTreeSet<_> = rows.iter().filter_map(Value::as_object).flat_map(serde_json::Map::keys).collect();
    json!({
        "id": id,
        "name": name,
        "bytes": json::encoded_len(content),
        "rows": rows.len(),
        "schema": schema,
        "created_at": created_at,
        "updated_at": updated_at,
    })
}

/// The number of the collection that the path names, and the collection.
fn named<'a>(call: &'a Call<'_>) -> Result<(u64, &'a Collection), Refusal> {
    let id = call.segments[0].parse::<u64>().ok();
    let found = id.and_then(|id| Some((id, call.state.library.collections.get(&id)?)));
    found.ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "the collection does not exist"))
}

fn check(content: &Value) -> Result<(), Refusal> {
    let bytes = json::encoded_len(content);
    if bytes > COLLECTION {
        return Err(Refusal::bad(format!("the collection has {bytes} bytes; the most is {COLLECTION}")));
    }
    Ok(())
}

fn list(call: &mut Call<'_>) -> Reply {
    let collections = call.state.library.collections.iter().map(|(id, collection)| shown(*id, collection));
    Reply::json(json!({ "collections": collections.collect::<Vec<_>>() }))
}

fn create(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let now = call.now();
    let mut fields = call.take_fields();
    let name = fields["name"].as_str().unwrap_or_default().to_owned();
    let content = fields.remove("data").unwrap_or_else(|| json!([]));
    check(&content)?;
    let collection = Collection { name, content, created_at: now, updated_at: now };
    // Its number comes last, so it is shown without one first.
    let mut shown = shown(0, &collection);
    shown["id"] = call.state.library.collections.add(collection)?.into();
    Ok(Reply::json(json!({ "collection": shown })))
}

fn get(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let (id, collection) = named(call)?;
    Ok(Reply::json(json!({ "collection": shown(id, collection) })))
}

/// What is not in the body stays.
fn update(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let mut fields = call.take_fields();
    let (_, known) = named(call)?;
    let name = fields.get("name").and_then(Value::as_str).unwrap_or(&known.name).to_owned();
    let content = match fields.remove("data") {
        Some(rows) => rows,
        None if fields.contains_key("url") => json!([]),
        None => known.content.clone(),
    };
    keep(call, name, content)
}

fn update_content(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let content = call.body.take();
    let name = named(call)?.1.name.clone();
    keep(call, name, content)
}

fn keep(call: &mut Call<'_>, name: String, content: Value) -> Result<Reply, Refusal> {
    check(&content)?;
    let (id, known) = named(call)?;
    let collection = Collection { name, content, created_at: known.created_at, updated_at: call.now() };
    let shown = shown(id, &collection);
    call.state.library.collections.put(id, collection)?;
    Ok(Reply::json(json!({ "collection": shown })))
}

fn delete(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let (id, _) = named(call)?;
    call.state.library.collections.remove(&id);
    Ok(Reply::no_content())
}

fn content(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    Ok(Reply::json(named(call)?.1.content.clone()))
}
