//! Conversions between values, as ECMAScript defines them: the language inherits its numbers, texts and orders.

use std::{cmp::Ordering, fmt::Write, rc::Rc};

use super::{
    budget::Budget,
    chars::{is_space, units},
    problem::Problem,
    value::{Loop, Value},
};

/// What a value is to filters and operators: the words of the language become plain values.
pub(crate) fn plain(value: &Value) -> Value {
    match value {
        Value::Nil => Value::Null,
        Value::Empty | Value::Blank => Value::text(""),
        Value::Loop(at) => Value::text(&loop_json(at)),
        other => other.clone(),
    }
}

/// What is written of `forloop` itself.
pub(crate) fn loop_json(at: &Loop) -> String {
    let mut json = format!("{{\"i\":{},\"length\":{},\"name\":{}", at.at.get(), at.length, quoted(&at.name));
    match &at.columns {
        Some(Value::Number(columns)) => {
            let _ =
                write!(json, ",\"cols\":{}", if columns.is_finite() { number_text(*columns) } else { "null".into() });
        }
        Some(Value::Text(columns)) => {
            let _ = write!(json, ",\"cols\":{}", quoted(columns));
        }
        Some(Value::Bool(columns)) => {
            let _ = write!(json, ",\"cols\":{columns}");
        }
        Some(_) | None => {}
    }
    json + "}"
}

/// A text as JSON writes it.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A number as text: the shortest digits that are that number.
pub(crate) fn number_text(number: f64) -> String {
    if number == 0.0 {
        return "0".into();
    }
    if !number.is_finite() {
        return if number.is_nan() {
            "NaN"
        } else if number > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        }
        .into();
    }
    let scientific = format!("{:e}", number.abs());
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let digits = mantissa.replace('.', "");
    let point = exponent.parse::<i32>().unwrap_or(0) + 1;
    let sign = if number < 0.0 { "-" } else { "" };
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or(0));
    if count <= point && point <= 21 {
        format!("{sign}{digits}{}", zeros(point - count))
    } else if 0 < point && point <= 21 {
        let (whole, fraction) = digits.split_at(usize::try_from(point).unwrap_or(0));
        format!("{sign}{whole}.{fraction}")
    } else if -6 < point && point <= 0 {
        format!("{sign}0.{}{digits}", zeros(-point))
    } else {
        let (first, rest) = digits.split_at(1);
        let dot = if rest.is_empty() { "" } else { "." };
        format!("{sign}{first}{dot}{rest}e{}{}", if point > 0 { "+" } else { "-" }, (point - 1).abs())
    }
}

/// The number that a text is, or NaN.
pub(crate) fn text_number(text: &str) -> f64 {
    let text = text.trim_matches(is_space);
    if text.is_empty() {
        return 0.0;
    }
    for (prefix, radix) in [("0x", 16), ("0X", 16), ("0o", 8), ("0O", 8), ("0b", 2), ("0B", 2)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            return radix_number(digits, radix);
        }
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned == "Infinity" {
        return if text.starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    if unsigned.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-')) {
        text.parse().unwrap_or(f64::NAN)
    } else {
        f64::NAN
    }
}

fn radix_number(digits: &str, radix: u32) -> f64 {
    if digits.is_empty() {
        return f64::NAN;
    }
    let digits = digits.chars().map(|digit| digit.to_digit(radix));
    digits.fold(0.0, |number, digit| digit.map_or(f64::NAN, |digit| number * f64::from(radix) + f64::from(digit)))
}

/// A value as a number, or NaN.
///
/// # Errors
///
/// The budget ends while an array becomes text.
pub(crate) fn number(value: &Value, budget: &Budget) -> Result<f64, Problem> {
    Ok(match value {
        Value::Undefined | Value::Object(_) | Value::Loop(_) => f64::NAN,
        Value::Null | Value::Nil | Value::Empty | Value::Blank => 0.0,
        Value::Bool(bool) => f64::from(u8::from(*bool)),
        Value::Number(number) => *number,
        Value::Text(text) => {
            budget.text(text.len())?;
            text_number(text)
        }
        Value::Array(_) => text_number(&string(value, budget)?),
    })
}

/// A value as text, as ECMAScript's `String` has it: `null` and `undefined` are words.
///
/// # Errors
///
/// The budget ends while an array becomes text.
pub(crate) fn string(value: &Value, budget: &Budget) -> Result<Rc<str>, Problem> {
    Ok(match value {
        Value::Undefined => "undefined".into(),
        Value::Null => "null".into(),
        Value::Bool(bool) => bool.to_string().into(),
        Value::Number(number) => number_text(*number).into(),
        Value::Text(text) => text.clone(),
        Value::Array(array) => join(&array.items, ",", budget)?.into(),
        Value::Object(_) | Value::Nil | Value::Empty | Value::Blank | Value::Loop(_) => "[object Object]".into(),
    })
}

/// Items as text with a separator between them; missing ones are nothing.
///
/// # Errors
///
/// The budget ends.
pub(crate) fn join(items: &[Value], separator: &str, budget: &Budget) -> Result<String, Problem> {
    let mut text = String::new();
    for (at, item) in items.iter().enumerate() {
        budget.steps(1)?;
        if at > 0 {
            text.push_str(separator);
        }
        if !item.is_missing() {
            text.push_str(&string(item, budget)?);
        }
        fits(&text, budget)?;
    }
    budget.text(text.len())?;
    Ok(text)
}

