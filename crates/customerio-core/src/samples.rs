//! A sample of an operation beside it, for the tests that meet every operation: conformance, faults, leaks, figures.

use std::fmt::Debug;

use crate::{App, Operation};

/// An operation of which there is a sample.
///
/// Each text that could be a secret or a person's begins with `LEAK-`, so that a test can find it where it must not be.
#[doc(hidden)]
pub trait Sample: Operation + Debug {
    /// Whether there is no text in it, so that a sample can have no such mark.
    const NAMES_NOBODY: bool = false;

    /// One with everything set that can be.
    fn sample() -> Self;

    /// Others, where one cannot have everything.
    #[must_use]
    fn more() -> Vec<Self> {
        Vec::new()
    }
}

/// What is done with each sample.
#[doc(hidden)]
pub trait VisitSample {
    /// Does it.
    fn visit<O: Sample<Api = App>>(&mut self, operation: O);
}
