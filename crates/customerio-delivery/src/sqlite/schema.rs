//! The tables, and their versions.

use rusqlite::{Connection, OptionalExtension as _};

use super::problem::Trouble;
use crate::StoreError;

/// One script for each version.
const MIGRATIONS: [&str; 1] = [include_str!("../../migrations/sqlite/1.sql")];

/// The SQL of the tables, a script for each version, for those who run the migrations of their database by themselves.
///
/// All names begin with `customerio_`. The version of the tables is in `customerio_state`, since `user_version` is the
/// application's own.
#[must_use]
pub const fn migrations() -> &'static [&'static str] {
    &MIGRATIONS
}

/// Creates the tables in a database of the application, or brings them to this version, where that is not done yet.
///
/// It does so in the transaction that is open, or in one of its own.
///
/// # Errors
///
/// Where SQLite fails, or a newer version of this crate made the tables.
pub fn migrate(database: &Connection) -> Result<(), StoreError> {
    let outermost = database.is_autocommit();
    let run = |sql: &str| database.execute_batch(sql).map_err(StoreError::failed);
    // Two processes may start at the same time.
    run(if outermost { "begin immediate" } else { "savepoint customerio_migrate" })?;
    let done = migrate_within(database);
    match (&done, outermost) {
        (Ok(()), true) => run("commit")?,
        (Err(_), true) => run("rollback")?,
        (Ok(()), false) => run("release customerio_migrate")?,
        (Err(_), false) => run("rollback to customerio_migrate; release customerio_migrate")?,
    }
    done
}

fn migrate_within(database: &Connection) -> Result<(), StoreError> {
    let version = version(database).map_err(StoreError::failed)?;
    for script in MIGRATIONS.get(known(version)?..).unwrap_or_default() {
        database.execute_batch(script).map_err(StoreError::failed)?;
    }
    Ok(())
}

/// How many migrations are done, where this version knows them all.
fn known(version: i64) -> Result<usize, StoreError> {
    usize::try_from(version).ok().filter(|version| *version <= MIGRATIONS.len()).ok_or_else(|| {
        StoreError::failed(format!(
            "the tables are of version {version}, and this program knows versions up to {}: update it",
            MIGRATIONS.len()
        ))
    })
}

/// The version of the tables: 0 where there are none.
fn version(database: &Connection) -> rusqlite::Result<i64> {
    let state = "select 1 from sqlite_schema where type = 'table' and name = 'customerio_state'";
    match database.query_row(state, [], |_| Ok(())).optional()? {
        None => Ok(0),
        Some(()) => database.query_row("select version from customerio_state", [], |row| row.get(0)),
    }
}

/// Brings the tables to this version, and looks whether they are what the migrations make.
pub(super) fn prepare(database: &Connection) -> Result<(), Trouble> {
    // A reader needs no lock, and mostly there is nothing to do.
    let version = version(database)?;
    if version == 0 && !definitions(database)?.is_empty() {
        return Err(Trouble::damaged("some of the tables are missing"));
    }
    if known(version).map_err(Trouble::Failed)? < MIGRATIONS.len() {
        migrate(database).map_err(Trouble::Failed)?;
    }
    compare(database)
}

/// Looks whether the tables are of this version, and changes nothing.
pub(super) fn check(database: &Connection) -> Result<(), Trouble> {
    let (version, current) = (version(database)?, MIGRATIONS.len());
    if version == 0 {
        return Err(Trouble::Failed(StoreError::failed("the file has no tables of a store")));
    }
    if known(version).map_err(Trouble::Failed)? < current {
        return Err(Trouble::Failed(StoreError::failed(format!(
            "the tables are of version {version}, and this program needs version {current}: the application brings them to \
             it when it starts"
        ))));
    }
    compare(database)
}

/// Looks whether the tables are what the migrations make.
fn compare(database: &Connection) -> Result<(), Trouble> {
    let expected = Connection::open_in_memory()?;
    migrate(&expected).map_err(Trouble::Failed)?;
    let found = definitions(database)?;
    if definitions(&expected)?.iter().all(|definition| found.contains(definition)) {
        Ok(())
    } else {
        Err(Trouble::damaged("the tables are not those that this crate makes"))
    }
}

fn definitions(database: &Connection) -> rusqlite::Result<Vec<(String, Option<String>)>> {
    let sql = "select name, sql from sqlite_schema where tbl_name glob 'customerio_*' order by name";
    database.prepare(sql)?.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}
