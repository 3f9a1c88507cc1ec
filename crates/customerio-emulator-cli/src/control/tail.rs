//! `tail`: what arrives, as it arrives. It asks for what comes after the last that it has seen, and waits for that: nothing is
//! lost or said twice, however fast it comes.

use std::io::{self, Write as _};

use http::{Method, StatusCode};
use serde_json::Value;

use crate::{
    args::control::{Kind, Tail},
    control::http::Emulator,
    failure::Failure,
    item,
};

pub(crate) async fn run(tail: Tail) -> Result<(), Failure> {
    let emulator = Emulator::new(&tail.target)?;
    let limit = ("limit".to_owned(), tail.last.max(1).to_string());
    let mut query = tail.filters.pairs();
    query.push(limit);
    let last = emulator.call(Method::GET, tail.kind.name(), &query, None).await?;
    let items = last["items"].as_array().map_or(&[][..], Vec::as_slice);
    let mut open = items.iter().take(tail.last as usize).rev().all(|item| print(&tail, item));
    let mut after = last["seq"].as_u64().unwrap_or_default();
    while open {
        let page = next(&emulator, &tail, after).await?;
        let items = page["items"].as_array().map_or(&[][..], Vec::as_slice);
        open = items.iter().all(|item| print(&tail, item));
        // A list that goes on has its cursor; one that ends has the last number that was given to anything.
        after = page["next"].as_u64().or_else(|| page["seq"].as_u64()).unwrap_or(after);
    }
    Ok(())
}

/// What comes after a number. It may be nothing, after a while.
async fn next(emulator: &Emulator, tail: &Tail, after: u64) -> Result<Value, Failure> {
    let mut query = tail.filters.pairs();
    for (name, value) in [("after", after.to_string()), ("limit", "1000".to_owned()), ("wait", "60s".to_owned())] {
        query.push((name.to_owned(), value));
    }
    let response = emulator.ask(Method::GET, tail.kind.name(), &query, None).await?;
    if !response.status.is_success() && response.status != StatusCode::REQUEST_TIMEOUT {
        return Err(emulator.refused(&response));
    }
    let invalid = |error| Failure::general(format!("{} sent what is not JSON: {error}", emulator.url()));
    serde_json::from_slice(&response.body).map_err(invalid)
}

/// Says whether anybody still reads.
fn print(tail: &Tail, value: &Value) -> bool {
    let line = match tail.kind {
        _ if tail.json => value.to_string(),
        Kind::Requests => item::request(value),
        kind => item::other(kind, value),
    };
    let mut output = io::stdout().lock();
    writeln!(output, "{line}").and_then(|()| output.flush()).is_ok()
}
