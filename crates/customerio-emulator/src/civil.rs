//! Days and times of the calendar, and milliseconds since 1970.

/// Milliseconds of a day.
pub(crate) const DAY: i64 = 86_400_000;

/// The most milliseconds before or after 1970 that a date can have.
const MOST: f64 = 8.64e15;

/// A day and a time of the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Civil {
    pub(crate) year: i64,
    /// From 1.
    pub(crate) month: i64,
    pub(crate) day: i64,
    pub(crate) hour: i64,
    pub(crate) minute: i64,
    pub(crate) second: i64,
    pub(crate) millisecond: i64,
    /// From 0, which is Sunday.
    pub(crate) weekday: i64,
    /// From 1.
    pub(crate) day_of_year: i64,
}

/// The days from 1970 to a day; days beyond a month's end are of the next one.
pub(crate) fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = year + (month - 1).div_euclid(12);
    let month = (month - 1).rem_euclid(12) + 1;
    // Years that begin in March end with the day that not all have.
    let year = if month <= 2 { year - 1 } else { year };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year - 719_468
}

impl Civil {
    /// The day and time of milliseconds since 1970.
    pub(crate) fn of(milliseconds: i64) -> Self {
        let (day, time) = (milliseconds.div_euclid(DAY), milliseconds.rem_euclid(DAY));
        let shifted = day + 719_468;
        let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let from_march = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * from_march + 2) / 153;
        let month_day = from_march - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Self {
            year,
            month,
            day: month_day,
            hour: time / 3_600_000,
            minute: time / 60_000 % 60,
            second: time / 1000 % 60,
            millisecond: time % 1000,
            weekday: (day + 4).rem_euclid(7),
            day_of_year: day - days(year, 1, 1) + 1,
        }
    }
}

/// Whole milliseconds since 1970, where that is a date: at most 8.64e15 before or after.
pub(crate) fn clipped(milliseconds: f64) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "it is far below 2^63")]
    (milliseconds.abs() <= MOST).then_some(milliseconds as i64)
}
