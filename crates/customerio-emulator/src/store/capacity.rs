//! How much the emulator holds: it must not grow without end.

/// Most entries of a list.
pub(crate) const MOST_ENTRIES: usize = 100_000;

/// Most people, objects, suppressions and so on. These are never forgotten: a call that would add more is refused.
pub(crate) const MOST_HELD: usize = 1_000_000;

/// Most bytes that the bodies of a list may have together.
pub(crate) const MOST_BYTES: usize = 64 * 1024 * 1024;

/// Most devices, relationships or anonymous ids of one person.
pub(crate) const MOST_OF_A_PERSON: usize = 1_000;
