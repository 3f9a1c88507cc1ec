//! Dates as text, by a format such as `%B %-d, %Y`.

use super::{
    budget::{Budget, MOST_TEXT},
    js::number_text,
    problem::Problem,
};
use crate::civil::Civil;

pub(crate) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// A moment, and the clock that it is read on.
#[derive(Clone, Debug)]
pub(crate) struct Moment {
    /// Milliseconds since 1970.
    pub(crate) at: i64,
    /// What the clock shows.
    pub(crate) shown: Civil,
    /// Minutes that the clock is behind UTC.
    pub(crate) behind: f64,
    /// What the clock's zone is called, if it has a name.
    pub(crate) zone: Option<String>,
}

/// One conversion: `%`, flags, a width, a letter.
struct Conversion<'f> {
    flags: &'f str,
    width: &'f str,
    letter: char,
    written: &'f str,
}

/// A moment in a format.
///
/// # Errors
///
/// The budget ends, or the format asks for what is not known of years before 1.
pub(crate) fn strftime(moment: &Moment, format: &str, budget: &Budget) -> Result<String, Problem> {
    let (mut text, mut rest) = (String::new(), format);
    while let Some(at) = rest.find('%') {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        budget.steps(1)?;
        if let Some(conversion) = conversion(rest) {
            text.push_str(&converted(moment, &conversion)?);
            rest = &rest[conversion.written.len()..];
        } else {
            text.push('%');
            rest = &rest[1..];
        }
        if text.len() > MOST_TEXT {
            budget.text(text.len())?;
        }
    }
    Ok(text + rest)
}

fn conversion(text: &str) -> Option<Conversion<'_>> {
    let behind = &text[1..];
    let after_flags = behind.trim_start_matches(['-', '_', '0', '^', '#', ':']);
    let after_width = after_flags.trim_start_matches(|digit: char| digit.is_ascii_digit());
    let is_letter = |letter: &char| !matches!(letter, '\n' | '\r' | '\u{2028}' | '\u{2029}');
    let first = after_width.chars().next().filter(is_letter);
    let second = after_width.chars().nth(1).filter(is_letter);
    let (letter, modifier) = match (first, second) {
        (Some('E' | 'O'), Some(second)) => (second, 1),
        (Some(first), _) => (first, 0),
        // What is no conversion to its end is written as it is.
        (None, _) if after_width.len() < behind.len() => ('\0', 0),
        (None, _) => return None,
    };
    let letter_length = if first.is_none() { 0 } else { letter.len_utf8() };
    let length = text.len() - after_width.len() + modifier + letter_length;
    Some(Conversion {
        flags: &behind[..behind.len() - after_flags.len()],
        width: &after_flags[..after_flags.len() - after_width.len()],
        letter,
        written: &text[..length],
    })
}

fn converted(moment: &Moment, conversion: &Conversion<'_>) -> Result<String, Problem> {
    let Conversion { flags, width, letter, written } = *conversion;
    let Some((mut text, usual)) = plain(moment, conversion)? else { return Ok(written.into()) };
    if flags.contains('^') {
        text = text.to_uppercase();
    } else if flags.contains('#') {
        let has_small = text.bytes().any(|byte| byte.is_ascii_lowercase());
        text = if has_small { text.to_uppercase() } else { text.to_lowercase() };
    }
    let pad = match letter {
        _ if flags.contains('_') => ' ',
        _ if flags.contains('0') => '0',
        'a' | 'A' | 'b' | 'B' | 'c' | 'e' | 'k' | 'l' | 'p' | 'P' => ' ',
        _ => '0',
    };
    let width = if flags.contains('-') { 0 } else { some_width(width)?.unwrap_or(usual) };
    if let Some(digits) = text.strip_prefix('-').filter(|_| pad == '0') {
        return Ok(format!("-{}", padded(digits, width.saturating_sub(1), pad)));
    }
    Ok(padded(&text, width, pad))
}

fn padded(text: &str, width: usize, pad: char) -> String {
    let missing = width.saturating_sub(text.chars().count());
    std::iter::repeat_n(pad, missing).chain(text.chars()).collect()
}

