//! The state of all workspaces as a document.

pub(crate) mod document;
mod state;
