//! How much the emulator holds: it must not grow without end.

/// Most entries of a list.
pub(crate) const MOST_ENTRIES: usize = 100_000;

/// Most people, objects, suppressions and so on. These are never forgotten: a call that would add more is refused.
pub(crate) const MOST_HELD: usize = 1_000_000;

/// Most bytes of memory that the entries of a list may take together, and the values of one body.
pub(crate) const MOST_BYTES: usize = 64 * 1024 * 1024;

/// Most bytes of memory that messages may take together: there is room for as many as a list may have, where they are small.
pub(crate) const MOST_MESSAGES: usize = 3 * MOST_BYTES;

/// Most bytes of memory that the values of a broadcast's trigger may take: it may be a body of 25 MB.
pub(crate) const MOST_TRIGGER: usize = 4 * MOST_BYTES;

/// Most bytes of memory that people, objects and what a workspace has beside may take together, unless it was said otherwise.
pub(crate) const MOST_MEMORY: usize = 1024 * 1024 * 1024;

/// Most bytes of memory that one person may take: their attributes have documented limits, which come to a third of a
/// megabyte of text, and devices and preferences have none.
pub(crate) const MOST_MEMORY_OF_A_PERSON: usize = 16 * 1024 * 1024;

/// Most devices, relationships or anonymous ids of one person.
pub(crate) const MOST_OF_A_PERSON: usize = 1_000;

/// Most requests of the log, unless it was said otherwise.
pub(crate) const MOST_LOGGED: usize = 1_000;
