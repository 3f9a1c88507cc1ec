//! What is inside of values: `a.b`, `a[0]`, `size`, `first`, `last`.

use std::cmp::Ordering;

use super::{
    budget::Budget,
    chars::unit,
    js::{count, length, loop_json, plain, string},
    problem::Problem,
    value::{Loop, Value, index},
};

/// What a value has under a key: what is missing has everything missing in it.
///
/// # Errors
///
/// The key asks for what only the service's own engine has, or for half of a character, or the budget ends.
pub(crate) fn read(value: &Value, key: &Value, budget: &Budget) -> Result<Value, Problem> {
    budget.steps(1)?;
    let key = plain(key);
    match (value, &key) {
        (Value::Undefined | Value::Null, _) => return Ok(value.clone()),
        (Value::Array(array), Value::Number(at)) => return Ok(item(&array.items, *at)),
        _ => {}
    }
    let name = string(&key, budget)?;
    if let Some(own) = own(value, &name, budget)? {
        return Ok(own);
    }
    Ok(match (value, key) {
        (Value::Array(array), Value::Text(_)) => match &*name {
            "size" => Value::Number(count(array.items.len())),
            "first" => item(&array.items, 0.0),
            "last" => item(&array.items, -1.0),
            _ => Value::Undefined,
        },
        (Value::Text(text), Value::Text(_)) if &*name == "size" => length(text),
        (Value::Object(object), Value::Text(_)) if &*name == "size" => Value::Number(count(object.entries.len())),
        _ => Value::Undefined,
    })
}

/// What a value itself has under a name.
///
/// # Errors
///
/// As of [`read`].
pub(crate) fn own(value: &Value, name: &str, budget: &Budget) -> Result<Option<Value>, Problem> {
    Ok(match value {
        Value::Object(object) => object.get(name).cloned(),
        Value::Array(array) if name == "length" => Some(Value::Number(count(array.items.len()))),
        Value::Array(array) => index(name).and_then(|at| array.items.get(at)).cloned(),
        Value::Text(text) if name == "length" => {
            budget.text(text.len())?;
            Some(length(text))
        }
        Value::Text(text) => {
            budget.text(text.len())?;
            match index(name).and_then(|at| unit(text, at)) {
                Some(Ok(character)) => Some(budget.made(character.to_string())?),
                Some(Err(())) => return Err(half()),
                None => None,
            }
        }
        Value::Loop(at) => of_loop(at, name)?,
        Value::Nil | Value::Empty | Value::Blank => match name {
            "valueOf" => Some(plain(value)),
            "gt" | "geq" | "lt" | "leq" => Some(Value::Bool(false)),
            _ => inner(name)?,
        },
        Value::Undefined | Value::Null | Value::Bool(_) | Value::Number(_) => None,
    })
}

/// The problem of a text that would have half of a character.
pub(crate) fn half() -> Problem {
    Problem::unsupported("a filter would cut a character in half: use characters of one UTF-16 unit there")
}

/// An item of an array, from its end where the place is negative.
pub(crate) fn item(items: &[Value], at: f64) -> Value {
    let at = if at < 0.0 { at + count(items.len()) } else { at };
    if at < 0.0 || at >= count(items.len()) || at.fract() != 0.0 {
        return Value::Undefined;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is a place in the array")]
    items.get(at as usize).cloned().unwrap_or(Value::Undefined)
}

fn of_loop(at: &Loop, name: &str) -> Result<Option<Value>, Problem> {
    let (i, length) = (count(at.at.get()), count(at.length));
    let column = |columns: &Value| match columns {
        Value::Number(columns) => i % columns,
        Value::Text(columns) => i % super::js::text_number(columns),
        Value::Bool(true) => i % 1.0,
        _ => f64::NAN,
    };
    let number = |number: f64| Some(Value::Number(number));
    let bool = |bool: bool| Some(Value::Bool(bool));
    Ok(match (name, &at.columns) {
        ("i" | "index0", _) => number(i),
        ("index", _) => number(i + 1.0),
        ("first", _) => bool(at.at.get() == 0),
        ("last", _) => bool(at.at.get() + 1 == at.length),
        ("rindex", _) => number(length - i),
        ("rindex0", _) => number(length - i - 1.0),
        ("length", _) => number(length),
        ("name", _) => Some(Value::text(&at.name)),
        ("valueOf", _) => Some(Value::text(&loop_json(at))),
        ("cols", Some(columns)) => Some(columns.clone()),
        ("row", Some(columns)) => number(((i - column(columns)) / columns_number(columns)).floor() + 1.0),
        ("col0", Some(columns)) => number(column(columns)),
        ("col", Some(columns)) => number(column(columns) + 1.0),
        ("col_first", Some(columns)) => bool(column(columns) == 0.0),
        ("col_last", Some(Value::Number(columns))) => {
            bool((i % columns + 1.0).partial_cmp(columns) == Some(Ordering::Equal))
        }
        ("col_last", Some(_)) => bool(false),
        _ => inner(name)?,
    })
}

fn columns_number(columns: &Value) -> f64 {
    match columns {
        Value::Number(columns) => *columns,
        Value::Text(columns) => super::js::text_number(columns),
        Value::Bool(true) => 1.0,
        _ => f64::NAN,
    }
}

/// Refuses the names of what the service's engine is made of.
fn inner(name: &str) -> Result<Option<Value>, Problem> {
    const INNER: [&str; 6] = ["next", "equals", "constructor", "toString", "liquidMethodMissing", "hasOwnProperty"];
    if INNER.contains(&name) {
        return Err(Problem::unsupported(format!(
            "`{name}` of a word of the language is not supported here: leave it out"
        )));
    }
    Ok(None)
}
