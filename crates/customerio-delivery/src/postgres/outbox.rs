//! Calls that are enqueued in a transaction of the application.

use tokio_postgres::{Error, GenericClient, types::Type};

use crate::{
    Stored,
    postgres::{INSERT, Row},
};

/// Enqueues `call` in the transaction `database`: it is delivered if that is committed. It takes one round trip, reads
/// nothing and locks nothing.
///
/// The tables must be there: see [`migrate`](crate::postgres::migrate). The limit of a store in bytes does not hold here: the
/// application's data would have to wait for Customer.io.
///
/// # Errors
///
/// Where PostgreSQL fails. Then it has given up the transaction as well.
pub async fn enqueue(database: &impl GenericClient, call: &Stored) -> Result<(), Error> {
    let Row { destination, lane, crc32, call } = Row::new(call);
    let parameters: [(&(dyn tokio_postgres::types::ToSql + Sync), Type); 4] =
        [(&&*destination, Type::TEXT), (&lane, Type::INT2), (&crc32, Type::INT8), (&call, Type::BYTEA)];
    database.execute_typed(INSERT, &parameters).await.map(drop)
}
