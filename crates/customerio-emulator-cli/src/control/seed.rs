//! `seed`: another seed for a workspace.

use http::Method;
use serde_json::Value;

use crate::{
    args::control::Seed,
    control::http::Emulator,
    count::counted,
    failure::{Code, Failure},
    seed,
};

pub(crate) async fn run(seed: Seed) -> Result<(), Failure> {
    let read = seed::read(&seed.path)?;
    let emulator = Emulator::new(&seed.target)?;
    let document: Value = serde_json::from_str(&read.to_json()).map_err(|error| Failure::general(error.to_string()))?;
    let response = emulator.ask(Method::PUT, "seed", &[], Some(&document)).await?;
    if !response.status.is_success() {
        return Err(emulator.refused(&response).with_code(Code::BadInput));
    }
    let counts: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let counts = ["people", "events", "segments", "objects"]
        .map(|kind| counted(counts[kind].as_u64().unwrap_or_default(), kind));
    println!("{}", counts.join(", "));
    Ok(())
}
