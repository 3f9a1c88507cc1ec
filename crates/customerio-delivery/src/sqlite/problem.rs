//! What can go wrong between a store and SQLite.

use rusqlite::{Error, ErrorCode};

use crate::StoreError;

/// Why a job failed.
#[derive(Debug)]
pub(super) enum Problem {
    /// It is against the rules; it wrote nothing.
    Refused(StoreError),
    /// SQLite failed.
    Sql(Error),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self::Sql(error)
    }
}

/// Why a file cannot be used.
#[derive(Debug)]
pub(super) enum Trouble {
    /// It is damaged.
    Damaged(StoreError),
    /// It cannot be used now.
    Failed(StoreError),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        if is_damage(&error) {
            Self::Damaged(StoreError::failed(error))
        } else {
            Self::Failed(StoreError::failed(error))
        }
    }
}

impl From<std::io::Error> for Trouble {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(StoreError::failed(error))
    }
}

impl From<Trouble> for StoreError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Damaged(error) | Trouble::Failed(error) => error,
        }
    }
}

impl Trouble {
    /// A damaged file, and what is wrong with it.
    pub(super) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged(StoreError::failed(what.into()))
    }
}

/// Whether SQLite found its own structures broken: then the next attempt fails as well.
fn is_damage(error: &Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
        // A table that is not what was made, or a column that holds what was never written.
        || matches!(
            error,
            Error::SqlInputError { .. }
                | Error::InvalidColumnType(..)
                | Error::IntegralValueOutOfRange(..)
                | Error::FromSqlConversionFailure(..)
                | Error::Utf8Error(..)
                | Error::QueryReturnedNoRows
        )
}
