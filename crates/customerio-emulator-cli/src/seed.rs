//! Seeds as they are named on the command line: a folder, or a file that has the same as one document.

use std::{fmt, fs, path::Path};

use customerio_emulator::{Seed, SeedError};
use serde_json::{Map, Value, json};

use crate::failure::{Code, Failure};

/// Reads a seed. What is wrong is said with its place.
pub(crate) fn read(path: &Path) -> Result<Seed, Failure> {
    let refused = |error: SeedError| match error.file() {
        Some(_) => Failure::new(Code::BadInput, error.to_string()),
        None => bad(path, error),
    };
    if fs::metadata(path).map_err(|error| bad(path, error))?.is_dir() {
        return Seed::from_dir(path).map_err(refused);
    }
    let text = fs::read_to_string(path).map_err(|error| bad(path, error))?;
    Seed::from_json(&text).map_err(refused)
}

/// Reads a seed, or takes an empty one, in whose workspace this is said in place of what it has.
pub(crate) fn read_with(path: Option<&Path>, said: Map<String, Value>) -> Result<Seed, Failure> {
    let seed = path.map_or_else(|| Ok(Seed::default()), read)?;
    if said.is_empty() {
        return Ok(seed);
    }
    let usage = |reason: &dyn fmt::Display| Failure::new(Code::Usage, reason.to_string());
    let mut document: Value = serde_json::from_str(&seed.to_json()).map_err(|error| usage(&error))?;
    let workspace = &mut document["workspace"];
    if workspace.is_null() {
        *workspace = json!({});
    }
    if let Some(workspace) = workspace.as_object_mut() {
        workspace.extend(said);
    }
    Seed::from_json(&document.to_string()).map_err(|error| usage(&error))
}

fn bad(path: &Path, reason: impl fmt::Display) -> Failure {
    Failure::new(Code::BadInput, format!("{}: {reason}", path.display()))
}
