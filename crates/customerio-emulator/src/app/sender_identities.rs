//! `/v1/sender_identities`: whom messages are from. Newsletters alone name them by their numbers.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    app::newsletters,
    app::paging::{FLAG, LIMIT, Paging, SORT, START, UNSAID, newest_first, oldest_first, text},
    call::{Call, Handler::Fallible},
    contract::shape::{Need::May, Shape},
    route::Route,
    server::reply::{Refusal, Reply},
    store::library::{Newsletter, Sender},
};

pub(crate) const ROUTES: &[Route] = &[
    Route::app_read(Method::GET, "/v1/sender_identities", Fallible(list)).with_query(&LIST),
    Route::app_read(Method::GET, "/v1/sender_identities/{sender}", Fallible(get)),
    Route::app_read(Method::GET, "/v1/sender_identities/{sender}/used_by", Fallible(used_by)),
];

const LIST: Shape = Shape::Object(&[START, LIMIT, SORT, ("hidden", May, FLAG)]);

fn shown(id: u64, sender: &Sender) -> Value {
    let Sender { name, email, created_at } = sender;
    json!({
        "id": id,
        "deduplicate_id": format!("{id}:{created_at}"),
        "name": name,
        "email": email,
        "address": format!("{name} <{email}>"),
        "template_type": "email",
        "auto_generated": false,
        "hidden": false,
    })
}

/// None is hidden.
fn list(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let paging = Paging::of(&call.query, UNSAID)?;
    let wants_hidden = text(&call.query, "hidden") == Some("true");
    let senders = call.state.library.senders.iter().filter(|_| !wants_hidden).map(|(id, sender)| (*id, sender));
    let page = if text(&call.query, SORT.0) == Some("desc") {
        paging.page(senders.rev().map(|(id, sender)| (newest_first(id), (id, sender))))
    } else {
        paging.page(senders.map(|(id, sender)| (oldest_first(id), (id, sender))))
    };
    let senders: Vec<_> = page.rows.into_iter().map(|(id, sender)| shown(id, sender)).collect();
    Ok(Reply::json(json!({ "sender_identities": senders, "next": page.next })))
}

/// The number of the sender that the path names, and the sender.
fn named<'a>(call: &'a Call<'_>) -> Result<(u64, &'a Sender), Refusal> {
    let id = call.segments[0].parse::<u64>().ok();
    let found = id.and_then(|id| Some((id, call.state.library.senders.get(&id)?)));
    found.ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "the sender does not exist"))
}

fn get(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let (id, sender) = named(call)?;
    Ok(Reply::json(json!({ "sender_identity": shown(id, sender) })))
}

fn used_by(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let (id, _) = named(call)?;
    let is_from = |newsletter: &Newsletter| newsletter.fields.get("from_id").is_some_and(|from| *from == id);
    Ok(Reply::json(newsletters::users(call, is_from)))
}
