//! The order of a list.

use std::fmt;

/// The order of a list: by when things were created, unless the list sorts by something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Sort {
    /// The oldest first; of names, from A to Z.
    Ascending,
    /// The newest first; of names, from Z to A.
    Descending,
}

impl fmt::Display for Sort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ascending => "asc",
            Self::Descending => "desc",
        })
    }
}

crate::path::arguments! { Sort: false; }
