//! The workspace as a whole: emptied, begun anew with a seed, written down, loaded.

use bytes::Bytes;
use http::{Response, StatusCode};
use serde::Deserialize;
use serde_json::json;

use crate::{
    Seed, SeedError, StateError,
    control::{
        asked::{Asked, json_reply, typed},
        info,
        problem::Problem,
        schema::Schema,
    },
    server::payload::Payload,
};

/// How a workspace is emptied.
pub(crate) const RESET: Schema = Schema::Object(&[("seed", Schema::Maybe(&Schema::Boolean))]);

/// The number after which everything comes that is new.
pub(crate) const EMPTIED: Schema = Schema::Object(&[("seq", Schema::Integer)]);

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Reset {
    seed: bool,
}

impl Default for Reset {
    fn default() -> Self {
        Self { seed: true }
    }
}

/// Empties the workspace, and puts the seed back unless the body says otherwise.
pub(crate) fn reset(asked: &Asked) -> Result<Response<Payload>, Problem> {
    if asked.body::<Reset>()?.seed {
        asked.emulator.reset();
    } else {
        asked.emulator.clear();
    }
    Ok(json_reply(&json!({"seq": asked.emulator.state().sequence.last()})))
}

/// What the workspace has, as a seed.
pub(crate) fn get_seed(asked: &Asked) -> Result<Response<Payload>, Problem> {
    let refused = |error: SeedError| Problem::new(StatusCode::CONFLICT, error.to_string());
    let seed = asked.emulator.to_seed().map_err(refused)?;
    Ok(typed(StatusCode::OK, "application/json", seed.to_json()))
}

/// Takes a seed, and begins with it.
pub(crate) fn put_seed(asked: &Asked) -> Result<Response<Payload>, Problem> {
    let refused = |error: SeedError| Problem::bad(error.to_string());
    let seed = Seed::from_json(text(&asked.body)?).map_err(refused)?;
    asked.emulator.seed(&seed).map_err(refused)?;
    Ok(info::counts(asked))
}

/// The workspace as a document.
pub(crate) fn get_state(asked: &Asked) -> Response<Payload> {
    typed(StatusCode::OK, "application/json", asked.emulator.state_json())
}

/// Puts a document in place of what is there.
pub(crate) fn put_state(asked: &Asked) -> Result<Response<Payload>, Problem> {
    let refused = |error: StateError| Problem::bad(error.to_string());
    asked.emulator.load_state(text(&asked.body)?).map_err(refused)?;
    Ok(info::counts(asked))
}

fn text(body: &Bytes) -> Result<&str, Problem> {
    std::str::from_utf8(body).map_err(|_| Problem::bad("the body must be UTF-8"))
}
