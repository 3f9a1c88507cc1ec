//! `seed`: another seed for a workspace.

use http::Method;

use crate::{args::control::Seed, control::http::Emulator, failure::Failure, folder};

pub(crate) async fn run(seed: Seed) -> Result<(), Failure> {
    let document = folder::read(&seed.path)?;
    let emulator = Emulator::new(&seed.target)?;
    let counts = emulator.call(Method::PUT, "seed", &[], Some(&document)).await?;
    let counts = ["people", "events", "segments", "objects"].map(|kind| format!("{} {kind}", counts[kind]));
    println!("{}", counts.join(", "));
    Ok(())
}
