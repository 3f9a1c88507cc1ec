//! `/v1/esp`: addresses that the mail provider keeps out. The emulator has no mail provider, and sends to them as to any
//! other; and it has no sending domains, so that each domain has all of them.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    app::paging::{LIMIT, Paging, START, limit, number, text},
    call::{
        Call,
        Handler::{Fallible, Infallible},
    },
    contract::shape::{Need::May, Shape, undocumented},
    route::Route,
    server::reply::{Refusal, Reply},
    store::library::Suppressed,
};

pub(crate) const ROUTES: &[Route] = &[
    Route::app_read(Method::GET, "/v1/esp/suppression/{type}", Fallible(list)).with_query(&LIST),
    Route::app_read(Method::GET, "/v1/esp/domains/{domain}/suppression/{type}", Fallible(list_of_domain))
        .with_query(&OF_DOMAIN),
    Route::app_read(Method::GET, "/v1/esp/search_suppression/{email}", Infallible(search)),
    Route::app_read(Method::POST, "/v1/esp/suppression/{type}/{email}", Fallible(suppress)),
    Route::app_read(Method::DELETE, "/v1/esp/suppression/{type}/{email}", Fallible(unsuppress)),
];

const LIST: Shape = Shape::Object(&[
    LIMIT,
    ("offset", May, Shape::Text),
    ("domain", May, Shape::Text),
    // The vendor's client for Node can ask for it.
    undocumented("email", &Shape::Text),
]);
const OF_DOMAIN: Shape = Shape::Object(&[LIMIT, START, ("email", May, Shape::Text)]);

/// How many addresses are on a page: by default, and at most.
const ADDRESSES: (usize, usize) = (100, 1_000);

const TYPES: [&str; 4] = ["blocks", "bounces", "spam_reports", "invalid_emails"];

/// The type of a suppression that a path names.
fn kind(segment: &str) -> Result<&'static str, Refusal> {
    let found = TYPES.into_iter().find(|kind| *kind == segment);
    found.ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, format!("the type must be one of {}", TYPES.join(", "))))
}

/// The addresses of a type, each with when it was suppressed. If the query names one, that alone.
fn of_kind<'a>(call: &'a Call<'_>, kind: &'static str) -> impl Iterator<Item = (&'a String, i64)> {
    let email = text(&call.query, "email").map(str::to_lowercase);
    let is_it = move |suppressed: &Suppressed| email.as_ref().is_none_or(|email| *email == suppressed.email);
    let all = call.state.library.suppressed.iter();
    let chosen = all.filter(move |(suppressed, _)| suppressed.kind == kind && is_it(suppressed));
    chosen.map(|(suppressed, created)| (&suppressed.email, *created))
}

fn shown((email, created): (&String, i64)) -> Value {
    let reason = "Uploaded manually via api.customer.io";
    json!({ "email": email, "created": created, "reason": reason, "status": "550" })
}

fn reply(kind: Option<&str>, suppressions: impl Iterator<Item = Value>) -> Value {
    let category = if kind == Some("spam_reports") { "spam" } else { "bounces" };
    json!({ "category": category, "suppressions": suppressions.collect::<Vec<_>>() })
}

fn list(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let kind = kind(&call.segments[0])?;
    let limit = limit(&call.query, ADDRESSES)?;
    let offset = number(&call.query, "offset")?.map_or(Ok(0), usize::try_from);
    let offset = offset.map_err(|_| Refusal::bad("offset must not be negative"))?;
    let page = of_kind(call, kind).skip(offset).take(limit).map(shown);
    Ok(Reply::json(reply(Some(kind), page)))
}

fn list_of_domain(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let kind = kind(&call.segments[1])?;
    let paging = Paging::of(&call.query, ADDRESSES)?;
    let page = paging.page(of_kind(call, kind).map(|row| (row.0, row)));
    let mut body = reply(Some(kind), page.rows.into_iter().map(shown));
    body["next"] = page.next.into();
    Ok(Reply::json(body))
}

/// An address that nobody has suppressed is an empty list.
fn search(call: &mut Call<'_>) -> Reply {
    let email = call.segments[0].to_lowercase();
    let found = TYPES.into_iter().filter_map(|kind| {
        let suppressed = Suppressed { kind: kind.into(), email: email.clone() };
        Some((kind, *call.state.library.suppressed.get(&suppressed)?))
    });
    let found: Vec<_> = found.collect();
    let suppressions = found.iter().map(|(_, created)| shown((&email, *created)));
    Reply::json(reply(found.first().map(|(kind, _)| *kind), suppressions))
}

/// The suppression that the path names.
fn named(call: &Call<'_>) -> Result<Suppressed, Refusal> {
    Ok(Suppressed { kind: kind(&call.segments[0])?.into(), email: call.segments[1].to_lowercase() })
}

/// One that is there stays as it is.
fn suppress(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let (suppressed, now) = (named(call)?, call.now());
    if call.state.library.suppressed.get(&suppressed).is_none() {
        call.state.library.suppressed.put(suppressed, now)?;
    }
    Ok(Reply::empty())
}

/// The contract has no error for one that is not there.
fn unsuppress(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let suppressed = named(call)?;
    call.state.library.suppressed.remove(&suppressed);
    Ok(Reply::no_content())
}