/// Whether a text that is being made is still short enough.
fn fits(text: &str, budget: &Budget) -> Result<(), Problem> {
    if text.len() > super::budget::MOST_TEXT { budget.text(text.len()) } else { Ok(()) }
}

/// A value as the language writes it: what is missing is nothing, and the items of an array follow each other.
///
/// # Errors
///
/// The budget ends.
pub(crate) fn stringify(value: &Value, budget: &Budget) -> Result<Rc<str>, Problem> {
    Ok(match value {
        Value::Undefined | Value::Null | Value::Nil | Value::Empty | Value::Blank => "".into(),
        Value::Loop(at) => loop_json(at).into(),
        Value::Array(array) => {
            let mut text = String::new();
            for item in &array.items {
                budget.steps(1)?;
                text.push_str(&stringify(item, budget)?);
                fits(&text, budget)?;
            }
            budget.text(text.len())?;
            text.into()
        }
        other => string(other, budget)?,
    })
}

/// Whether ECMAScript takes a value for true.
pub(crate) fn truthy(value: &Value) -> bool {
    match value {
        Value::Undefined | Value::Null => false,
        Value::Bool(bool) => *bool,
        Value::Number(number) => *number != 0.0 && !number.is_nan(),
        Value::Text(text) => !text.is_empty(),
        _ => true,
    }
}

/// Whether the language takes a value for false: missing things and `false` alone.
pub(crate) fn falsy(value: &Value) -> bool {
    matches!(value, Value::Undefined | Value::Null | Value::Nil | Value::Bool(false))
}

/// Whether a value is less than another; `None` if one of them is no number.
///
/// # Errors
///
/// The budget ends while an array becomes text.
pub(crate) fn less(a: &Value, b: &Value, budget: &Budget) -> Result<Option<bool>, Problem> {
    let (a, b) = (primitive(a, budget)?, primitive(b, budget)?);
    if let (Value::Text(a), Value::Text(b)) = (&a, &b) {
        budget.text(a.len().min(b.len()))?;
        return Ok(Some(text_order(a, b) == Ordering::Less));
    }
    Ok(number(&a, budget)?.partial_cmp(&number(&b, budget)?).map(|order| order == Ordering::Less))
}

/// The order of two texts: that of their UTF-16 units.
pub(crate) fn text_order(a: &str, b: &str) -> Ordering {
    if a.is_ascii() && b.is_ascii() { a.cmp(b) } else { a.encode_utf16().cmp(b.encode_utf16()) }
}

/// A value that is no array, object or word of the language.
fn primitive(value: &Value, budget: &Budget) -> Result<Value, Problem> {
    Ok(match plain(value) {
        value @ (Value::Array(_) | Value::Object(_)) => Value::Text(string(&value, budget)?),
        value => value,
    })
}

/// The sum of two values, or their texts one after the other.
///
/// # Errors
///
/// The budget ends.
pub(crate) fn add(a: &Value, b: &Value, budget: &Budget) -> Result<Value, Problem> {
    let (a, b) = (primitive(a, budget)?, primitive(b, budget)?);
    if matches!(a, Value::Text(_)) || matches!(b, Value::Text(_)) {
        let text = format!("{}{}", string(&a, budget)?, string(&b, budget)?);
        return budget.made(text);
    }
    Ok(Value::Number(number(&a, budget)? + number(&b, budget)?))
}

/// The part of a list from one place to another, either of which may count from the end.
pub(crate) fn slice(length: usize, from: f64, to: f64) -> std::ops::Range<usize> {
    let place = |at: f64| {
        let at = if at.is_nan() { 0.0 } else { at.trunc() };
        let at = if at < 0.0 { at + count(length) } else { at };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is held between 0 and a length"
        )]
        {
            at.clamp(0.0, count(length)) as usize
        }
    };
    let (from, to) = (place(from), place(to));
    from..to.max(from)
}

/// A count as a number. No count here comes near what a number cannot hold.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
pub(crate) fn count(count: usize) -> f64 {
    count as f64
}

/// A whole number as a number.
#[expect(clippy::cast_precision_loss, reason = "times here are below 2^53")]
pub(crate) fn count_of(whole: i64) -> f64 {
    whole as f64
}

/// The number of a text's units.
pub(crate) fn length(text: &str) -> Value {
    Value::Number(count(units(text)))
}

/// What a `Map` or `Set` of ECMAScript takes for the same value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    Word(u8),
    Number(u64),
    Text(Rc<str>),
    Place(usize),
}

impl Key {
    pub(crate) fn of(value: &Value) -> Self {
        match value {
            Value::Undefined => Self::Word(0),
            Value::Null => Self::Word(1),
            Value::Bool(bool) => Self::Word(2 + u8::from(*bool)),
            Value::Nil => Self::Word(4),
            Value::Empty => Self::Word(5),
            Value::Blank => Self::Word(6),
            Value::Number(number) if number.is_nan() => Self::Number(f64::NAN.to_bits()),
            // Both zeros are the same.
            Value::Number(number) => Self::Number((number + 0.0).to_bits()),
            Value::Text(text) => Self::Text(text.clone()),
            Value::Array(array) => Self::Place(Rc::as_ptr(array).addr()),
            Value::Object(object) => Self::Place(Rc::as_ptr(object).addr()),
            Value::Loop(at) => Self::Place(Rc::as_ptr(at).addr()),
        }
    }
}
