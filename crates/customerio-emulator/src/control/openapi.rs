//! The documentation of the control API, `OpenAPI` 3.1: made from the table of its routes.

use http::{HeaderMap, Response, header};
use serde_json::{Map, Value, json};

use crate::{
    control::{
        asked::{Asked, json_reply},
        criteria::{COMMON, OF_DELETION},
        info::VERSION,
        route::{Gives, Parameter, Route, Taken},
        schema::{INTEGER, Schema},
    },
    server::payload::Payload,
};

/// What the variable segments of paths mean.
const SEGMENTS: &[Parameter] = &[
    ("seq", "the number of the item"),
    ("identifier", "an identifier of the person: id, e-mail address, phone number or cio_id"),
    ("delivery_id", "the id of the message"),
    ("event_id", "the id of the event"),
    ("id", "the number that it was given"),
    ("name", "the name of the file"),
];

/// What an error says. If a workspace is not there, it has the ids of those that are.
const ERROR: Schema = Schema::Named(
    "Error",
    &Schema::Object(&[("error", Schema::Text), ("workspaces", Schema::Maybe(&Schema::List(&Schema::Text)))]),
);

/// What a wait that ends too early says: what there is, and what comes nearest.
const TIMED_OUT: Schema = Schema::Named(
    "TimedOut",
    &Schema::With(
        &ERROR,
        &[
            ("items", Schema::List(&Schema::Map)),
            ("seq", Schema::Integer),
            (
                "nearest",
                Schema::List(&Schema::Object(&[("item", Schema::Map), ("differs", Schema::List(&Schema::Text))])),
            ),
        ],
    ),
);

/// The document.
pub(crate) fn document(routes: &[Route], asked: &Asked) -> Response<Payload> {
    let mut named = Map::new();
    let mut paths = Map::<String, Value>::new();
    for route in routes {
        let path = paths.entry(route.pattern).or_insert_with(|| json!({}));
        path[route.method.as_str().to_ascii_lowercase()] = operation(route, &mut named);
    }
    json_reply(&json!({
        "openapi": "3.1.0",
        "info": {
            "title": "The emulator of Customer.io: its control API",
            "description": "What has arrived, and the emulator itself. It is for programs and people on the same machine.",
            "version": VERSION,
        },
        "servers": [{"url": server(&asked.headers)}],
        "paths": paths,
        "components": {"schemas": named},
    }))
}

/// The address that the request was sent to.
fn server(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    host.map_or_else(|| "/".to_owned(), |host| format!("http://{host}"))
}

fn operation(route: &Route, named: &mut Map<String, Value>) -> Value {
    let mut responses = Map::new();
    responses.insert(route.status.as_str().to_owned(), response(route, named));
    if route.taken == Taken::OfLists {
        let timed_out = json!({"application/json": {"schema": TIMED_OUT.written(named)}});
        let description = "What was waited for did not come in time.";
        responses.insert("408".to_owned(), json!({"description": description, "content": timed_out}));
    }
    let error = json!({"application/json": {"schema": ERROR.written(named)}});
    responses
        .insert("default".to_owned(), json!({"description": "One sentence that says what to do.", "content": error}));
    let mut operation = json!({
        "operationId": operation_id(route),
        "summary": route.summary,
        "tags": [tag(route.pattern)],
        "parameters": parameters(route),
        "responses": responses,
    });
    if let Some(body) = route.body {
        operation["requestBody"] = json!({"content": {"application/json": {"schema": body.written(named)}}});
    }
    operation
}

fn response(route: &Route, named: &mut Map<String, Value>) -> Value {
    let content = match &route.gives {
        Gives::Json(schema) => json!({"application/json": {"schema": schema.written(named)}}),
        Gives::Page(item) => json!({"application/json": {"schema": page(&item.written(named), named)}}),
        Gives::Other(media_type) => json!({*media_type: {"schema": {"type": "string"}}}),
    };
    json!({"description": route.summary, "content": content})
}

/// A page whose items are so.
fn page(item: &Value, named: &mut Map<String, Value>) -> Value {
    let (next, seq) = (INTEGER.written(named), Schema::Integer.written(named));
    json!({
        "type": "object",
        "properties": {"items": {"type": "array", "items": item}, "next": next, "seq": seq},
        "required": ["items", "next", "seq"],
    })
}

fn parameters(route: &Route) -> Vec<Value> {
    let segments = route.pattern.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
    let in_path = segments.map(|name| {
        let known = SEGMENTS.iter().find(|(known, _)| *known == name);
        let description = known.map_or("", |(_, description)| *description);
        let of = if ["seq", "id"].contains(&name) { "integer" } else { "string" };
        json!({"name": name, "in": "path", "required": true, "description": description, "schema": {"type": of}})
    });
    let common = COMMON.iter().filter(|(name, _)| match route.taken {
        Taken::OwnAlone => *name == "workspace",
        Taken::OfLists => true,
        Taken::OfDeletions => OF_DELETION.contains(name),
    });
    let in_query = common.chain(route.parameters).map(|(name, description)| {
        let schema = match *name {
            "limit" | "count" => json!({"type": "integer", "minimum": 1, "maximum": 1_000}),
            "after" | "before" => json!({"type": "integer", "minimum": 0}),
            "wait" => Schema::Duration.written(&mut Map::new()),
            _ => json!({"type": "string"}),
        };
        json!({"name": name, "in": "query", "description": description, "schema": schema})
    });
    in_path.chain(in_query).collect()
}

/// The method and the path as one name, such as `get_people_identifier`.
fn operation_id(route: &Route) -> String {
    let words = words(route.pattern).map(|word| word.replace(['{', '}'], "").replace(['.', '-'], "_"));
    let words: Vec<_> = [route.method.as_str().to_ascii_lowercase()].into_iter().chain(words).collect();
    words.join("_")
}

/// What the route is about: its first word.
fn tag(pattern: &str) -> &str {
    words(pattern).next().unwrap_or("page")
}

/// The segments of a path that distinguish it from others.
fn words(pattern: &str) -> impl Iterator<Item = &str> {
    pattern.split('/').filter(|segment| !["", "_emulator", "v1"].contains(segment))
}
