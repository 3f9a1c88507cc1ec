//! `/v1/snippets`: pieces of text, which are known by their names. No message uses one here, so each can be deleted.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    call::{
        Call,
        Handler::{Fallible, Infallible},
    },
    contract::{
        fault::{Fault, INVALID},
        shape::{Need::Must, Shape, undocumented},
    },
    route::Route,
    server::reply::{Refusal, Reply},
    store::library::Snippet,
};

pub(crate) const ROUTES: &[Route] = &[
    Route::app_read(Method::GET, "/v1/snippets", Infallible(list)),
    Route::app("/v1/snippets", &SNIPPET, Fallible(create)).with_unprocessable(),
    Route::app_change(Method::PUT, "/v1/snippets", &SNIPPET, Fallible(put)),
    Route::app_read(Method::DELETE, "/v1/snippets/{snippet}", Fallible(delete)),
];

const SNIPPET: Shape = Shape::Object(&[
    ("name", Must, Shape::Filled),
    ("value", Must, Shape::Text),
    // The contract had it once.
    undocumented("updated_at", &Shape::Timestamp),
]);

/// Most characters of a name, and of a value where the account has no other limit.
const NAME: usize = 150;
const VALUE: usize = 16_000;

fn shown(name: &str, snippet: &Snippet) -> Value {
    json!({ "name": name, "value": snippet.value, "updated_at": snippet.updated_at })
}

fn list(call: &mut Call<'_>) -> Reply {
    let snippets: Vec<_> = call.state.library.snippets.iter().map(|(name, snippet)| shown(name, snippet)).collect();
    Reply::json(json!({ "snippets": snippets }))
}

/// The name and the value of the body, without the blanks around them; or a refusal with this status.
fn read(call: &Call<'_>, status: StatusCode) -> Result<(String, String), Refusal> {
    let field = |name: &str, most: usize| {
        let text = call.body[name].as_str().unwrap_or_default().trim();
        let characters = text.chars().count();
        let fault = |text: String| Fault { text, pointer: format!("/{name}"), reason: INVALID };
        if characters > most {
            let text = format!("{name} has {characters} characters; the most is {most}");
            return Err(Refusal::faults(status, vec![fault(text)]));
        }
        Ok(text.to_owned())
    };
    Ok((field("name", NAME)?, field("value", VALUE)?))
}

fn create(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let (name, value) = read(call, StatusCode::UNPROCESSABLE_ENTITY)?;
    if call.state.library.snippets.get(&name).is_some() {
        let (text, pointer) = ("name has already been taken".to_owned(), "/name".to_owned());
        let fault = Fault { text, pointer, reason: INVALID };
        return Err(Refusal::faults(StatusCode::UNPROCESSABLE_ENTITY, vec![fault]));
    }
    keep(call, name, value)
}

/// Makes the snippet if there is none of the name.
fn put(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let (name, value) = read(call, StatusCode::BAD_REQUEST)?;
    keep(call, name, value)
}

fn keep(call: &mut Call<'_>, name: String, value: String) -> Result<Reply, Refusal> {
    let snippet = Snippet { value, updated_at: call.now() };
    let shown = shown(&name, &snippet);
    call.state.library.snippets.put(name, snippet)?;
    Ok(Reply::json(json!({ "snippet": shown })))
}

fn delete(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let removed = call.state.library.snippets.remove(&call.segments[0]);
    removed.ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "the snippet does not exist"))?;
    Ok(Reply::no_content())
}