/// A width that is written, which 0 is none.
fn some_width(width: &str) -> Result<Option<usize>, Problem> {
    let digits = width.trim_start_matches('0');
    if digits.is_empty() {
        return Ok(None);
    }
    match digits.parse() {
        Ok(width) if width <= MOST_TEXT => Ok(Some(width)),
        _ => Err(Problem::budget("a date is padded to more than a text may have: write a smaller width")),
    }
}

/// What a letter means, and its usual width; nothing if it means itself.
fn plain(moment: &Moment, conversion: &Conversion<'_>) -> Result<Option<(String, usize)>, Problem> {
    let shown = &moment.shown;
    let short = |name: &str| (name[..3].to_owned(), 0);
    let long = |name: &str| (name.to_owned(), 0);
    let number = |number: i64, width: usize| (number.to_string(), width);
    let month = MONTHS[usize::try_from(shown.month - 1).unwrap_or(0)];
    let weekday = WEEKDAYS[usize::try_from(shown.weekday).unwrap_or(0)];
    let twelve = |hour: i64| if hour % 12 == 0 { 12 } else { hour % 12 };
    let morning = shown.hour < 12;
    Ok(Some(match conversion.letter {
        'a' => short(weekday),
        'A' => long(weekday),
        'b' | 'h' => short(month),
        'B' => long(month),
        'c' => (format!("{}, {}", local_date(shown)?, local_time(shown)), 0),
        'x' => (local_date(shown)?, 0),
        'X' => (local_time(shown), 0),
        'C' => number(shown.year.div_euclid(100), 2),
        'd' | 'e' => number(shown.day, 2),
        'H' | 'k' => number(shown.hour, 2),
        'I' | 'l' => number(twelve(shown.hour), 2),
        'j' => number(shown.day_of_year, 3),
        'L' => number(shown.millisecond, 3),
        'm' => number(shown.month, 2),
        'M' => number(shown.minute, 2),
        'N' => {
            let width = some_width(conversion.width)?.unwrap_or(9);
            let digits = format!("{:03}", shown.millisecond);
            let digits = &digits[..width.min(3)];
            (format!("{digits}{}", "0".repeat(width - digits.len())), 0)
        }
        'p' => long(if morning { "AM" } else { "PM" }),
        'P' => long(if morning { "am" } else { "pm" }),
        'q' => long(ordinal(shown.day)),
        's' => number(moment.at.div_euclid(1000), 0),
        'S' => number(shown.second, 2),
        'u' => number(if shown.weekday == 0 { 7 } else { shown.weekday }, 0),
        'U' => number(week(shown, 0), 2),
        'w' => number(shown.weekday, 0),
        'W' => number(week(shown, 1), 2),
        'y' => number(shown.year.rem_euclid(100), 2),
        'Y' => number(shown.year, 4),
        'z' => (offset(moment, conversion.flags), 0),
        'Z' => (moment.zone.clone().unwrap_or_else(|| offset(moment, conversion.flags)), 0),
        't' => long("\t"),
        'n' => long("\n"),
        '%' => long("%"),
        _ => return Ok(None),
    }))
}

/// The week of the year, the first of which begins with the first such day.
fn week(shown: &Civil, first: i64) -> i64 {
    (shown.day_of_year - 1 - (shown.weekday - first).rem_euclid(7) + 7).div_euclid(7)
}

/// The ending of a day's ordinal number.
pub(crate) fn ordinal(day: i64) -> &'static str {
    match (day, day % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    }
}

fn offset(moment: &Moment, flags: &str) -> String {
    let minutes = moment.behind.abs();
    let two = |number: f64| padded(&number_text(number), 2, '0');
    let sign = if moment.behind > 0.0 { '-' } else { '+' };
    let colon = if flags.contains(':') { ":" } else { "" };
    format!("{sign}{}{colon}{}", two((minutes / 60.0).floor()), two(minutes % 60.0))
}

fn local_date(shown: &Civil) -> Result<String, Problem> {
    if shown.year < 1 {
        return Err(Problem::unsupported("%c and %x of a year before 1 are not supported here: use %Y-%m-%d"));
    }
    Ok(format!("{}/{}/{}", shown.month, shown.day, shown.year))
}

fn local_time(shown: &Civil) -> String {
    let hour = if shown.hour % 12 == 0 { 12 } else { shown.hour % 12 };
    let half = if shown.hour < 12 { "AM" } else { "PM" };
    format!("{hour}:{:02}:{:02} {half}", shown.minute, shown.second)
}
