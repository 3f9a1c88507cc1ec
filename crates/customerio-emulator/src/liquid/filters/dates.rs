//! Filters of dates.

use super::{
    super::{
        date_text,
        js::{number, plain, string, stringify},
        problem::Problem,
        strftime::{Moment, ordinal, strftime},
        value::Value,
        zone,
    },
    call::Call,
};
use crate::civil::{Civil, clipped, days};

/// How a date is written where no format says how.
const USUAL: &str = "%A, %B %-e, %Y at %-l:%M %P %z";

/// The moment that a value is, on the clock of a zone; nothing if it is none.
fn moment(call: &Call<'_>, zone: &Value) -> Result<Option<Moment>, Problem> {
    let milliseconds = match plain(call.value) {
        Value::Undefined | Value::Null => return Ok(None),
        Value::Text(text) if matches!(&*text, "now" | "today") => {
            clipped(super::super::js::count_of(call.now) * 1000.0)
        }
        Value::Text(text) if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => {
            clipped(number(&Value::Text(text), call.budget)? * 1000.0)
        }
        Value::Number(seconds) => clipped(seconds * 1000.0),
        Value::Bool(bool) => Some(i64::from(bool)),
        other => {
            let text = string(&other, call.budget)?;
            call.budget.text(text.len())?;
            date_text::parse(&text)
        }
    };
    milliseconds.map_or(Ok(None), |at| on_clock(call, at, zone))
}

/// A moment on the clock of a zone: a name, or the minutes that it is behind UTC.
fn on_clock(call: &Call<'_>, at: i64, zone: &Value) -> Result<Option<Moment>, Problem> {
    let (behind, name) = match zone {
        Value::Undefined | Value::Null => (0.0, Some("UTC".to_owned())),
        Value::Text(name) => {
            call.budget.steps(100)?;
            (super::super::js::count_of(-zone::ahead(name, at)?) / 60.0, Some(name.to_string()))
        }
        other => (number(other, call.budget)?, None),
    };
    let shown = clipped(super::super::js::count_of(at) - behind * 60_000.0);
    Ok(shown.map(|shown| Moment { at, shown: Civil::of(shown), behind, zone: name }))
}

fn formatted(call: &Call<'_>, format: &str, zone: &Value) -> Result<Value, Problem> {
    match moment(call, zone)? {
        Some(moment) => call.made(strftime(&moment, format, call.budget)?),
        None => Ok(call.value.clone()),
    }
}

pub(crate) fn date(call: &Call<'_>) -> Result<Value, Problem> {
    let format = match plain(call.argument(0)) {
        Value::Undefined | Value::Null => USUAL.into(),
        format => stringify(&format, call.budget)?,
    };
    call.budget.text(format.len())?;
    formatted(call, &format, call.argument(1))
}

pub(crate) fn date_to_xmlschema(call: &Call<'_>) -> Result<Value, Problem> {
    formatted(call, "%Y-%m-%dT%H:%M:%S%:z", &Value::Undefined)
}

pub(crate) fn date_to_rfc822(call: &Call<'_>) -> Result<Value, Problem> {
    formatted(call, "%a, %d %b %Y %H:%M:%S %z", &Value::Undefined)
}

pub(crate) fn date_to_string(call: &Call<'_>) -> Result<Value, Problem> {
    day(call, "%b")
}

pub(crate) fn date_to_long_string(call: &Call<'_>) -> Result<Value, Problem> {
    day(call, "%B")
}

/// A day, with its ordinal number where the arguments say so.
fn day(call: &Call<'_>, month: &str) -> Result<Value, Problem> {
    let Some(moment) = moment(call, &Value::Undefined)? else { return Ok(call.value.clone()) };
    let is = |at: usize, word: &str| matches!(call.argument(at), Value::Text(text) if &**text == word);
    let number = format!("{}{}", moment.shown.day, ordinal(moment.shown.day));
    let format = match (is(0, "ordinal"), is(1, "US")) {
        (true, true) => format!("{month} {number}, %Y"),
        (true, false) => format!("{number} {month} %Y"),
        (false, _) => format!("%d {month} %Y"),
    };
    call.made(strftime(&moment, &format, call.budget)?)
}

/// A Unix timestamp this many days, months or years away, as `add_day` and its like.
fn moved(call: &Call<'_>, by: impl Fn(Civil, i64) -> (i64, i64, i64), sign: i64) -> Result<Value, Problem> {
    let wrong =
        || call.refused("takes a Unix timestamp in whole seconds, and a whole number: write `| plus: 0` before it");
    let whole = |value: &Value| match value {
        #[expect(clippy::cast_possible_truncation, reason = "it is whole and below 10^12")]
        Value::Number(number) if number.fract() == 0.0 && number.abs() < 1e12 => Ok(*number as i64),
        _ => Err(wrong()),
    };
    let (at, number) = (whole(call.value)?, whole(call.argument(0))?);
    if number.abs() > 1_000_000 {
        return Err(wrong());
    }
    let shown = Civil::of(at * 1000);
    let (year, month, day) = by(shown, sign * number);
    // A month that is too short ends with its last day.
    let last = days(year, month + 1, 1) - days(year, month, 1);
    let day = if month == shown.month && year == shown.year { day } else { day.min(last) };
    let seconds = days(year, month, day) * 86_400 + at.rem_euclid(86_400);
    Ok(Value::Number(super::super::js::count_of(seconds)))
}

fn by_days(shown: Civil, number: i64) -> (i64, i64, i64) {
    (shown.year, shown.month, shown.day + number)
}

fn by_months(shown: Civil, number: i64) -> (i64, i64, i64) {
    let months = shown.year * 12 + shown.month - 1 + number;
    (months.div_euclid(12), months.rem_euclid(12) + 1, shown.day)
}

fn by_years(shown: Civil, number: i64) -> (i64, i64, i64) {
    (shown.year + number, shown.month, shown.day)
}

pub(crate) fn add_day(call: &Call<'_>) -> Result<Value, Problem> {
    moved(call, by_days, 1)
}

pub(crate) fn add_month(call: &Call<'_>) -> Result<Value, Problem> {
    moved(call, by_months, 1)
}

pub(crate) fn add_year(call: &Call<'_>) -> Result<Value, Problem> {
    moved(call, by_years, 1)
}

pub(crate) fn subtract_day(call: &Call<'_>) -> Result<Value, Problem> {
    moved(call, by_days, -1)
}

pub(crate) fn subtract_month(call: &Call<'_>) -> Result<Value, Problem> {
    moved(call, by_months, -1)
}

pub(crate) fn subtract_year(call: &Call<'_>) -> Result<Value, Problem> {
    moved(call, by_years, -1)
}
