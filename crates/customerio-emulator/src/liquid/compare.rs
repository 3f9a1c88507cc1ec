//! The comparisons of the language.

use std::cmp::Ordering;

use super::{
    budget::Budget,
    chars::is_space,
    js::{Key, less, plain, string},
    problem::Problem,
    value::Value,
};

/// Whether two values are equal: arrays by their items, objects by identity, and `nil`, `empty` and `blank` by what they mean.
///
/// # Errors
///
/// The budget ends.
pub(crate) fn equals(a: &Value, b: &Value, budget: &Budget) -> Result<bool, Problem> {
    budget.steps(1)?;
    if let Some(word) = equals_word(a, b).or_else(|| equals_word(b, a)) {
        return Ok(word);
    }
    match (plain(a), plain(b)) {
        (Value::Array(a), Value::Array(b)) => {
            if a.items.len() != b.items.len() {
                return Ok(false);
            }
            for (a, b) in a.items.iter().zip(&b.items) {
                if !equals(a, b, budget)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        (Value::Number(a), Value::Number(b)) => Ok(a.partial_cmp(&b) == Some(Ordering::Equal)),
        (Value::Text(a), Value::Text(b)) => {
            budget.text(a.len().min(b.len()))?;
            Ok(a == b)
        }
        (a, b) => Ok(Key::of(&a) == Key::of(&b)),
    }
}

/// Whether a word of the language is equal to a value; `None` if the first is no word.
fn equals_word(word: &Value, value: &Value) -> Option<bool> {
    match word {
        Value::Nil => Some(matches!(value, Value::Undefined | Value::Null | Value::Nil)),
        Value::Empty => Some(is_empty(value)),
        Value::Blank => Some(match value {
            Value::Undefined | Value::Null | Value::Nil | Value::Bool(false) => true,
            Value::Text(text) => text.chars().all(is_space),
            other => is_empty(other),
        }),
        _ => None,
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Text(text) => text.is_empty(),
        Value::Array(array) => array.items.is_empty(),
        Value::Object(object) => object.entries.is_empty(),
        _ => false,
    }
}

/// An order of two values that the language can ask for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Order {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// Whether two values are in an order. Nothing is less or greater than `nil`, `empty` and `blank`.
///
/// # Errors
///
/// The budget ends.
pub(crate) fn ordered(a: &Value, order: Order, b: &Value, budget: &Budget) -> Result<bool, Problem> {
    let is_word = |value: &Value| matches!(value, Value::Nil | Value::Empty | Value::Blank);
    if is_word(a) || is_word(b) {
        return Ok(false);
    }
    Ok(match order {
        Order::Less => less(a, b, budget)? == Some(true),
        Order::LessOrEqual => less(b, a, budget)? == Some(false),
        Order::Greater => less(b, a, budget)? == Some(true),
        Order::GreaterOrEqual => less(a, b, budget)? == Some(false),
    })
}

/// Whether an array has an item, or a text a part.
///
/// # Errors
///
/// The budget ends.
pub(crate) fn contains(whole: &Value, part: &Value, budget: &Budget) -> Result<bool, Problem> {
    match plain(whole) {
        Value::Array(array) => {
            for item in &array.items {
                if equals(item, part, budget)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Value::Text(text) => {
            budget.text(text.len())?;
            Ok(text.contains(&*string(&plain(part), budget)?))
        }
        _ => Ok(false),
    }
}
