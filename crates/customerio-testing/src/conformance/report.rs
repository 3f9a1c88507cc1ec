//! What the checks found.

use std::fmt;

use super::outcome::Outcome;

/// The result of each check.
///
/// It displays as a table.
#[derive(Clone, Debug, Default)]
#[must_use = "a report that nobody reads checks nothing"]
pub struct Report {
    checks: Vec<Check>,
}

/// One check, and what it found.
#[derive(Clone, Debug)]
pub struct Check {
    name: &'static str,
    failure: Option<String>,
}

impl Report {
    pub(crate) fn add(&mut self, name: &'static str, outcome: Outcome) {
        let failure = outcome.err().map(|error| error.to_string());
        self.checks.push(Check { name, failure });
    }

    /// All checks, in the order in which they ran.
    #[must_use]
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// The checks that failed.
    pub fn failed(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| check.failure.is_some())
    }

    /// Panics, showing the table, unless all checks passed.
    ///
    /// # Panics
    ///
    /// Panics if a check failed.
    pub fn assert(&self) {
        assert!(self.failed().next().is_none(), "the contract is broken:\n{self}");
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.checks.iter().map(|check| check.name.len()).max().unwrap_or_default();
        for Check { name, failure } in &self.checks {
            match failure {
                None => writeln!(f, "{name:width$}  passed")?,
                Some(reason) => writeln!(f, "{name:width$}  FAILED: {reason}")?,
            }
        }
        Ok(())
    }
}

impl Check {
    /// The name, such as `any_status`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Why it failed, or `None` if it passed.
    #[must_use]
    pub fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }
}
