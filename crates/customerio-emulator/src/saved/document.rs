//! The document that a state is written as.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::store::image::Image;

/// The version of the format: a document of another is not read.
const VERSION: u64 = 2;

/// What is written: one workspace or several.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: u64,
    workspaces: Vec<Saved>,
}

/// One workspace.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Saved {
    /// What it is found by: the first one's is what it is set up with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) credential: Option<String>,
    /// Its place among the others, which the ids of its deliveries have.
    pub(crate) number: u16,
    pub(crate) workspace: Image,
}

/// Why a state was not loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateError(String);

impl StateError {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for StateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StateError {}

/// Writes workspaces.
pub(crate) fn written(workspaces: Vec<Saved>) -> String {
    let document = Document { version: VERSION, workspaces };
    // All keys are text, and no number is without a value.
    serde_json::to_string(&document).unwrap_or_else(|error| unreachable!("a state can always be written: {error}"))
}

/// Reads what was written.
pub(crate) fn read(json: &str) -> Result<Vec<Saved>, StateError> {
    /// What all versions have.
    #[derive(Deserialize)]
    struct Head {
        version: u64,
    }

    let unknown = |version: u64| {
        StateError::new(format!(
            "the state is of version {version} and this program reads version {VERSION}: load it with the program that wrote \
             it, or begin without it"
        ))
    };
    match serde_json::from_str::<Document>(json) {
        Ok(Document { version: VERSION, workspaces }) => Ok(workspaces),
        Ok(Document { version, .. }) => Err(unknown(version)),
        Err(error) => Err(match serde_json::from_str(json) {
            Ok(Head { version }) if version != VERSION => unknown(version),
            _ => StateError::new(format!("this is not a state that can be read: {error}")),
        }),
    }
}
