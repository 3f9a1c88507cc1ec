//! `/v1/customers`: people, as the workspace has them.

use http::Method;
use serde_json::{Map, Value, json};

use crate::{
    app::{
        audience::FILTER,
        filter::{MOST_FILTER, chooses, written},
        named::{self, ID_TYPE, identifiers},
        paging::{LIMIT, Paging, START, UNSAID, text},
        segments,
    },
    auto_create,
    call::{
        Call,
        Handler::{Fallible, Infallible},
    },
    contract::{
        identifier::{ID_OR_NUMBER, Identifier, spelled},
        shape::{Need::Must, Shape},
    },
    route::Route,
    server::reply::{Refusal, Reply},
    store::{people::People, record::Person},
};

pub(crate) const ROUTES: &[Route] = &[
    Route::app_read(Method::GET, "/v1/customers", Infallible(find)).with_query(&EMAIL),
    Route::app("/v1/customers", &SEARCH, Fallible(search)).with_query(&PAGE).with_most(MOST_FILTER),
    Route::app("/v1/customers/attributes", &IDS, Infallible(attributes_of_many)).with_query(&ONE),
    Route::app_read(Method::GET, "/v1/customers/{customer}/attributes", Fallible(attributes)).with_query(&ONE),
    Route::app_read(Method::GET, "/v1/customers/{customer}/segments", Fallible(segments)).with_query(&ONE),
    Route::app_read(Method::GET, "/v1/customers/{customer}/relationships", Fallible(relationships))
        .with_query(&RELATIONSHIPS),
];

const EMAIL: Shape = Shape::Object(&[("email", Must, Shape::Filled)]);
const SEARCH: Shape = Shape::Object(const { &[("filter", Must, Shape::Ref(&FILTER))] });
const PAGE: Shape = Shape::Object(&[START, LIMIT]);
const IDS: Shape = Shape::Object(&[("ids", Must, Shape::List(&ID_OR_NUMBER, 1, 100))]);
const ONE: Shape = Shape::Object(&[ID_TYPE]);
const RELATIONSHIPS: Shape = Shape::Object(&[ID_TYPE, START, LIMIT]);

/// How many people are on a page of those whom a filter chooses: by default, and at most.
const PEOPLE: (usize, usize) = (50, 1_000);

/// An address is one person's here.
fn find(call: &mut Call<'_>) -> Reply {
    let address = text(&call.query, "email").unwrap_or_default().to_lowercase();
    let people = &call.state.people;
    let found = people.find(&Identifier::Email(address));
    let found = found.and_then(|cio_id| people.get(&cio_id)).map(identifiers);
    Reply::json(json!({ "results": found.into_iter().collect::<Vec<_>>() }))
}

fn search(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    auto_create::segments_of_filter(call, "filter")?;
    let paging = Paging::of(&call.query, PEOPLE)?;
    let people = call.state.people.all().map(|person| (&person.cio_id, person));
    let page = paging.page_of(people, |person| chooses(&call.body["filter"], person));
    let ids: Vec<_> = page.rows.iter().filter_map(|person| person.id.clone()).collect();
    let identifiers: Vec<_> = page.rows.into_iter().map(identifiers).collect();
    Ok(Reply::json(json!({ "identifiers": identifiers, "ids": ids, "next": page.next })))
}

/// Those who do not exist are left out.
fn attributes_of_many(call: &mut Call<'_>) -> Reply {
    let ids = call.body["ids"].as_array().into_iter().flatten().filter_map(spelled);
    let people = ids.filter_map(|id| named::found(call, &id));
    let people: Vec<_> = people.map(|person| json!({ "customer": shown(&call.state.people, person) })).collect();
    Reply::json(json!({ "customers": people }))
}

fn attributes(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let person = named::person(call)?;
    Ok(Reply::json(json!({ "customer": shown(&call.state.people, person) })))
}

/// A person as the API shows them: every attribute is text, the identifiers are among them.
fn shown(people: &People, person: &Person) -> Value {
    let mut attributes: Map<_, _> =
        person.attributes.iter().map(|(name, value)| (name.clone(), written(value).into())).collect();
    let own = [("id", person.id.as_ref()), ("email", person.email.as_ref()), ("cio_id", Some(&person.cio_id))];
    attributes.extend(own.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.clone().into()))));
    let timestamps: Map<_, _> =
        people.changes(&person.cio_id).map(|(name, changed)| (name.to_owned(), changed.into())).collect();
    let device = |device: &crate::Device| {
        json!({
            "id": device.id,
            "platform": device.platform,
            "last_used": device.last_used.unix_seconds(),
            "attributes": device.attributes,
        })
    };
    json!({
        "id": person.id,
        "identifiers": identifiers(person),
        "attributes": attributes,
        "timestamps": timestamps,
        "unsubscribed": person.unsubscribed(),
        "devices": person.devices.iter().map(device).collect::<Vec<_>>(),
    })
}

fn segments(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let person = named::person(call)?;
    let all = &call.state.library.segments;
    let segments: Vec<_> = person.segments.iter().filter_map(|id| Some(segments::shown(*id, all.get(id)?))).collect();
    Ok(Reply::json(json!({ "segments": segments })))
}

/// In the order in which the objects were added. When an attribute of a relationship was changed is not kept.
fn relationships(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let paging = Paging::of(&call.query, UNSAID)?;
    let objects = &call.state.objects;
    let mut related: Vec<_> = named::person(call)?
        .relationships
        .iter()
        .filter_map(|related| {
            let object = objects.get(&objects.find(&Value::Object(related.identifiers.clone()))?)?;
            Some((&object.cio_object_id, (object, related)))
        })
        .collect();
    related.sort_by_key(|(cio_object_id, _)| *cio_object_id);
    let page = paging.page(related.into_iter());
    let relationships: Vec<_> = page
        .rows
        .into_iter()
        .map(|(object, related)| {
            json!({
                "object_type_id": object.type_id.parse::<u64>().ok(),
                "identifiers": { "object_id": object.id, "cio_object_id": object.cio_object_id },
                "attributes": related.attributes,
                "timestamps": {},
            })
        })
        .collect();
    Ok(Reply::json(json!({ "cio_relationships": relationships, "next": page.next })))
}
#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{accept, call, emulator};

    #[test]
    fn the_segments_of_a_person_are_found_by_any_identifier() {
        let emulator = emulator();
        emulator.create_segment(7);
        accept(&emulator, "PUT /api/v1/customers/1", &json!({"email": "ada+1@example.com"}));
        accept(&emulator, "POST /api/v1/segments/7/add_customers", &json!({"ids": ["1"]}));
        let cio_id = emulator.person("1").unwrap().cio_id;
        for path in
            ["1/segments", "ada%2B1%40example.com/segments?id_type=email", &format!("{cio_id}/segments?id_type=cio_id")]
        {
            let (_, found) = call(&emulator, &format!("GET /v1/customers/{path}"), &Value::Null);
            assert_eq!(found["segments"][0]["id"], 7, "{path}");
        }
        assert_eq!(call(&emulator, "GET /v1/customers/2/segments", &Value::Null).0, 404);
    }
}
