//! Why a stored call cannot be read.

/// Why a call cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoredError {
    /// A call that was written by a newer version of this crate.
    #[error("the call is stored in version {0}, and this program knows version 1: update it")]
    Version(u32),
    /// Bytes that this crate did not write.
    #[error("the call cannot be read: {0}")]
    Malformed(String),
}

impl StoredError {
    /// A row is not what was written.
    #[cfg(any(feature = "postgres", feature = "spool"))]
    pub(crate) fn damaged() -> Self {
        Self::Malformed("its bytes were damaged".to_owned())
    }
}
