//! The clock: read, stopped, set, let run, moved ahead.

use customerio_core::Timestamp;
use http::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    control::{
        asked::{Asked, json_reply},
        problem::Problem,
        schema::Schema,
        time::{duration, rfc3339},
    },
    server::payload::Payload,
    store::state::State,
};

/// The time.
pub(crate) const CLOCK: Schema =
    Schema::Named("Clock", &Schema::Object(&[("now", Schema::Time), ("stopped", Schema::Boolean)]));

/// How to change the clock: one of these.
pub(crate) const CHANGE: Schema = Schema::Either(&[
    Schema::Object(&[("advance", Schema::Duration)]),
    Schema::Object(&[("at", Schema::Time)]),
    Schema::Object(&[("stop", Schema::Boolean)]),
    Schema::Object(&[("run", Schema::Boolean)]),
]);

/// The time, and whether it passes by itself.
pub(crate) fn get(asked: &Asked) -> Response<Payload> {
    json_reply(&shown(&asked.emulator.state()))
}

pub(crate) fn shown(state: &State) -> Value {
    json!({"now": rfc3339(state.clock.since_epoch()), "stopped": state.clock.is_stopped()})
}

/// What is to be done with the clock: one of these.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    advance: Option<String>,
    at: Option<Value>,
    #[serde(default)]
    stop: bool,
    #[serde(default)]
    run: bool,
}

/// Changes the clock.
pub(crate) fn change(asked: &Asked) -> Result<Response<Payload>, Problem> {
    let one_of = "give one of advance (such as 10m), at (such as 2026-11-26T10:00:00Z), stop and run (true)";
    let state = &mut *asked.emulator.state();
    match asked.body()? {
        Change { advance: Some(text), at: None, stop: false, run: false } => {
            let by =
                duration(&text).ok_or_else(|| Problem::bad("advance must be a duration such as 30s, 10m or 2h"))?;
            state.clock.advance(by);
        }
        Change { at: Some(at), advance: None, stop: false, run: false } => {
            // As text, or as whole seconds.
            let text = at.as_str().map_or_else(|| at.to_string(), str::to_owned);
            let at: Timestamp =
                text.parse().map_err(|_| Problem::bad("at must be a time such as 2026-11-26T10:00:00Z"))?;
            state.clock.stop_at(at);
        }
        Change { stop: true, advance: None, at: None, run: false } => state.clock.stop(),
        Change { run: true, advance: None, at: None, stop: false } => state.clock.run(),
        _ => return Err(Problem::bad(one_of)),
    }
    // Everyone who waits for outcomes of messages looks again.
    state.sequence.next();
    Ok(json_reply(&shown(state)))
}
