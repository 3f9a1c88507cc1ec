//! Filters of numbers.

use super::{
    super::{
        js::{number_text, text_number},
        problem::Problem,
        value::Value,
    },
    call::Call,
};

/// The largest number up to which all whole numbers are exact.
const MOST_WHOLE: f64 = 9_007_199_254_740_991.0;

/// The value and the arguments, as numbers.
fn numbers(call: &Call<'_>) -> Result<(f64, Vec<f64>), Problem> {
    let arguments = call.arguments.iter().map(|argument| call.number_of(argument)).collect::<Result<_, _>>()?;
    Ok((call.number_of(call.value)?, arguments))
}

/// A filter of two numbers.
fn binary(call: &Call<'_>, of: impl Fn(f64, f64) -> f64) -> Result<Value, Problem> {
    let (value, arguments) = numbers(call)?;
    Ok(Value::Number(of(value, arguments.first().copied().unwrap_or(f64::NAN))))
}

pub(crate) fn abs(call: &Call<'_>) -> Result<Value, Problem> {
    Ok(Value::Number(numbers(call)?.0.abs()))
}

pub(crate) fn ceil(call: &Call<'_>) -> Result<Value, Problem> {
    Ok(Value::Number(numbers(call)?.0.ceil()))
}

pub(crate) fn floor(call: &Call<'_>) -> Result<Value, Problem> {
    Ok(Value::Number(numbers(call)?.0.floor()))
}

pub(crate) fn at_least(call: &Call<'_>) -> Result<Value, Problem> {
    let (value, arguments) = numbers(call)?;
    Ok(Value::Number(arguments.into_iter().fold(value, f64::max)))
}

pub(crate) fn at_most(call: &Call<'_>) -> Result<Value, Problem> {
    let (value, arguments) = numbers(call)?;
    Ok(Value::Number(arguments.into_iter().fold(value, f64::min)))
}

pub(crate) fn plus(call: &Call<'_>) -> Result<Value, Problem> {
    binary(call, |value, other| value + other)
}

pub(crate) fn minus(call: &Call<'_>) -> Result<Value, Problem> {
    binary(call, |value, other| value - other)
}

pub(crate) fn times(call: &Call<'_>) -> Result<Value, Problem> {
    binary(call, |value, other| value * other)
}

/// The rest of a division, with the sign of what it is divided by.
pub(crate) fn modulo(call: &Call<'_>) -> Result<Value, Problem> {
    binary(call, |value, other| (value % other + other) % other)
}

/// A quotient; whole where a second argument says so.
pub(crate) fn divided_by(call: &Call<'_>) -> Result<Value, Problem> {
    let (_, arguments) = numbers(call)?;
    let whole = arguments.get(1).is_some_and(|whole| *whole != 0.0);
    binary(call, |value, other| if whole { (value / other).floor() } else { value / other })
}

/// A number with this many digits after the point, halves away from zero.
pub(crate) fn round(call: &Call<'_>) -> Result<Value, Problem> {
    let (value, arguments) = numbers(call)?;
    Ok(Value::Number(rounded(value, arguments.first().copied().unwrap_or(0.0))))
}

/// A number with this many digits after the point, halves away from zero.
pub(crate) fn rounded(value: f64, digits: f64) -> f64 {
    let scaled = shifted(value.abs(), digits);
    if scaled.is_nan() || scaled > MOST_WHOLE {
        return value;
    }
    let whole = if scaled - scaled.floor() >= 0.5 { scaled.floor() + 1.0 } else { scaled.floor() };
    let rounded = shifted(whole, -digits);
    if value < 0.0 { -rounded } else { rounded }
}

/// A number with its decimal point moved, by its digits: no rounding comes in.
fn shifted(number: f64, by: f64) -> f64 {
    let text = number_text(number);
    let (mantissa, power) = text.split_once('e').unwrap_or((&text, "0"));
    text_number(&format!("{mantissa}e{}", number_text(text_number(power) + by)))
}
