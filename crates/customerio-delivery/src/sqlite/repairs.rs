//! What had to be repaired.

use std::path::PathBuf;

/// The repairs of a store since it was opened.
///
/// All are zero if nothing was damaged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Repairs {
    /// Calls that were found in a damaged file, and wait again.
    pub salvaged: u64,
    /// Calls that are damaged, and are not sent. Where the row could be read, its bytes are in the table
    /// `customerio_damaged`; otherwise they are in a file that was moved aside.
    pub damaged: u64,
    /// Numbers of calls that had been appended and of which nothing is left: the end of the write-ahead log was lost. It is
    /// the most that it can be: which of them had been settled is lost as well.
    pub lost: u64,
    /// Transactions that were lost with the end of the write-ahead log. What was settled in them comes again; what must not
    /// arrive twice is marked, so that it is parked.
    pub lost_transactions: u64,
    /// Damaged files, which were moved here.
    pub moved_aside: Vec<PathBuf>,
}

impl Repairs {
    /// Whether anything had to be repaired.
    #[must_use]
    pub fn any(&self) -> bool {
        *self != Self::default()
    }

    pub(super) fn add(&mut self, more: Self) {
        self.salvaged += more.salvaged;
        self.damaged += more.damaged;
        self.lost += more.lost;
        self.lost_transactions += more.lost_transactions;
        self.moved_aside.extend(more.moved_aside);
    }
}
