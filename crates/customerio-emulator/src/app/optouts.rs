//! `/v1/optouts`: which senders of text messages people do not want to hear from. They change nothing but what is read.

use http::Method;
use serde_json::{Value, json};

use crate::{
    app::{
        named::{self, ID_TYPE},
        paging::{LIMIT, Paging, START, text},
    },
    call::{Call, Handler::Fallible},
    contract::shape::{
        Need::{May, Must},
        Shape,
    },
    route::Route,
    server::reply::{Refusal, Reply},
    store::{
        capacity::MOST_OF_A_PERSON,
        record::{Channel, OptOut},
    },
};

pub(crate) const ROUTES: &[Route] = &[
    Route::app_read(Method::GET, "/v1/optouts", Fallible(list)).with_query(&LIST),
    Route::app_read(Method::GET, "/v1/customers/{customer}/optouts", Fallible(of_person)).with_query(&ONE),
    Route::app_change(Method::PUT, "/v1/customers/{customer}/optouts", &CHANGES, Fallible(update)).with_query(&ONE),
];

const LIST: Shape = Shape::Object(&[("from", May, Shape::Text), START, LIMIT]);
const ONE: Shape = Shape::Object(&[ID_TYPE]);

const CHANGES: Shape = Shape::Object(&[("optouts", Must, Shape::List(&CHANGE, 1, MOST_OF_A_PERSON))]);
const CHANGE: Shape = Shape::Object(&[
    ("from", Must, Shape::Filled),
    ("optout", Must, Shape::Boolean),
    ("channel", May, Shape::OneOf(&["sms", "whatsapp"])),
]);

/// How many people are on a page: by default, and at most.
const PEOPLE: (usize, usize) = (100, 1_000);

fn shown(opt_out: &OptOut) -> Value {
    let channel = if opt_out.channel == Channel::WhatsApp { "whatsapp" } else { "sms" };
    json!({ "channel": channel, "from": opt_out.from })
}

fn list(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let paging = Paging::of(&call.query, PEOPLE)?;
    let from = text(&call.query, "from");
    let is_from = |opt_out: &&OptOut| from.is_none_or(|from| opt_out.from == from);
    let people = call.state.people.all().map(|person| (&person.cio_id, person));
    let page = paging.page_of(people, |person| person.opt_outs.iter().any(|opt_out| is_from(&opt_out)));
    let people: Vec<_> = page
        .rows
        .into_iter()
        .map(|person| {
            let opt_outs: Vec<_> = person.opt_outs.iter().filter(is_from).map(shown).collect();
            json!({ "customer_id": person.id, "cio_id": person.cio_id, "optouts": opt_outs })
        })
        .collect();
    Ok(Reply::json(json!({ "optouts": people, "next": page.next })))
}

fn of_person(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let opt_outs: Vec<_> = named::person(call)?.opt_outs.iter().map(shown).collect();
    Ok(Reply::json(json!({ "optouts": opt_outs })))
}

/// The service does so a little later; here a read that follows shows it.
fn update(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let cio_id = named::person(call)?.cio_id.clone();
    let changes = call.body["optouts"].take();
    let changes = changes.as_array().map(Vec::as_slice).unwrap_or_default();
    if changes.iter().any(|change| change["optout"] == true) {
        call.state.people.check_room(&cio_id)?;
    }
    let Some(person) = call.state.people.get_mut(&cio_id) else { return Ok(Reply::no_content()) };
    for change in changes {
        let channel = if change["channel"] == "whatsapp" { Channel::WhatsApp } else { Channel::Sms };
        let opt_out = OptOut { channel, from: change["from"].as_str().unwrap_or_default().to_owned() };
        if change["optout"] == false {
            person.opt_outs.remove(&opt_out);
        } else if person.opt_outs.len() < MOST_OF_A_PERSON {
            person.opt_outs.insert(opt_out);
        } else {
            return Err(Refusal::full("opt-outs of a person", MOST_OF_A_PERSON));
        }
    }
    Ok(Reply::no_content())
}
