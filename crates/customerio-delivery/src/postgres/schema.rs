//! The tables, and their versions.

use tokio_postgres::GenericClient;

use super::link::{Connector, Open, failed};
use crate::StoreError;

/// One script for each version.
const MIGRATIONS: [&str; 2] =
    [include_str!("../../migrations/postgres/1.sql"), include_str!("../../migrations/postgres/2.sql")];

/// Held until the end of the transaction that migrates, so that replicas which start together do it once.
const LOCK: &str = "select pg_advisory_xact_lock(hashtext('customerio_delivery'))";

/// The SQL of the tables, a script for each version, for those who run the migrations of their database by themselves.
///
/// All names begin with `customerio_`. The version of the tables is in `customerio_state`.
#[must_use]
pub const fn migrations() -> &'static [&'static str] {
    &MIGRATIONS
}

/// Creates the tables, or brings them to this version, where that is not done yet: in a transaction, or in a savepoint of
/// the one that is given. Others that do so at the same time wait for it.
///
/// # Errors
///
/// Where PostgreSQL fails, or a newer version of this crate made the tables.
pub async fn migrate(database: &mut impl GenericClient) -> Result<(), StoreError> {
    // Mostly there is nothing to do, and then no lock and no right to create tables is needed.
    if missing(database).await?.is_empty() {
        return Ok(());
    }
    let transaction = database.transaction().await.map_err(failed)?;
    transaction.batch_execute(LOCK).await.map_err(failed)?;
    for script in missing(&transaction).await? {
        transaction.batch_execute(script).await.map_err(failed)?;
    }
    transaction.commit().await.map_err(failed)
}

/// A first connection, by which the database is checked and the tables are brought to this version, or are checked too.
pub(super) async fn open(connector: &Connector, migrates: bool) -> Result<Open, StoreError> {
    let mut open = connector.connect().await?;
    let sql = "select current_setting('server_version_num')::integer, current_setting('server_encoding')";
    let row = open.client.query_typed_one(sql, &[]).await.map_err(failed)?;
    let (version, encoding): (i32, &str) = (row.try_get(0).map_err(failed)?, row.try_get(1).map_err(failed)?);
    if version < 150_000 {
        let version = version / 10_000;
        return Err(StoreError::failed(format!("PostgreSQL {version} is too old: 15 or later is needed")));
    }
    if encoding != "UTF8" {
        return Err(StoreError::failed(format!("the database's encoding is {encoding}: it must be UTF8")));
    }
    if migrates {
        migrate(&mut open.client).await?;
    } else {
        check(&open.client).await?;
    }
    Ok(open)
}

/// Refuses tables that are not of this version.
async fn check(database: &impl GenericClient) -> Result<(), StoreError> {
    if missing(database).await?.is_empty() {
        return Ok(());
    }
    let version = MIGRATIONS.len();
    Err(StoreError::failed(format!("the tables are older than version {version}: run the migrations")))
}

/// The migrations that are still to be done, where this version knows all that are.
async fn missing(database: &impl GenericClient) -> Result<&'static [&'static str], StoreError> {
    let version = version(database).await?;
    usize::try_from(version).ok().and_then(|version| MIGRATIONS.get(version..)).ok_or_else(|| {
        StoreError::failed(format!(
            "the tables are of version {version}, and this program knows versions up to {}: update it",
            MIGRATIONS.len()
        ))
    })
}

/// The version of the tables: 0 where there are none.
async fn version(database: &impl GenericClient) -> Result<i32, StoreError> {
    // `to_regclass` would look into what this session remembers, and not see what another has just made.
    let exists = "select exists (
        select from pg_catalog.pg_class where relname = 'customerio_state' and pg_catalog.pg_table_is_visible(oid)
    )";
    let row = database.query_typed_one(exists, &[]).await.map_err(failed)?;
    if !row.try_get::<_, bool>(0).map_err(failed)? {
        return Ok(0);
    }
    let row = database.query_typed_one("select version from customerio_state", &[]).await.map_err(failed)?;
    row.try_get(0).map_err(failed)
}
