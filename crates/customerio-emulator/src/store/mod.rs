//! What the emulator remembers: people, objects, events, messages, and the time.

pub(crate) mod attributes;
pub(crate) mod body;
pub(crate) mod bounded;
pub(crate) mod capacity;
pub(crate) mod changes;
pub(crate) mod clock;
pub(crate) mod exports;
pub(crate) mod held;
pub(crate) mod image;
pub(crate) mod kept;
pub(crate) mod library;
pub(crate) mod memory;
mod merge;
pub(crate) mod objects;
pub(crate) mod people;
pub(crate) mod person_update;
pub(crate) mod record;
mod relationships;
pub(crate) mod room;
pub(crate) mod run;
mod seconds;
pub(crate) mod seen_ids;
pub(crate) mod sequence;
pub(crate) mod shelf;
pub(crate) mod state;
mod suppressions;
pub(crate) mod text;
