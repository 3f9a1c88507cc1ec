//! Zones of time: how far their clocks are from UTC.
//!
//! Each zone has the rule that it follows now. Before the rule began, its clocks are not known here.

use super::problem::Problem;
use crate::civil::{Civil, DAY, days};

const ZONES: &str = include_str!("zones.txt");

/// How many seconds a zone's clocks are ahead of UTC at a moment, in milliseconds since 1970.
///
/// # Errors
///
/// There is no such zone, or it followed another rule then.
pub(crate) fn ahead(zone: &str, at: i64) -> Result<i64, Problem> {
    let (rule, since) = find(zone).ok_or_else(|| {
        Problem::unsupported(format!(
            "the time zone `{zone}` is not known here: write one such as \"America/New_York\""
        ))
    })?;
    if since.is_some_and(|year| at < days(year, 1, 1) * DAY) {
        let year = since.unwrap_or(0);
        return Err(Problem::unsupported(format!(
            "the time zone `{zone}` is not known here before {year}: write a later date"
        )));
    }
    Rule::parse(rule)
        .map(|rule| rule.ahead(at.div_euclid(1000)))
        .ok_or_else(|| Problem::unsupported(format!("the time zone `{zone}` is not known here: write another")))
}

/// The rule of a zone, and the year since which it is true.
fn find(zone: &str) -> Option<(&'static str, Option<i64>)> {
    ZONES.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
        let (rule, zones) = line.split_once(' ')?;
        let found = zones
            .split(' ')
            .map(|entry| entry.split_once(':').map_or((entry, None), |(name, year)| (name, Some(year))));
        let (_, since) = found.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(zone))?;
        Some((rule, since.and_then(|year| year.parse().ok())))
    })
}

/// A rule of POSIX's TZ, in seconds ahead of UTC.
struct Rule {
    standard: i64,
    /// The other offset, and when it begins and ends.
    other: Option<(i64, Change, Change)>,
}

/// A moment of each year: a day, and the seconds of that day.
struct Change {
    day: Day,
    seconds: i64,
}

enum Day {
    /// Month, week (5 is the last) and day of the week.
    Weekday(i64, i64, i64),
    /// From 1, without the 29th of February.
    Julian(i64),
}

impl Rule {
    fn parse(text: &str) -> Option<Self> {
        let rest = behind_name(text)?;
        let mut parts = rest.split(',');
        let offsets = parts.next()?;
        let end =
            offsets.find(|character: char| !matches!(character, '0'..='9' | '+' | '-' | ':')).unwrap_or(offsets.len());
        let standard = -seconds(&offsets[..end])?;
        let Some(begins) = parts.next() else { return Some(Self { standard, other: None }) };
        let other = match behind_name(&offsets[end..])? {
            "" => standard + 3600,
            offset => -seconds(offset)?,
        };
        Some(Self { standard, other: Some((other, Change::parse(begins)?, Change::parse(parts.next()?)?)) })
    }

    /// The offset at a moment, in seconds since 1970.
    fn ahead(&self, at: i64) -> i64 {
        let Some((other, begins, ends)) = &self.other else { return self.standard };
        let year = Civil::of((at + self.standard) * 1000).year;
        let (begins, ends) = (begins.at(year) - self.standard, ends.at(year) - other);
        let is_other = if begins < ends { (begins..ends).contains(&at) } else { !(ends..begins).contains(&at) };
        if is_other { *other } else { self.standard }
    }
}

impl Change {
    fn parse(text: &str) -> Option<Self> {
        let (day, time) = text.split_once('/').unwrap_or((text, "2"));
        let day = if let Some(day) = day.strip_prefix('J') {
            Day::Julian(day.parse().ok()?)
        } else {
            let mut parts = day.strip_prefix('M')?.split('.').map(|part| part.parse().ok());
            Day::Weekday(parts.next()??, parts.next()??, parts.next()??)
        };
        Some(Self { day, seconds: seconds(time)? })
    }

    /// The seconds from 1970 to it, on the clock that it changes.
    fn at(&self, year: i64) -> i64 {
        let day = match self.day {
            Day::Weekday(month, week, weekday) => {
                let first = days(year, month, 1);
                let first_such = first + (weekday - (first + 4)).rem_euclid(7);
                let day = first_such + (week - 1) * 7;
                if day < days(year, month + 1, 1) { day } else { day - 7 }
            }
            Day::Julian(day) => {
                let date = Civil::of(days(2001, 1, day) * DAY);
                days(year, date.month, date.day)
            }
        };
        day * 86_400 + self.seconds
    }
}

/// What follows the name of a zone, which may be in angle brackets.
fn behind_name(text: &str) -> Option<&str> {
    if text.starts_with('<') {
        return text.split_once('>').map(|(_, rest)| rest);
    }
    Some(text.trim_start_matches(|character: char| character.is_ascii_alphabetic()))
}

/// The seconds of hours and minutes, as in `-5:30`.
fn seconds(text: &str) -> Option<i64> {
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let mut parts = text.trim_start_matches(['+', '-']).split(':').map(|part| part.parse::<i64>().ok());
    let hours = parts.next()??;
    let minutes = parts.next().flatten().unwrap_or(0);
    Some(sign * (hours * 3600 + minutes * 60))
}
