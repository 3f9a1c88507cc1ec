//! What a workspace begins with: a folder that people review, or one JSON document of the same shape.

pub(crate) mod document;
pub(crate) mod error;
#[cfg(feature = "control")]
mod folder;
mod harvest;
mod line;
#[cfg(feature = "control")]
mod name;
pub(crate) mod plant;
mod read;
mod template;
