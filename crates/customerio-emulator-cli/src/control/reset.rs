//! `reset`: an empty workspace, with its seed put back.

use http::Method;
use serde_json::json;

use crate::{args::control::Reset, control::http::Emulator, failure::Failure};

pub(crate) async fn run(reset: Reset) -> Result<(), Failure> {
    let emulator = Emulator::new(&reset.target)?;
    emulator.call(Method::POST, "reset", &[], Some(&json!({"seed": !reset.no_seed}))).await?;
    println!("{}", if reset.no_seed { "empty" } else { "empty but for its seed" });
    Ok(())
}
