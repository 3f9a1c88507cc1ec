//! All the calls that a filter takes.

use customerio_delivery::{CallFilter, Inspect};

use crate::{args::calls::Filters, failure::Failure};

/// How many are read, or changed, at a time.
pub(crate) const PAGE: usize = 200;

impl Filters {
    /// Those of `filter` besides.
    pub(crate) fn of(&self, mut filter: CallFilter) -> CallFilter {
        filter.reason = self.reason;
        filter.operation.clone_from(&self.operation);
        filter.destination.clone_from(&self.destination);
        filter
    }
}

/// A call that a filter takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    pub(crate) number: u64,
    /// Whether it failed, and may have been sent all the same.
    pub(crate) is_parked: bool,
}

/// All calls that the filter takes, in the order of their numbers.
pub(crate) async fn all(calls: &dyn Inspect, filter: &CallFilter) -> Result<Vec<Found>, Failure> {
    let (mut found, mut after) = (Vec::new(), 0);
    loop {
        let page = calls.list(filter, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(found) };
        after = last.number;
        found.extend(page.iter().map(|call| Found {
            number: call.number,
            is_parked: call.failure().is_some_and(|failure| failure.reason.is_parked()),
        }));
    }
}
