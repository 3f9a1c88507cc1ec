//! `/v1/objects`: objects, as the workspace has them, and the people who are related to them.

use std::collections::BTreeSet;

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    app::{
        filter::{MOST_FILTER, compares, written},
        named::identifiers,
        paging::{LIMIT, Paging, START, UNSAID, text},
    },
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
    store::record::Object,
};

pub(crate) const ROUTES: &[Route] = &[
    Route::app_read(Method::GET, "/v1/object_types", Infallible(types)),
    Route::app("/v1/objects", &SEARCH, Fallible(search)).with_query(&PAGE).with_most(MOST_FILTER),
    Route::app_read(Method::GET, "/v1/objects/{type}/{object}/attributes", Fallible(attributes)).with_query(&ONE),
    Route::app_read(Method::GET, "/v1/objects/{type}/{object}/relationships", Fallible(relationships))
        .with_query(&RELATIONSHIPS),
];

const ID_TYPE: Field = ("id_type", May, Shape::OneOf(&["object_id", "cio_object_id"]));
const PAGE: Shape = Shape::Object(&[START, LIMIT]);
const ONE: Shape = Shape::Object(&[ID_TYPE]);
const RELATIONSHIPS: Shape = Shape::Object(&[ID_TYPE, START, LIMIT]);

const SEARCH: Shape =
    Shape::Object(const { &[("object_type_id", Must, TYPE_ID), ("filter", Must, Shape::Ref(&FILTER))] });

/// The contract says a string; the vendor's examples have numbers.
const TYPE_ID: Shape = Shape::Taken(&Shape::Filled, &Shape::Natural);

/// A filter holds filters.
static FILTER: Shape = Shape::Single(&[
    ("and", May, Shape::List(&Shape::Ref(&FILTER), 1, usize::MAX)),
    ("or", May, Shape::List(&Shape::Ref(&FILTER), 1, usize::MAX)),
    ("not", May, Shape::Ref(&FILTER)),
    ("object_attribute", May, ATTRIBUTE),
]);

const ATTRIBUTE: Shape = Shape::Also(
    &Shape::Object(&[
        ("field", Must, Shape::Filled),
        ("operator", Must, Shape::OneOf(&["eq", "exists"])),
        ("value", May, Shape::Either("a string or a boolean", &[Shape::Text, Shape::Boolean])),
        ("type_id", Must, TYPE_ID),
    ]),
    |attribute| {
        let compares = attribute.get("operator").is_some_and(|operator| operator == "eq");
        if compares && !attribute.contains_key("value") { Err("must have value to compare with") } else { Ok(()) }
    },
);

/// Those of which there is an object. They have no names.
fn types(call: &mut Call<'_>) -> Reply {
    let types: BTreeSet<_> = call.state.objects.all().map(|object| &object.type_id).collect();
    let shown = |id: &String| {
        json!({
            "id": id,
            "name": format!("type {id}"),
            "singular_name": format!("type {id}"),
            "slug": format!("type_{id}"),
            "singular_slug": format!("type_{id}"),
            "enabled": true,
            "icon": "",
        })
    };
    Reply::json(json!({ "types": types.into_iter().map(shown).collect::<Vec<_>>() }))
}

/// Whether a filter chooses the object.
fn chooses(filter: &Value, object: &Object) -> bool {
    let condition = filter.as_object().and_then(|filter| filter.iter().next());
    let Some((kind, condition)) = condition else { return false };
    let mut parts = condition.as_array().into_iter().flatten();
    match kind.as_str() {
        "and" => parts.all(|part| chooses(part, object)),
        "or" => parts.any(|part| chooses(part, object)),
        "not" => !chooses(condition, object),
        _ => {
            let name = condition["field"].as_str().unwrap_or_default();
            let value = match name {
                "object_id" => Some(object.id.clone()),
                name => object.attributes.get(name).map(written),
            };
            written(&condition["type_id"]) == object.type_id && compares(condition, value.as_deref())
        }
    }
}

fn search(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let paging = Paging::of(&call.query, UNSAID)?;
    let type_id = written(&call.body["object_type_id"]);
    let of_type = call.state.objects.all().filter(|object| object.type_id == type_id);
    let of_type = of_type.map(|object| (&object.id, object));
    let page = paging.page_of(of_type, |object| chooses(&call.body["filter"], object));
    let ids: Vec<_> = page.rows.iter().map(|object| &object.id).collect();
    let identifiers: Vec<_> = page
        .rows
        .iter()
        .map(|object| json!({ "object_id": object.id, "cio_object_id": object.cio_object_id }))
        .collect();
    Ok(Reply::json(json!({ "identifiers": identifiers, "ids": ids, "next": page.next })))
}

/// The object that the path names.
fn named<'a>(call: &'a Call<'_>) -> Result<&'a Object, Refusal> {
    let (type_id, id) = (&call.segments[0], &call.segments[1]);
    let objects = &call.state.objects;
    let identifiers = if text(&call.query, ID_TYPE.0) == Some("cio_object_id") {
        json!({ "cio_object_id": id })
    } else {
        json!({ "object_type_id": type_id, "object_id": id })
    };
    let found = objects.find(&identifiers).and_then(|key| objects.get(&key));
    let found = found.filter(|object| object.type_id == *type_id);
    found.ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "the object does not exist"))
}

/// When an attribute was changed is not kept.
fn attributes(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let object = named(call)?;
    let shown = json!({
        "attributes": object.attributes,
        "timestamps": {},
        "identifiers": { "object_id": object.id, "id": object.id, "cio_object_id": object.cio_object_id },
        "object_type_id": object.type_id,
    });
    Ok(Reply::json(json!({ "object": shown })))
}

fn relationships(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let paging = Paging::of(&call.query, UNSAID)?;
    let object = named(call)?;
    let people = object.people.iter().filter_map(|cio_id| Some((cio_id, call.state.people.get(cio_id)?)));
    let page = paging.page(people);
    let shown = page.rows.into_iter().map(|person| {
        json!({
            "identifiers": identifiers(person),
            "object_type_id": object.type_id,
            "object_type_disabled": false,
        })
    });
    Ok(Reply::json(json!({ "cio_relationships": shown.collect::<Vec<_>>(), "next": page.next })))
}
