//! What the emulator remembers: people, objects, events, messages, and the time.

pub(crate) mod bounded;
pub(crate) mod clock;
pub(crate) mod kept;
pub(crate) mod objects;
pub(crate) mod people;
pub(crate) mod record;
pub(crate) mod state;
