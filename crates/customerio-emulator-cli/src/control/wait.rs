//! `wait`: until the emulator is ready, or until something has arrived.

use std::{fmt::Write as _, time::Duration};

use http::{Method, StatusCode};
use serde_json::Value;
use tokio::time::{Instant, sleep};

use crate::{
    args::{
        control::{Kind, Wait},
        value::duration_text,
    },
    control::http::Emulator,
    count::counted,
    failure::{Code, Failure},
};

/// How long one request waits at most.
const LONGEST: Duration = Duration::from_secs(60);

/// How often it is looked whether the emulator is ready.
const PAUSE: Duration = Duration::from_millis(20);

pub(crate) async fn run(wait: Wait) -> Result<(), Failure> {
    let emulator = Emulator::new(&wait.target)?;
    let end = Instant::now() + wait.timeout;
    match wait.kind {
        Some(kind) => until_arrived(&emulator, &wait, kind, end).await,
        None => until_ready(&emulator, end).await,
    }
}

async fn until_ready(emulator: &Emulator, end: Instant) -> Result<(), Failure> {
    loop {
        let response = emulator.send(Method::GET, "/readyz", None).await;
        if response.is_ok_and(|response| response.status.is_success()) {
            return Ok(());
        }
        if Instant::now() + PAUSE > end {
            return Err(Failure::new(Code::TimedOut, format!("{} is not ready", emulator.url())));
        }
        sleep(PAUSE).await;
    }
}

async fn until_arrived(emulator: &Emulator, wait: &Wait, kind: Kind, end: Instant) -> Result<(), Failure> {
    loop {
        let left = end.saturating_duration_since(Instant::now()).min(LONGEST);
        let mut query = wait.filters.pairs();
        query.push(("count".to_owned(), wait.count.to_string()));
        query.push(("wait".to_owned(), duration_text(left)));
        let response = emulator.ask(Method::GET, kind.name(), &query, None).await?;
        let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
        let items = body["items"].as_array().map_or(&[][..], Vec::as_slice);
        match response.status {
            status if status.is_success() => {
                for item in items {
                    println!("{item}");
                }
                return Ok(());
            }
            StatusCode::REQUEST_TIMEOUT if Instant::now() < end => {}
            StatusCode::REQUEST_TIMEOUT => return Err(timed_out(wait, kind, &body, items.len())),
            _ => return Err(emulator.refused(&response)),
        }
    }
}

/// Says what came instead.
fn timed_out(wait: &Wait, kind: Kind, body: &Value, found: usize) -> Failure {
    let all = counted(wait.count.into(), kind.name());
    let mut text = format!("{found} of {all} came within {}ms", wait.timeout.as_millis());
    for near in body["nearest"].as_array().into_iter().flatten() {
        let differs: Vec<_> = near["differs"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let _ = write!(text, "\n  near: {}\n        {}", differs.join(", "), near["item"]);
    }
    Failure::new(Code::TimedOut, text)
}
