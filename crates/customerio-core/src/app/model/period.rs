//! Which periods numbers are of.

use crate::{
    BuildError, BuildErrorKind, Query, Timestamp, entity::open_enum, macros::opaque_debug, path::Argument, text::Text,
};

/// The last hours, days, weeks or months, up to now: the periods of a report.
///
/// There are at least two: for one the service counts two, and for none all that there can be.
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::{Periods, campaigns::Links}, limits::Limits};
///
/// let request = Prepared::new(Links::new(46).with_periods(Periods::days(7)), &Limits::default())?;
/// assert_eq!(request.path(), "/v1/campaigns/46/metrics/links?period=days&steps=7");
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Periods {
    unit: &'static str,
    most: u32,
    steps: u32,
}

impl Periods {
    /// Selects the last hours, 2 to 24.
    #[must_use]
    pub const fn hours(count: u32) -> Self {
        Self { unit: "hours", most: 24, steps: count }
    }

    /// Selects the last days, 2 to 45. The service counts 45 days by default.
    #[must_use]
    pub const fn days(count: u32) -> Self {
        Self { unit: "days", most: 45, steps: count }
    }

    /// Selects the last weeks, 2 to 12.
    #[must_use]
    pub const fn weeks(count: u32) -> Self {
        Self { unit: "weeks", most: 12, steps: count }
    }

    /// Selects the last months, 2 to 121.
    #[must_use]
    pub const fn months(count: u32) -> Self {
        Self { unit: "months", most: 121, steps: count }
    }
}

impl Argument for Periods {
    /// It has two names of its own, in every query.
    fn write(&self, _: &'static str, query: &mut Query<'_>) -> Result<(), BuildError> {
        let Self { unit, most, steps } = *self;
        if !(2..=most).contains(&steps) {
            let reason = format!("it is {steps} {unit}, and can be 2 to {most}");
            return Err(BuildError::new("the number of periods", BuildErrorKind::Invalid(reason.into())));
        }
        query.pair("period", unit);
        query.optional("steps", Some(steps));
        Ok(())
    }
}

open_enum! {
    /// How long each period of a report is.
    pub enum Resolution {
        /// An hour.
        Hours = "hours",
        /// A day.
        Days = "days",
        /// A week.
        Weeks = "weeks",
        /// A month.
        Months = "months",
    }
}

/// The time between two moments, in periods that a report counts one by one.
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::{Resolution, TimeRange, campaigns::Metrics}, limits::Limits};
///
/// let march = TimeRange::new(1_740_787_200, 1_743_465_600, Resolution::Days)
///     .with_time_zone("Europe/Berlin");
/// let request = Prepared::new(Metrics::between(46, march), &Limits::default())?;
/// assert_eq!(
///     request.path(),
///     "/v1/campaigns/46/metrics?version=2&start=1740787200&end=1743465600&res=days&tz=Europe%2FBerlin"
/// );
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct TimeRange {
    start: Timestamp,
    end: Timestamp,
    resolution: Resolution,
    time_zone: Option<Text>,
}

opaque_debug!(TimeRange);

/// The longest that a report can be, in seconds: ten years, of which up to three have a day more.
const LONGEST: i64 = (10 * 365 + 3) * 24 * 60 * 60;

impl TimeRange {
    /// Selects the time from `start` to `end`, at most ten years later, in periods as long as `resolution` says.
    #[must_use]
    pub fn new(start: impl Into<Timestamp>, end: impl Into<Timestamp>, resolution: Resolution) -> Self {
        Self { start: start.into(), end: end.into(), resolution, time_zone: None }
    }

    /// Sets the time zone of the days, as a name such as `Europe/Berlin`. Default: UTC.
    #[must_use]
    pub fn with_time_zone(mut self, name: impl AsRef<str>) -> Self {
        self.time_zone = Some(Text::new(name));
        self
    }

    /// Writes it with these names for its resolution and its time zone; not every report takes the latter.
    pub(in crate::app) fn write(
        &self,
        query: &mut Query<'_>,
        resolution: &str,
        time_zone: Option<&str>,
    ) -> Result<(), BuildError> {
        let refused = |reason: &'static str| BuildError::new("the time range", BuildErrorKind::Invalid(reason.into()));
        let (start, end) = (self.start.unix_seconds(), self.end.unix_seconds());
        match end.saturating_sub(start) {
            ..=0 => return Err(refused("it ends before it starts")),
            length if length > LONGEST => return Err(refused("it is longer than ten years")),
            _ => {}
        }
        query.optional("start", Some(start));
        query.optional("end", Some(end));
        query.pair(resolution, self.resolution.as_str());
        match (time_zone, &self.time_zone) {
            (Some(name), zone) => query.optional(name, zone.as_ref()),
            (None, Some(_)) => return Err(refused("this report takes no time zone")),
            (None, None) => {}
        }
        Ok(())
    }
}

/// The time that a report on a campaign, or on one of its actions, is of. The service silently treats anything
/// incomplete as the first version, so there is no third way.
#[derive(Clone)]
pub(in crate::app) enum ReportTime {
    /// Version 2.
    Between(TimeRange),
    /// Version 1, in US Eastern time.
    Last(Periods),
}

impl ReportTime {
    pub(in crate::app) fn write(&self, query: &mut Query<'_>) -> Result<(), BuildError> {
        match self {
            Self::Between(range) => {
                query.pair("version", "2");
                range.write(query, "res", Some("tz"))
            }
            Self::Last(periods) => {
                query.pair("version", "1");
                Argument::write(periods, "", query)
            }
        }
    }
}
