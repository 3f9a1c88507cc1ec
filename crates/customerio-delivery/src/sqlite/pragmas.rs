//! How a connection is set up.

/// Marks a database as made by this crate alone. It must be set before there are tables.
pub(super) const OWN: &str = "pragma page_size = 4096; pragma application_id = 0x63696f71;";

/// What [`OWN`] makes of the id.
pub(super) const APPLICATION_ID: i64 = 0x6369_6f71;

/// For every connection.
///
/// What is deleted is overwritten, so that no one finds it: neither who looks for the data of people, nor our own search in
/// a damaged database. That costs a settled call an eighth more.
///
/// The log is kept short: one damaged page of it hides all that follows.
///
/// `extra` is `full`, and in a database of an application that has no write-ahead log the end of the journal is synced too:
/// else the loss of power would take a transaction back.
pub(super) const ALWAYS: &str = "pragma synchronous = extra; pragma secure_delete = on; pragma cell_size_check = on;
    pragma wal_autocheckpoint = 256; pragma journal_size_limit = 1048576;";
